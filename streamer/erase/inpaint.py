"""Inpainting: a hole filled from its surroundings, smoothed, and given their grain.

Telea's method (2004, doi:10.1080/10867651.2004.10487596), the seed's, with its radius of 10 pixels at full size, on a
small working copy. The fill depends on pixels outside the hole only. Knows nothing of films or regions.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.working_copy import WorkingCopy, enlarge, shrink
from faceerase.streamer.planes import PlaneArray

RADIUS = 10
"""The seed's inpainting radius, in pixels of the film."""

LONGEST = 72
"""Longest side of the working copy. Telea at this size takes 1–3 ms a plane; larger shows no more and streaks more."""

SMOOTHING = 0.05
"""Standard deviation of the smoothing inside the hole, as a share of the working copy's longest side."""

GRAIN_SEED = 20


def inpaint(plane: PlaneArray, hole: NDArray[np.uint8], depth: int) -> NDArray[np.float32]:
    """Return a piece of a plane with its hole filled, float32 in the plane's own values.

    Args:
        plane: (height, width), with some surroundings of the hole.
        hole: uint8 0/1, the same shape.
        depth: bits per sample.
    """
    copy = shrink(plane, hole, LONGEST)
    if not (copy.hole == 0).any():
        # Nothing is known: mid-gray says so.
        return np.full(plane.shape, np.float32(1 << (depth - 1)))
    filled = enlarge(_smooth(_telea(copy, depth), copy), plane)
    return filled + _grain(plane, hole)


def _telea(copy: WorkingCopy, depth: int) -> NDArray[np.float32]:
    radius = max(2.0, RADIUS * copy.scale)
    # OpenCV inpaints 16-bit planes of one channel: the full depth is kept, at any depth.
    gain = np.float32((1 << (16 - depth)) - 1) if depth < 16 else np.float32(1)
    samples = np.rint(copy.samples * gain).astype(np.uint16)
    return np.asarray(cv2.inpaint(samples, copy.hole, radius, cv2.INPAINT_TELEA), np.float32) / gain


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


def _grain(plane: PlaneArray, hole: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Noise as strong as that around the hole, the same in every frame of a shape, so that it does not boil."""
    values = plane.astype(np.float32)
    # A sample beside the hole has hidden ones in its neighbourhood: it may not take part.
    known = np.asarray(cv2.dilate(hole, np.ones((3, 3), np.uint8))) == 0
    smooth = cv2.medianBlur(values, 3)
    residue = np.abs(values - smooth)[known]
    # The median is the noise and not the edges; 1.48 makes it a standard deviation (Rousseeuw & Croux 1993).
    deviation = 1.48 * float(np.median(residue)) if residue.size else 0.0
    if deviation == 0:
        return np.zeros(plane.shape, np.float32)
    noise = np.random.default_rng(GRAIN_SEED).standard_normal(plane.shape, dtype=np.float32)
    return noise * np.float32(deviation)
