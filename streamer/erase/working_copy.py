"""Copies of a hole's surroundings, each half as large as the one before, made of known samples only.

What is erased never enters them. The largest has a sample for each cell of the picture (the block of luma that shares
a chroma sample), so that all planes are worked on together; the smallest is no larger than is asked for: what is done
there costs the same however large a face is. Where pieces begin at multiples of the smallest copy's samples, samples
keep their places in the picture. Knows nothing of films or of how a hole is filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, repr=False)
class Copies:
    """The copies.

    Attributes:
        levels: largest first, each (height, width, planes + 1) float32: the mean of the known cells of each sample
            times the share of it that is known; in the last plane that share, 0 to 1.
        rim: of the size of the last copy, the same of those known cells alone that lie close to the hole.
    """

    levels: list[NDArray[np.float32]]
    rim: NDArray[np.float32]


def halvings(side: int, longest: int) -> int:
    """Return how often a piece of a longest ``side`` must be halved to have no more than ``longest`` samples."""
    return max(0, (-(-side // longest) - 1).bit_length())


def shrink(planes: Sequence[NDArray[Any]], hole: NDArray[np.uint8], halved: int, reach: int) -> Copies:
    """Return the copies of a piece of a picture.

    The piece is extended to the right and downwards, by what is not known, to a multiple of the last copy's samples.

    Args:
        planes: (height, width) each, a sample for each cell, of one dtype.
        hole: (height, width) uint8 0/1.
        halved: how often, at least 0.
        reach: how far from the hole its rim reaches, in cells.
    """
    step = 1 << halved
    known = 1 - hole
    near = cv2.subtract(cv2.dilate(hole, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), hole)
    cells = cv2.merge([np.asarray(plane, np.float32) for plane in (*planes, known)])
    # Copied and not multiplied: whatever a hole holds, nothing of it comes through.
    levels = [_extended(np.asarray(cv2.copyTo(cells, known), np.float32), step)]
    rim = _extended(np.asarray(cv2.copyTo(cells, near), np.float32), step)
    for _ in range(halved):
        size = rim.shape[1] // 2, rim.shape[0] // 2
        levels.append(np.asarray(cv2.resize(levels[-1], size, interpolation=cv2.INTER_AREA), np.float32))
        rim = np.asarray(cv2.resize(rim, size, interpolation=cv2.INTER_AREA), np.float32)
    return Copies(levels, rim)


def _extended(cells: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    below, beyond = -cells.shape[0] % step, -cells.shape[1] % step
    if below or beyond:
        return np.asarray(cv2.copyMakeBorder(cells, 0, below, 0, beyond, cv2.BORDER_CONSTANT), np.float32)
    return cells
