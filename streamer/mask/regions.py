"""From a mask to regions: each face a convex patch with a margin and a score, small specks gone.

Works at the scale of the map. Knows nothing of films, planes or time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SPECK = 0.3
"""A region narrower and lower than this share of the smallest face is noise."""

CONVEX_FROM = 0.75
"""Share of its convex hull that a region must fill to be replaced by it; less is two faces that touch."""


@dataclass(frozen=True, slots=True)
class Region:
    """One region: left, top, width, height in map pixels, and the greatest value of the map inside."""

    x: int
    y: int
    width: int
    height: int
    score: float


@dataclass(frozen=True, slots=True, repr=False)
class FrameMask:
    """What is to be erased in a frame: uint8 0/1 at map scale (height, width), and the regions in it."""

    mask: NDArray[np.uint8]
    regions: tuple[Region, ...]

    def __repr__(self) -> str:
        height, width = self.mask.shape
        return f"FrameMask({width}×{height}, {len(self.regions)} regions)"


def find_regions(map_: NDArray[np.float32], mask: NDArray[np.bool_], min_face: float, margin: float) -> FrameMask:
    """Return the regions of a thresholded map, cleaned and grown.

    Args:
        map_: (height, width) float32.
        mask: the same shape.
        min_face: height of the smallest face, in map pixels; what is much smaller is dropped.
        margin: how far a region grows, as a share of its mean radius.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    grown = np.zeros(map_.shape, np.uint8)
    regions = []
    for label in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[label])
        if max(width, height) < SPECK * min_face:
            continue
        radius = max(1, round(margin * float(np.sqrt(area / np.pi))))
        patch = (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        score = float(map_[y : y + height, x : x + width][patch > 0].max())
        shape = cv2.copyMakeBorder(_filled(patch), radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0,))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        regions.append(_paste(grown, np.asarray(cv2.dilate(shape, disc), np.uint8), x - radius, y - radius, score))
    return FrameMask(grown, tuple(regions))


def _filled(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the convex hull of one patch where it nearly is one already, else the patch with its holes filled."""
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = np.concatenate([np.asarray(contour) for contour in contours])
    hull = np.asarray(cv2.convexHull(outline))
    hull_area = max(1.0, float(cv2.contourArea(hull)))
    shapes: Sequence[NDArray[np.generic]] = (
        [hull] if patch.sum() >= CONVEX_FROM * hull_area else [np.asarray(contour) for contour in contours]
    )
    filled = patch.copy()
    cv2.drawContours(filled, [np.asarray(shape, np.int32) for shape in shapes], -1, (1,), cv2.FILLED)
    return filled


def _paste(canvas: NDArray[np.uint8], patch: NDArray[np.uint8], x: int, y: int, score: float) -> Region:
    height, width = canvas.shape
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(width, x + patch.shape[1]), min(height, y + patch.shape[0])
    canvas[y0:y1, x0:x1] |= patch[y0 - y : y1 - y, x0 - x : x1 - x]
    return Region(x0, y0, x1 - x0, y1 - y0, score)
