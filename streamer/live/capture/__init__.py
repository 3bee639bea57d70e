"""Where live pictures come from: cameras, networks, films that stand in for cameras; and how they are handed over."""
