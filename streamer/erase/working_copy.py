"""A small picture of a hole's surroundings, made of known samples only, and the way back to full size.

What is erased never enters it: the copy depends on samples outside the hole alone. Its size is bounded, so that the
cost of filling does not depend on how large the face is. Knows nothing of films or of how the hole is filled.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.planes import PlaneArray

KNOWN_ENOUGH = 0.5
"""Share of a working sample's area that must be known for it to be taken as known."""


@dataclass(frozen=True, slots=True, repr=False)
class WorkingCopy:
    """``samples``: float32, in the plane's own values; ``hole``: uint8 0/1, same shape; ``scale``: copy ÷ full size."""

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    scale: float


def shrink(plane: PlaneArray, hole: NDArray[np.uint8], longest: int) -> WorkingCopy:
    """Return a working copy of a piece of a plane, at most ``longest`` samples on its longer side.

    Each sample is the mean of the known ones that it stands for.
    """
    height, width = plane.shape
    scale = min(1.0, longest / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    known = (1 - hole).astype(np.float32)
    values = plane.astype(np.float32)
    if scale == 1.0:
        return WorkingCopy(values * known, hole, 1.0)
    share = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
    total = np.asarray(cv2.resize(values * known, size, interpolation=cv2.INTER_AREA), np.float32)
    mean = total / np.maximum(share, 1e-6)
    small_hole = (share < KNOWN_ENOUGH).astype(np.uint8)
    return WorkingCopy(np.where(small_hole > 0, np.float32(0), mean), small_hole, scale)


def enlarge(samples: NDArray[np.float32], plane: PlaneArray) -> NDArray[np.float32]:
    """Return filled samples at the size of the piece that they stand for."""
    height, width = plane.shape
    if samples.shape == plane.shape:
        return samples
    return np.asarray(cv2.resize(samples, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
