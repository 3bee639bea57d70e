"""Regions: what is to be erased in a picture, each a box with a shape in it; where they come from, and how drawn.

Knows nothing of films, planes or time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.box import Box
from faceerase.streamer.look.spots import Spot, find_spots
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.threshold import likely

SHAPE_SIDE = 48
"""Samples along each side of a shape: a face needs no finer outline, whatever its size in the picture."""

CONVEX_FROM = 0.75
"""Share of its convex hull that a region must fill to be replaced by it; less is two faces that touch."""

MOVES = 0.3
"""How far from where it is looked for a face may lie, as a share of its side."""

COUNTS_FROM = 96
"""Share (of 255) of a pixel that must be covered to count: early, a rim too wide is better than a cheek left."""


@dataclass(frozen=True, slots=True, repr=False)
class Region:
    """One region.

    Attributes:
        box: in picture pixels.
        shape: uint8 (SHAPE_SIDE, SHAPE_SIDE), 0 to 255: how much of each part of the box belongs to it.
        score: the map's greatest value inside.
        track: number of the face that it belongs to, -1 where faces are not followed.
    """

    box: Box
    shape: NDArray[np.uint8]
    score: float
    track: int = -1

    def __repr__(self) -> str:
        box = self.box
        return f"Region({box.width:.0f}×{box.height:.0f} at {box.x0:.0f},{box.y0:.0f}, {self.score:.2f})"

    def turned(self, quarter_turns: int, width: int, height: int) -> "Region":
        """Return the region of a picture ``width`` × ``height`` after turning that counter-clockwise."""
        shape = np.ascontiguousarray(np.rot90(self.shape, quarter_turns))
        return replace(self, box=self.box.turned(quarter_turns, width, height), shape=shape)


@dataclass(frozen=True, slots=True)
class Outline:
    """How a region is drawn: threshold rule, its value, ``low`` as in ``likely``.

    ``margin`` is how far it grows, as a share of its mean radius; ``grows`` how many times as large as the box in which
    it is looked for it may be before it is cut.
    """

    rule: ThresholdRule
    threshold: float
    low: float
    margin: float
    grows: float


@dataclass(frozen=True, slots=True)
class FrameMask:
    """What is to be erased in a frame."""

    regions: tuple[Region, ...]


def region_in(map_: NDArray[np.float32], view: View, box: Box, outline: Outline) -> Region | None:
    """Return the region that a map shows at a box of the picture, or None.

    Where the outline runs on into somebody else, the region is cut to the box's size, moved to the middle of what the
    map shows there: otherwise it would creep from face to face.

    Args:
        map_: (side, side) float32, what the network answered to ``view``.
        view: where that tile lies in the picture.
        box: where the face is thought to be.
        outline: how it is drawn; how certain is certain enough is the caller's business.
    """
    wanted = view.to_tile(box)
    inside = likely(map_, outline.rule, outline.threshold, outline.low)
    spots = [spot for spot in find_spots(map_, inside) if _touches(spot, wanted)]
    if not spots:
        return None
    if _around(spots).side > outline.grows * wanted.side:
        near = _moved_to(spots, map_, wanted)
        spots = [part for spot in spots if (part := _within(spot, map_, near)) is not None]
        if not spots:
            return None
    grown, at = _grown(spots, outline.margin)
    height, width = grown.shape
    score = max(spot.score for spot in spots)
    return Region(view.to_picture(Box(at[0], at[1], at[0] + width, at[1] + height)), _to_shape(grown), score)


def draw_regions(regions: Iterable[Region], columns: int, rows: int, block: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the cells that regions cover, uint8 0/1 (rows, columns); a cell is ``block`` pixels wide and high."""
    cells = np.zeros((rows, columns), np.uint8)
    for region in regions:
        box = region.box
        x0, x1 = int(np.floor(box.x0 / block[0])), int(np.ceil(box.x1 / block[0]))
        y0, y1 = int(np.floor(box.y0 / block[1])), int(np.ceil(box.y1 / block[1]))
        if x1 <= max(0, x0) or y1 <= max(0, y0) or x0 >= columns or y0 >= rows:
            continue
        size = (x1 - x0, y1 - y0)
        shrink = max(size) < SHAPE_SIDE
        drawn = cv2.resize(region.shape, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
        covered = (np.asarray(drawn) > COUNTS_FROM).astype(np.uint8)
        at = cells[max(0, y0) : y1, max(0, x0) : x1]
        at |= covered[max(0, -y0) : max(0, -y0) + at.shape[0], max(0, -x0) : max(0, -x0) + at.shape[1]]
    return cells


def _touches(spot: Spot, box: Box) -> bool:
    """Return whether any pixel of a spot lies in a box."""
    return bool(spot.patch[_window(spot, box)].any())


def _around(spots: Sequence[Spot]) -> Box:
    """Return the smallest box around spots."""
    return reduce(Box.union, (spot.box for spot in spots))


def _window(spot: Spot, box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a spot's patch that a box of the tile holds."""
    x, y = int(spot.box.x0), int(spot.box.y0)
    rows = slice(max(0, int(np.floor(box.y0)) - y), max(0, int(np.ceil(box.y1)) - y))
    return rows, slice(max(0, int(np.floor(box.x0)) - x), max(0, int(np.ceil(box.x1)) - x))


def _within(spot: Spot, map_: NDArray[np.float32], box: Box) -> Spot | None:
    """Return the part of a spot that lies in a box, or None."""
    rows, columns = _window(spot, box)
    patch = spot.patch[rows, columns]
    if not patch.any():
        return None
    x, y = int(spot.box.x0) + columns.start, int(spot.box.y0) + rows.start
    score = float(map_[y : y + patch.shape[0], x : x + patch.shape[1]][patch].max())
    return Spot(Box(x, y, x + patch.shape[1], y + patch.shape[0]), patch, score)


def _moved_to(spots: Sequence[Spot], map_: NDArray[np.float32], wanted: Box) -> Box:
    """Return a box moved to the middle of what spots show in and near it."""
    around = wanted.grown(MOVES * wanted.side)
    total = x = y = 0.0
    for part in (found for spot in spots if (found := _within(spot, map_, around)) is not None):
        x0, y0 = int(part.box.x0), int(part.box.y0)
        height, width = part.patch.shape
        mass = np.where(part.patch, map_[y0 : y0 + height, x0 : x0 + width], 0)
        total += float(mass.sum())
        x += float(mass.sum(axis=0) @ (x0 + 0.5 + np.arange(width)))
        y += float(mass.sum(axis=1) @ (y0 + 0.5 + np.arange(height)))
    cx, cy = wanted.centre
    return wanted.moved(x / total - cx, y / total - cy) if total else wanted


def _grown(parts: Sequence[Spot], margin: float) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return the parts filled and grown, uint8 0/1, and where its left top corner lies in the tile."""
    box = _around(parts)
    x, y, width, height = int(box.x0), int(box.y0), int(box.width), int(box.height)
    patch = np.zeros((height, width), np.uint8)
    for part in parts:
        left, top = int(part.box.x0) - x, int(part.box.y0) - y
        patch[top : top + part.patch.shape[0], left : left + part.patch.shape[1]] |= part.patch
    radius = max(1, round(margin * float(np.sqrt(patch.sum() / np.pi))))
    wide = cv2.copyMakeBorder(_filled(patch), radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0,))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(wide, disc), np.uint8), (x - radius, y - radius)


def _filled(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return every part of a patch as its convex hull where it nearly is one already, else with its holes filled."""
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = patch.copy()
    for contour in contours:
        hull = np.asarray(cv2.convexHull(np.asarray(contour)))
        nearly = float(cv2.contourArea(np.asarray(contour))) >= CONVEX_FROM * float(cv2.contourArea(hull))
        cv2.drawContours(filled, [np.asarray(hull if nearly else contour, np.int32)], -1, (1,), cv2.FILLED)
    return filled


def _to_shape(outline: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shrink = max(outline.shape) > SHAPE_SIDE
    size = (SHAPE_SIDE, SHAPE_SIDE)
    method = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(outline * np.uint8(255), size, interpolation=method), np.uint8)
