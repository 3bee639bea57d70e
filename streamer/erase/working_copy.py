"""A small picture of a hole's surroundings, made of known samples only, and the way back to full size.

What is erased never enters it: the copy depends on samples outside the hole alone. All planes of a picture share one
copy, whose size is bounded, so that the cost of filling does not depend on how large the face is. Knows nothing of
films or of how the hole is filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.planes import PlaneArray

KNOWN_ENOUGH = 0.5
"""Share of a working sample's area that must be known, in every plane, for it to be taken as known."""


@dataclass(frozen=True, slots=True, repr=False)
class WorkingCopy:
    """The copy.

    Attributes:
        samples: (height, width, planes) float32, in the planes' own values.
        hole: (height, width) uint8 0/1.
        scale: copy ÷ the greatest plane.
    """

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    scale: float


def shrink(planes: Sequence[PlaneArray], holes: Sequence[NDArray[np.uint8]], longest: int) -> WorkingCopy:
    """Return a working copy of a piece of a picture, at most ``longest`` samples on its longer side.

    Each sample is the mean of the known ones that it stands for; the copy is nowhere larger than the smallest plane.

    Args:
        planes: the piece in each plane, (height, width).
        holes: uint8 0/1, of the same shapes; the same array again where it is the same.
        longest: in samples.
    """
    height, width = min((plane.shape for plane in planes), key=lambda shape: shape[0] * shape[1])
    scale = min(1.0, longest / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    samples = np.empty((size[1], size[0], len(planes)), np.float32)
    least: NDArray[np.float32] | None = None
    before: tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]] | None = None
    for number, (plane, hole) in enumerate(zip(planes, holes, strict=True)):
        if before is None or before[0] is not hole:
            known = np.asarray(np.float32(1) - hole, np.float32)
            share = np.asarray(cv2.resize(known, size, interpolation=cv2.INTER_AREA), np.float32)
            before = hole, known, share
            least = share if least is None else np.minimum(least, share)
        _, known, share = before
        total = cv2.resize(np.asarray(plane * known, np.float32), size, interpolation=cv2.INTER_AREA)
        samples[:, :, number] = total / np.maximum(share, np.float32(1e-6))
    assert least is not None
    hidden = least < KNOWN_ENOUGH
    samples[hidden] = 0
    return WorkingCopy(samples, hidden.astype(np.uint8), size[0] / max(plane.shape[1] for plane in planes))


def enlarge(samples: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return filled samples (height, width) at the size (height, width) of the piece that they stand for."""
    if samples.shape == size:
        return samples
    return np.asarray(cv2.resize(samples, size[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
