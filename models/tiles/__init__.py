"""Training tiles: cut out of photos, changed as film changes them, with the target to be learnt."""
