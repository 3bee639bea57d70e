"""What a tile's map shows: spots where the network sees a face. Knows nothing of pictures, films or thresholds."""

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


def find_spots(map_: NDArray[np.float32], mask: NDArray[np.bool_]) -> tuple[Spot, ...]:
    """Return the 8-connected parts of a mask over a map, both (height, width)."""
    marked = np.asarray(mask, np.uint8)
    left, top, across, down = cv2.boundingRect(marked)
    if across == 0:
        return ()
    # Most of a tile is empty: only what holds something is gone through.
    part = marked[top : top + down, left : left + across]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    spots = []
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label][:4])
        patch = np.asarray(labels[y : y + height, x : x + width] == label)
        x, y = x + left, y + top
        score = float(map_[y : y + height, x : x + width][patch].max())
        spots.append(Spot(Box(x, y, x + width, y + height), patch, score))
    return tuple(spots)
