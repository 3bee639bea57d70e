"""How the network runs: plainly on the CPU, or on a card with tensors that stay where they are. Knows no contract."""
