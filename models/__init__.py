"""Networks, training data and training. Torch lives here; importing this package loads none of it."""
