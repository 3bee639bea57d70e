"""How good a network is: metrics on tiles, and whole photos through the runtime."""
