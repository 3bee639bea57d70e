"""One look into a picture: a square of it shown to the network as a tile, and the way back.

Knows nothing of models, films or why somebody looks there.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture

MAGNIFY = 2.0
"""Greatest enlargement of the source: beyond it there is nothing more to see."""


@dataclass(frozen=True, slots=True)
class View:
    """The square of ``span`` picture pixels at (x, y), drawn as a tile of ``side`` pixels."""

    x: int
    y: int
    span: int
    side: int

    @property
    def scale(self) -> float:
        """Tile pixels per picture pixel."""
        return self.side / self.span

    def to_picture(self, box: Box) -> Box:
        """Return a box of the tile in pixels of the picture."""
        k = 1 / self.scale
        return Box(self.x + box.x0 * k, self.y + box.y0 * k, self.x + box.x1 * k, self.y + box.y1 * k)

    def to_tile(self, box: Box) -> Box:
        """Return a box of the picture in pixels of the tile."""
        k = self.scale
        return Box((box.x0 - self.x) * k, (box.y0 - self.y) * k, (box.x1 - self.x) * k, (box.y1 - self.y) * k)

    def holds(self, box: Box) -> bool:
        """Return whether a box of the picture lies inside."""
        right, bottom = self.x + self.span, self.y + self.span
        return self.x <= box.x0 and self.y <= box.y0 and box.x1 <= right and box.y1 <= bottom


def view_of(box: Box, face_side: float, side: int, width: int, height: int) -> View:
    """Return the view that shows a box ``face_side`` tile pixels large, in the middle where the picture allows it.

    Args:
        box: in the picture.
        face_side: the longer side of the box in the tile.
        side: of the tile.
        width: of the picture.
        height: of the picture.
    """
    span = round(side * box.side / face_side)
    span = min(max(span, round(side / MAGNIFY)), max(width, height))
    x, y = box.centre
    return View(_start(x, span, width), _start(y, span, height), span, side)


def cut_view(gray: GrayPicture, view: View) -> NDArray[np.uint8]:
    """Return the tile of a view, (side, side) full-range uint8; black beyond the picture's edge."""
    part = gray.samples[view.y : view.y + view.span, view.x : view.x + view.span]
    size = (max(1, round(part.shape[1] * view.scale)), max(1, round(part.shape[0] * view.scale)))
    shrink = view.span > view.side
    drawn = cv2.resize(part, size, interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
    tile = np.zeros((view.side, view.side), np.uint8)
    tile[: size[1], : size[0]] = gray.full_range(np.asarray(drawn))
    return tile


def _start(middle: float, span: int, length: int) -> int:
    return max(0, min(round(middle - span / 2), length - span))
