"""Places beside a target that have no name yet: who holds them, who left them behind, and how they get their names."""
