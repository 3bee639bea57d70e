"""Blur, mosaic and solid colour: coarser ways to hide a face, each too coarse to be undone.

Work on a piece of one plane. Know nothing of films or regions.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.planes import PlaneArray

CELLS = 5
"""Mosaic cells, and samples left by the blur, across a face: far below the 16 or so that recognition needs."""


def blur(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    """Return the piece with so little detail left that ``CELLS`` samples span a face ``face`` samples wide."""
    coarse = _coarse(plane, face)
    height, width = plane.shape
    enlarged = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    sigma = max(1.0, face / CELLS / 2)
    return np.asarray(cv2.GaussianBlur(enlarged, (0, 0), sigma), np.float32)


def mosaic(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    """Return the piece as squares, ``CELLS`` of them across a face ``face`` samples wide."""
    coarse = _coarse(plane, face)
    height, width = plane.shape
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)


def solid(plane: PlaneArray, value: int) -> NDArray[np.float32]:
    """Return a piece of one value."""
    return np.full(plane.shape, np.float32(value))


def _coarse(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    # The surroundings take part: a square half in a face shows less of it.
    height, width = plane.shape
    cell = max(1.0, face / CELLS)
    size = (max(1, round(width / cell)), max(1, round(height / cell)))
    return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
