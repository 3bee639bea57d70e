"""The live path by a virtual clock."""
