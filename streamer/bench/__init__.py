"""How fast the network runs here, without a film: tiles a second, and what that means for one. Imports nothing."""
