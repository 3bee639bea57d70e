"""What a tile's map shows: spots where the network sees a face. Knows nothing of pictures, films or thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box


@dataclass(frozen=True, slots=True, repr=False)
class Spot:
    """One connected part of a mask: its box in tile pixels, its pixels in the box, the map's greatest value in them."""

    box: Box
    patch: NDArray[np.bool_]
    score: float

    def __repr__(self) -> str:
        box = self.box
        return f"Spot({box.width:.0f}×{box.height:.0f} at {box.x0:.0f},{box.y0:.0f}, {self.score:.2f})"


def find_spots(
    map_: NDArray[np.float32], mask: NDArray[np.bool_], smallest: float = 0.0, near: Box | None = None
) -> tuple[Spot, ...]:
    """Return the 8-connected parts of a mask over a map, both (height, width).

    Args:
        map_: of the network.
        mask: over it.
        smallest: longer side, in tile pixels, below which a part is left out.
        near: a box of the tile: parts whose own box lies apart from it are left out; None: none is.
    """
    marked = np.asarray(mask, np.uint8)
    left, top, across, down = cv2.boundingRect(marked)
    if across == 0:
        return ()
    # Most of a tile is empty: only what holds something is gone through.
    part = marked[top : top + down, left : left + across]
    boxes = [
        (box, inside)
        for x, y, width, height, inside in _outer_boxes(part)
        if max(width, height) >= smallest
        and (box := Box(x + left, y + top, x + left + width, y + top + height))
        and (near is None or not box.apart(near))
    ]
    if not boxes:
        return ()
    _, labels = cv2.connectedComponents(part, connectivity=8)
    spots = []
    for label, box in sorted(((int(labels[inside]), box) for box, inside in boxes), key=lambda one: one[0]):
        x0, y0, x1, y1 = int(box.x0), int(box.y0), int(box.x1), int(box.y1)
        patch = np.asarray(labels[y0 - top : y1 - top, x0 - left : x1 - left] == label)
        spots.append(Spot(box, patch, float(map_[y0:y1, x0:x1][patch].max())))
    return tuple(spots)


def _outer_boxes(marked: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int, tuple[int, int]]]:
    """Yield (x, y, width, height) of each 8-connected part, and (row, column) of one of its pixels.

    By their contours: OpenCV's ``connectedComponentsWithStats`` takes eight times as long as contours and labels.
    """
    contours, parents = cv2.findContours(marked, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for contour, (*_, parent) in zip(contours, np.reshape(parents, (-1, 4)), strict=True):
        if parent < 0:  # else the rim of a hole
            x, y, width, height = cv2.boundingRect(contour)
            column, row = contour[0, 0]
            yield x, y, width, height, (int(row), int(column))
