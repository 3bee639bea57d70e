"""Grain: how strong the noise of a picture is, and noise of that strength, which keeps its place in the picture.

Knows nothing of films or faces.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SEED, SIDE = 20, 512

ROWS = 6
"""Rows of a piece in which its grain is measured."""

SAMPLES = 400
"""And in how many of their samples, about."""

TO_DEVIATION = 1.4826 / 6**0.5
"""From the median size of a second difference (weights 1, -2, 1) to the standard deviation of independent noise. The
median is the noise and not the edges (Rousseeuw & Croux 1993, doi:10.1080/01621459.1993.10476408)."""


def grain_of(plane: NDArray[Any], hidden: NDArray[np.uint8], block: tuple[int, int]) -> float:
    """Return the standard deviation of the noise of a piece of a plane, told from what is not hidden.

    Args:
        plane: (height, width), of any depth.
        hidden: its cells, uint8 0/1; those that are hidden take no part, nor do their neighbours.
        block: (width, height) of a cell in samples.
    """
    step = max(1, hidden.shape[0] // ROWS)
    rows = plane[step // 2 * block[1] :: step * block[1]].astype(np.float32)
    marks = hidden[step // 2 :: step][: len(rows)]
    if block[0] > 1:
        marks = marks.repeat(block[0], axis=1)[:, : rows.shape[1]]
    known = (marks[:, :-2] | marks[:, 1:-1] | marks[:, 2:]) == 0
    second = (rows[:, :-2] + rows[:, 2:] - 2 * rows[:, 1:-1])[known]
    if not second.size:
        return 0.0
    second = second[:: 1 + second.size // SAMPLES]
    middle = second.size // 2
    return TO_DEVIATION * float(np.partition(np.abs(second), middle)[middle])


def put_grain(filled: NDArray[np.float32], strength: float, at: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a piece of a plane with noise on it, in the plane's dtype: rounded, and clipped to what that can hold.

    Args:
        filled: (height, width).
        strength: standard deviation, in the plane's own values.
        at: (x, y) of the piece in its plane.
        dtype: uint8, uint16 or float32.
    """
    x, y = at[0] % SIDE, at[1] % SIDE
    height, width = filled.shape
    if max(height, width) <= SIDE:
        noise = _NOISE[y : y + height, x : x + width]
    else:
        noise = _NOISE[np.ix_(np.arange(y, y + height) % SIDE, np.arange(x, x + width) % SIDE)]
    return np.asarray(cv2.addWeighted(filled, 1, noise, strength, 0, dtype=_OPENCV[dtype.str[1:]]))


_OPENCV = {"u1": cv2.CV_8U, "u2": cv2.CV_16U, "f4": cv2.CV_32F}
_NOISE = np.tile(np.random.default_rng(SEED).standard_normal((SIDE, SIDE), dtype=np.float32), (2, 2))
