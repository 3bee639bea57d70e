"""From probabilities to regions: thresholds, cleaning, growing."""
