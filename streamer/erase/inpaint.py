"""Inpainting: a hole filled from its surroundings, smoothed, and given their grain.

Telea's method (2004, doi:10.1080/10867651.2004.10487596), the seed's, with its radius of 10 pixels at full size, on a
small working copy. The fill depends on pixels outside the hole only. Knows nothing of films or regions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.working_copy import WorkingCopy, enlarge, shrink
from faceerase.streamer.planes import FLOAT_BITS, PlaneArray

RADIUS, LEAST_RADIUS = 10, 2.0
"""The seed's inpainting radius, in pixels of the film, and the least one in samples of the copy."""

LONGEST = 28
"""Longest side of the working copy. The smoothing leaves no more than so many samples of detail, and the cost of Telea
grows with their square (0.1 ms for three planes here, 0.6 ms a plane at 72 samples)."""

SMOOTHING = 0.05
"""Standard deviation of the smoothing inside the hole, as a share of the working copy's longest side."""

TOGETHER = (1, 3)
"""Numbers of 8-bit planes that OpenCV inpaints at once; deeper ones go one by one."""

GRAIN_SEED, GRAIN_SIDE = 20, 512

GRAIN_FROM = 20
"""Longest side of the parts, in the corners of a piece, in which its grain is measured."""


@dataclass(frozen=True, slots=True, repr=False)
class Fill:
    """A filled working copy.

    Attributes:
        samples: (height, width, planes) float32, in the planes' own values.
        hole: (height, width) uint8 0/1.
        grain: standard deviation of the noise to be put on each plane, in its own values, (planes,) float32.
    """

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    grain: NDArray[np.float32]


def make_fill(planes: Sequence[PlaneArray], holes: Sequence[NDArray[np.uint8]], depth: int) -> Fill:
    """Return the fill of a hole in a piece of a picture, at working size.

    Args:
        planes: the piece in each plane, (height, width), with some surroundings of the hole.
        holes: uint8 0/1, of the same shapes.
        depth: bits per sample; 32 for floats.
    """
    copy = shrink(planes, holes, LONGEST)
    if not (copy.hole == 0).any():
        # Nothing is known: mid-gray says so.
        middle = np.float32(0.5 if depth == FLOAT_BITS else 1 << (depth - 1))
        return Fill(np.full(copy.samples.shape, middle), copy.hole, np.zeros(len(planes), np.float32))
    grain = [_grain_around(plane, hole) for plane, hole in zip(planes, holes, strict=True)]
    return Fill(_smooth(_telea(copy, depth), copy), copy.hole, np.array(grain, np.float32))


def draw_fill(
    samples: NDArray[np.float32], grain: float, size: tuple[int, int], at: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the fill of one plane at the size of the piece that it is for, float32.

    Args:
        samples: (height, width) at working size.
        grain: standard deviation of the noise put on it.
        size: (height, width) of the piece.
        at: (x, y) of the piece in its plane: the noise keeps its place in the picture, so that it does not boil.
    """
    filled = enlarge(samples, size)
    if grain == 0:
        return filled
    return np.asarray(cv2.scaleAdd(_noise_at(at, size), float(grain), filled), np.float32)


def _noise_at(at: tuple[int, int], size: tuple[int, int]) -> NDArray[np.float32]:
    x, y = at[0] % GRAIN_SIDE, at[1] % GRAIN_SIDE
    if max(size) <= GRAIN_SIDE:
        return _NOISE[y : y + size[0], x : x + size[1]]
    rows, columns = np.arange(y, y + size[0]) % GRAIN_SIDE, np.arange(x, x + size[1]) % GRAIN_SIDE
    return np.asarray(_NOISE[np.ix_(rows, columns)], np.float32)


def _telea(copy: WorkingCopy, depth: int) -> NDArray[np.float32]:
    radius = max(LEAST_RADIUS, RADIUS * copy.scale)
    planes = copy.samples.shape[2]
    if depth == 8 and planes in TOGETHER:
        return _telea_together(copy, radius)
    one_by_one = _telea_of_light if depth == FLOAT_BITS else _telea_of_whole
    return np.stack([one_by_one(copy.samples[:, :, n], copy.hole, radius, depth) for n in range(planes)], axis=2)


def _telea_together(copy: WorkingCopy, radius: float) -> NDArray[np.float32]:
    """Fill planes of 8 bits at once, each as 255 steps between its darkest and its brightest known sample."""
    known = copy.samples[copy.hole == 0]
    low = known.min(axis=0)
    step = np.maximum(known.max(axis=0) - low, np.float32(1e-3)) / np.float32(255)
    steps = np.clip(np.rint((copy.samples - low) / step), 0, 255).astype(np.uint8)
    filled = np.asarray(cv2.inpaint(steps, copy.hole, radius, cv2.INPAINT_TELEA), np.float32)
    filled = filled.reshape(copy.samples.shape) * step + low
    return np.where(copy.hole[:, :, None] > 0, filled, copy.samples)


def _telea_of_whole(
    plane: NDArray[np.float32], hole: NDArray[np.uint8], radius: float, depth: int
) -> NDArray[np.float32]:
    # OpenCV inpaints 16-bit planes of one channel: the full depth is kept, at any depth.
    gain = np.float32((1 << (16 - depth)) - 1) if depth < 16 else np.float32(1)
    samples = np.rint(plane * gain).astype(np.uint16)
    return np.asarray(cv2.inpaint(samples, hole, radius, cv2.INPAINT_TELEA), np.float32) / gain


def _telea_of_light(
    plane: NDArray[np.float32], hole: NDArray[np.uint8], radius: float, depth: int
) -> NDArray[np.float32]:
    """Fill floats as 16-bit steps of brightness between the darkest and the brightest sample known, so fine as seen."""
    del depth
    bright = np.sign(plane) * np.log1p(np.abs(plane))
    known = bright[hole == 0]
    low, span = float(known.min()), max(1e-6, float(known.max() - known.min()))
    steps = np.clip(np.rint((bright - low) * (65535 / span)), 0, 65535).astype(np.uint16)
    filled = np.asarray(cv2.inpaint(steps, hole, radius, cv2.INPAINT_TELEA), np.float32) * (span / 65535) + low
    light = np.asarray(np.sign(filled) * np.expm1(np.abs(filled)), np.float32)
    return np.where(hole > 0, light, plane)


def _smooth(filled: NDArray[np.float32], copy: WorkingCopy) -> NDArray[np.float32]:
    """Blur inside the hole, more in its depth than at its rim: Telea's streaks go, the rim still joins."""
    longest = max(filled.shape[:2])
    depth_in = np.asarray(cv2.distanceTransform(copy.hole, cv2.DIST_L2, 3), np.float32)[:, :, None]
    out = filled
    for share in (0.5, 1.0):
        sigma = SMOOTHING * longest * share
        blurred = np.asarray(cv2.GaussianBlur(out, (0, 0), sigma), np.float32).reshape(filled.shape)
        out = out + (blurred - out) * np.minimum(depth_in / np.float32(2 * sigma), np.float32(1))
    return np.asarray(np.where(copy.hole[:, :, None] > 0, out, filled), np.float32)


def _grain_around(plane: PlaneArray, hole: NDArray[np.uint8]) -> float:
    """Return how strong the noise around a hole is, told from the corners of the piece."""
    values = _corners(plane).astype(np.float32)
    # A sample beside the hole has hidden ones in its neighbourhood: it may not take part.
    known = np.asarray(cv2.dilate(_corners(hole), _NEIGHBOURS)) == 0
    residue = np.asarray(cv2.absdiff(values, cv2.medianBlur(values, 3)), np.float32)[known]
    if not residue.size:
        return 0.0
    # The median is the noise and not the edges; 1.48 makes it a standard deviation (Rousseeuw & Croux 1993).
    middle = residue.size // 2
    return 1.48 * float(np.partition(residue, middle)[middle])


def _corners(piece: NDArray[Any]) -> NDArray[Any]:
    """Return the corners of a piece put together: a small one whole, of a large one no more than is enough."""
    height, width = piece.shape
    if height > 2 * GRAIN_FROM:
        piece = np.concatenate((piece[:GRAIN_FROM], piece[-GRAIN_FROM:]))
    return np.concatenate((piece[:, :GRAIN_FROM], piece[:, -GRAIN_FROM:]), axis=1) if width > 2 * GRAIN_FROM else piece


_NEIGHBOURS = np.ones((3, 3), np.uint8)
_NOISE = np.tile(np.random.default_rng(GRAIN_SEED).standard_normal((GRAIN_SIDE, GRAIN_SIDE), dtype=np.float32), (2, 2))
