"""Inpainting: a hole filled from its surroundings, smoothed, and given their grain.

Telea's method (2004, doi:10.1080/10867651.2004.10487596), the seed's, with its radius of 10 pixels at full size, on a
small working copy. The fill depends on pixels outside the hole only. Knows nothing of films or regions.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.working_copy import WorkingCopy, enlarge, shrink
from faceerase.streamer.planes import FLOAT_BITS, PlaneArray

RADIUS = 10
"""The seed's inpainting radius, in pixels of the film."""

LONGEST = 72
"""Longest side of the working copy. Telea at this size takes 1–3 ms a plane; larger shows no more and streaks more."""

SMOOTHING = 0.05
"""Standard deviation of the smoothing inside the hole, as a share of the working copy's longest side."""

GRAIN_SEED, GRAIN_SIDE = 20, 512


@dataclass(frozen=True, slots=True, repr=False)
class Fill:
    """A filled working copy, float32 in the plane's own values, its hole, and the grain to be put on it.

    ``grain`` is a standard deviation in the plane's own values.
    """

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    grain: float


def make_fill(plane: PlaneArray, hole: NDArray[np.uint8], depth: int) -> Fill:
    """Return the fill of a hole in a piece of a plane, at working size.

    Args:
        plane: (height, width), with some surroundings of the hole.
        hole: uint8 0/1, the same shape.
        depth: bits per sample; 32 for floats.
    """
    copy = shrink(plane, hole, LONGEST)
    if not (copy.hole == 0).any():
        # Nothing is known: mid-gray says so.
        middle = np.float32(0.5 if depth == FLOAT_BITS else 1 << (depth - 1))
        return Fill(np.full(copy.hole.shape, middle), copy.hole, 0.0)
    return Fill(_smooth(_telea(copy, depth), copy), copy.hole, _grain_around(plane, hole))


def draw_fill(
    samples: NDArray[np.float32], grain: float, plane: PlaneArray, at: tuple[int, int]
) -> NDArray[np.float32]:
    """Return a fill at the size of the piece of the plane that it is for, float32.

    Args:
        samples: at working size.
        grain: standard deviation of the noise put on it.
        plane: the piece.
        at: (x, y) of the piece in its plane: the noise keeps its place in the picture, so that it does not boil.
    """
    filled = enlarge(samples, plane)
    if grain == 0:
        return filled
    rows = np.arange(at[1], at[1] + plane.shape[0]) % GRAIN_SIDE
    columns = np.arange(at[0], at[0] + plane.shape[1]) % GRAIN_SIDE
    return np.asarray(filled + _NOISE[np.ix_(rows, columns)] * np.float32(grain), np.float32)


def _telea(copy: WorkingCopy, depth: int) -> NDArray[np.float32]:
    radius = max(2.0, RADIUS * copy.scale)
    if depth == FLOAT_BITS:
        return _telea_of_light(copy, radius)
    # OpenCV inpaints 16-bit planes of one channel: the full depth is kept, at any depth.
    gain = np.float32((1 << (16 - depth)) - 1) if depth < 16 else np.float32(1)
    samples = np.rint(copy.samples * gain).astype(np.uint16)
    return np.asarray(cv2.inpaint(samples, copy.hole, radius, cv2.INPAINT_TELEA), np.float32) / gain


def _telea_of_light(copy: WorkingCopy, radius: float) -> NDArray[np.float32]:
    """Fill floats as 16-bit steps of brightness between the darkest and the brightest sample known, so fine as seen."""
    bright = np.sign(copy.samples) * np.log1p(np.abs(copy.samples))
    known = bright[copy.hole == 0]
    low, span = float(known.min()), max(1e-6, float(known.max() - known.min()))
    steps = np.clip(np.rint((bright - low) * (65535 / span)), 0, 65535).astype(np.uint16)
    filled = np.asarray(cv2.inpaint(steps, copy.hole, radius, cv2.INPAINT_TELEA), np.float32) * (span / 65535) + low
    light = np.asarray(np.sign(filled) * np.expm1(np.abs(filled)), np.float32)
    return np.where(copy.hole > 0, light, copy.samples)


def _smooth(filled: NDArray[np.float32], copy: WorkingCopy) -> NDArray[np.float32]:
    """Blur inside the hole, more in its depth than at its rim: Telea's streaks go, the rim still joins."""
    longest = max(filled.shape)
    depth_in = np.asarray(cv2.distanceTransform(copy.hole, cv2.DIST_L2, 3), np.float32)
    out = filled
    for share in (0.5, 1.0):
        sigma = SMOOTHING * longest * share
        blurred = np.asarray(cv2.GaussianBlur(out, (0, 0), sigma), np.float32)
        weight = np.clip(depth_in / (2 * sigma), 0, 1)
        out = out + (blurred - out) * weight
    return np.asarray(np.where(copy.hole > 0, out, filled), np.float32)


def _grain_around(plane: PlaneArray, hole: NDArray[np.uint8]) -> float:
    """Return how strong the noise around a hole is."""
    values = plane.astype(np.float32)
    # A sample beside the hole has hidden ones in its neighbourhood: it may not take part.
    known = np.asarray(cv2.dilate(hole, np.ones((3, 3), np.uint8))) == 0
    smooth = cv2.medianBlur(values, 3)
    residue = np.abs(values - smooth)[known]
    # The median is the noise and not the edges; 1.48 makes it a standard deviation (Rousseeuw & Croux 1993).
    return 1.48 * float(np.median(residue)) if residue.size else 0.0


_NOISE = np.random.default_rng(GRAIN_SEED).standard_normal((GRAIN_SIDE, GRAIN_SIDE), dtype=np.float32)
