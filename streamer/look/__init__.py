"""What the network sees: the gray picture, its tiles, the model that looks at them."""
