"""Regions: what is to be erased in a picture, each a box with a shape in it, and how they are drawn.

Knows nothing of maps, films, planes or time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box

SHAPE_SIDE = 48
"""Samples along each side of a shape: a face needs no finer outline, whatever its size in the picture."""

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
        seen: whether it was seen in this very frame, and not concluded from others.
    """

    box: Box
    shape: NDArray[np.uint8]
    score: float
    track: int = -1
    seen: bool = True

    def __repr__(self) -> str:
        box = self.box
        return f"Region({box.width:.0f}×{box.height:.0f} at {box.x0:.0f},{box.y0:.0f}, {self.score:.2f})"

    def holds(self, box: Box) -> float:
        """Return how much of a box the region's shape covers, 0 to 1: a box around two faces has a hole between."""
        if self.box.apart(box):
            return 0.0
        middles = (np.arange(SHAPE_SIDE) + 0.5) / SHAPE_SIDE
        columns = (box.x0 + middles * box.width - self.box.x0) * (SHAPE_SIDE / max(1e-6, self.box.width))
        rows = (box.y0 + middles * box.height - self.box.y0) * (SHAPE_SIDE / max(1e-6, self.box.height))
        columns = columns[(columns >= 0) & (columns < SHAPE_SIDE)].astype(int)
        rows = rows[(rows >= 0) & (rows < SHAPE_SIDE)].astype(int)
        return float((self.shape[np.ix_(rows, columns)] > COUNTS_FROM).sum()) / SHAPE_SIDE**2

    def turned(self, quarter_turns: int, width: int, height: int) -> "Region":
        """Return the region of a picture ``width`` × ``height`` after turning that counter-clockwise."""
        shape = np.ascontiguousarray(np.rot90(self.shape, quarter_turns))
        return replace(self, box=self.box.turned(quarter_turns, width, height), shape=shape)


@dataclass(frozen=True, slots=True)
class FrameMask:
    """What is to be erased in a frame."""

    regions: tuple[Region, ...]


def draw_regions(
    regions: Iterable[Region], columns: int, rows: int, block: tuple[int, int], at: tuple[int, int] = (0, 0)
) -> NDArray[np.uint8]:
    """Return the cells that regions cover, uint8 0/1 (rows, columns), from cell ``at`` (column, row) on.

    A cell is ``block`` pixels wide and high.
    """
    cells = np.zeros((rows, columns), np.uint8)
    for region in regions:
        x0, y0, x1, y1 = _cells_of(region, block)
        x0, y0, x1, y1 = x0 - at[0], y0 - at[1], x1 - at[0], y1 - at[1]
        if x1 <= max(0, x0) or y1 <= max(0, y0) or x0 >= columns or y0 >= rows:
            continue
        size = (x1 - x0, y1 - y0)
        shrink = max(size) < SHAPE_SIDE
        drawn = cv2.resize(region.shape, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
        covered = (np.asarray(drawn) > COUNTS_FROM).astype(np.uint8)
        part = cells[max(0, y0) : y1, max(0, x0) : x1]
        part |= covered[max(0, -y0) : max(0, -y0) + part.shape[0], max(0, -x0) : max(0, -x0) + part.shape[1]]
    return cells


def cells_around(
    regions: Iterable[Region], columns: int, rows: int, block: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the rectangle of cells (x0, y0, x1, y1) outside which ``draw_regions`` draws nothing of some regions."""
    boxes = [_cells_of(region, block) for region in regions]
    x0, y0 = (max(0, min(box[axis] for box in boxes)) for axis in (0, 1))
    return x0, y0, min(columns, max(box[2] for box in boxes)), min(rows, max(box[3] for box in boxes))


def _cells_of(region: Region, block: tuple[int, int]) -> tuple[int, int, int, int]:
    box = region.box
    x0, x1 = int(np.floor(box.x0 / block[0])), int(np.ceil(box.x1 / block[0]))
    return x0, int(np.floor(box.y0 / block[1])), x1, int(np.ceil(box.y1 / block[1]))


def to_shape(outline: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an outline (height, width), uint8 0/1, as the shape of a region."""
    shrink = max(outline.shape) > SHAPE_SIDE
    size = (SHAPE_SIDE, SHAPE_SIDE)
    method = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(outline * np.uint8(255), size, interpolation=method), np.uint8)
