"""Films out: encoders, containers, the streams that travel along, the matte."""
