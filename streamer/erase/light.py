"""Planes of floats as steps of brightness, so that a lamp a thousand times as bright as the wall does not outweigh it.

Knows nothing of holes.
"""

import numpy as np
from numpy.typing import NDArray

BRIGHTEST = 65504.0
"""What an infinite float counts as: the greatest 16-bit float."""


def finite(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a plane with numbers only: what is none is 0, what is infinite ``BRIGHTEST``."""
    return np.asarray(np.nan_to_num(plane, posinf=BRIGHTEST, neginf=-BRIGHTEST), np.float32)


def to_light(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logarithm of one and each value, with its sign."""
    numbers = finite(plane)
    return np.asarray(np.sign(numbers) * np.log1p(np.abs(numbers)), np.float32)


def from_light(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what ``to_light`` was given."""
    return np.asarray(np.sign(plane) * np.expm1(np.minimum(np.abs(plane), _GREATEST)), np.float32)


_GREATEST = np.float32(88)
"""Of which the exponential is still a 32-bit float."""
