"""A membrane over a hole: every sample is the mean of those at the rim, the nearer ones counting more.

The weight is one over the cube of the distance (Shepard 1968, doi:10.1145/800186.810616). Every sample is
computed from all of the rim at once: no streaks, no wedges, nothing that hangs on one sample. Knows nothing of
pictures.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.working_copy import Copies

NEAREST = 0.25
"""Added to the squared distance, in samples: how near a sample that is partly rim lies to its own rim."""

LARGEST = 64
"""Samples that a copy must have less of on each side."""


def span(copies: Copies) -> NDArray[np.float32] | None:
    """Return the smallest copy (height, width, planes) with the unknown filled, or None where the hole has no rim.

    Raises:
        IndexError: the copy is too large.
    """
    smallest = copies.levels[-1]
    height, width, planes = smallest.shape
    known, rim = smallest.reshape(-1, planes), copies.rim.reshape(-1, planes)
    there, wanted = np.flatnonzero(rim[:, -1]), np.flatnonzero(known[:, -1] < 1)
    if not there.size:
        return None
    # A place is one number; the difference of two says where in the table their weight is.
    places = [(number // width * _ROW + number % width).astype(np.int32) for number in (wanted, there)]
    weights: NDArray[np.float32] = _WEIGHTS.take(np.subtract.outer(*places) + np.int32(_SAME))
    # Not NumPy's product: its libraries share work among threads, and may add in another order.
    made = np.asarray(cv2.gemm(weights, rim[there], 1, _NOTHING, 0), np.float32)
    some = known[wanted]
    made *= (np.float32(1) - some[:, -1:]) / made[:, -1:]
    made += some
    filled = known.copy()
    filled[wanted] = made
    return filled[:, :-1].reshape(height, width, planes - 1)


_NOTHING = np.zeros(0, np.float32)
_ROW = 2 * LARGEST
_SAME = LARGEST * _ROW + LARGEST
_WEIGHTS = np.ravel(
    [[(y * y + x * x + NEAREST) ** -1.5 for x in range(-LARGEST, LARGEST)] for y in range(-LARGEST, LARGEST)]
).astype(np.float32)
