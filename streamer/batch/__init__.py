"""Many films: which, what of them is to be done, by which workers, and what became of each."""
