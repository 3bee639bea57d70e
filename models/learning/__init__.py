"""How a network learns: losses, loading, the loop, checkpoints."""
