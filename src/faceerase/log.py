"""Logging for the whole package: one named logger per module, silent until an application asks for it.

Knows nothing of terminals. The command line attaches the handler.
"""

import logging

ROOT = "faceerase"


def get_logger(name: str) -> logging.Logger:
    """Return the logger of one module; ``name`` is that module's ``__name__``."""
    logging.getLogger(ROOT).addHandler(logging.NullHandler())
    return logging.getLogger(name)
