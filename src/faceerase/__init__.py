"""faceerase: a film goes in, the same film comes out, and nobody in it can be recognised."""

__version__ = "0.1.0"
__all__ = ["__version__"]
