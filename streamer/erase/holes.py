"""The holes of a frame: one for each face, in cells of the picture, and the parts of planes that belong to them.

A cell is the block of luma that shares a chroma sample. Knows nothing of how holes are filled.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask, Region, cells_around, draw_regions
from faceerase.streamer.planes import PlaneArray

LEAST_AROUND = 4
"""Cells around a hole that are looked at, at least, on each side."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Of cells; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def side(self) -> int:
        """The longer side."""
        return max(self.right - self.left, self.bottom - self.top)

    def of(self, plane: NDArray[Any], block: tuple[int, int] = (1, 1)) -> NDArray[Any]:
        """Return the part of a plane of ``block`` (across, down) samples a cell; it shares the plane's memory."""
        across, down = block
        return plane[self.top * down : self.bottom * down, self.left * across : self.right * across]

    def moved(self, across: int, down: int) -> "Rectangle":
        """Return it somewhere else."""
        return Rectangle(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def within(self, columns: int, rows: int) -> "Rectangle":
        """Return the part of it that lies in a frame of so many cells."""
        return Rectangle(max(0, self.left), max(0, self.top), min(columns, self.right), min(rows, self.bottom))

    def aligned(self, step: int, columns: int, rows: int) -> "Rectangle":
        """Return the smallest one around it that begins and ends at multiples of ``step``, or at the frame's end."""
        left, top = self.left // step * step, self.top // step * step
        return Rectangle(left, top, -(-self.right // step) * step, -(-self.bottom // step) * step).within(columns, rows)


@dataclass(frozen=True, slots=True, repr=False)
class Hole:
    """What is to be erased of one face.

    Attributes:
        place: smallest rectangle around it.
        own: uint8 0/1, of its size: the cells that are to be erased.
        track: the face's number, -1 for none.
    """

    place: Rectangle
    own: NDArray[np.uint8]
    track: int

    def around(self, share: float, columns: int, rows: int) -> Rectangle:
        """Return the hole's place and ``share`` of its longer side more, on each side, as far as the frame reaches."""
        place, more = self.place, max(LEAST_AROUND, round(share * self.place.side))
        around = Rectangle(place.left - more, place.top - more, place.right + more, place.bottom + more)
        return around.within(columns, rows)

    def write(self, plane: PlaneArray, block: tuple[int, int], filled: NDArray[Any]) -> None:
        """Write samples into the hole and nowhere else.

        Args:
            plane: a whole plane.
            block: (across, down) samples of it in a cell.
            filled: for the hole's place, of the plane's dtype; what lies beyond the plane's end is left out.
        """
        target = self.place.of(plane, block)
        height, width = target.shape
        own = self.own
        if block != (1, 1):
            size = own.shape[1] * block[0], own.shape[0] * block[1]
            own = np.asarray(cv2.resize(own, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        cv2.copyTo(filled[:height, :width], own[:height, :width], dst=target)


def find_holes(mask: FrameMask, block: tuple[int, int], width: int, height: int) -> tuple[Matte, list[Hole]]:
    """Return the matte of a frame, and one hole for each face, the largest first.

    Regions that nobody follows are faces of their own.

    Args:
        mask: what is to be erased.
        block: (width, height) of a cell in luma pixels.
        width: of the frame.
        height: of the frame.
    """
    columns, rows = -(-width // block[0]), -(-height // block[1])
    cells = np.zeros((rows, columns), np.uint8)
    faces: dict[int, list[Region]] = {}
    for number, region in enumerate(mask.regions):
        faces.setdefault(region.track if region.track >= 0 else -1 - number, []).append(region)
    holes = []
    for number, regions in faces.items():
        left, top, right, bottom = cells_around(regions, columns, rows, block)
        if right <= left or bottom <= top:
            continue
        drawn = draw_regions(regions, right - left, bottom - top, block, (left, top))
        x, y, across, down = cv2.boundingRect(drawn)
        if across == 0:
            continue
        own = drawn[y : y + down, x : x + across]
        place = Rectangle(left + x, top + y, left + x + across, top + y + down)
        matte = place.of(cells)
        matte |= own
        holes.append(Hole(place, own, max(-1, number)))
    return Matte(cells, block, width, height, mask.regions), sorted(holes, key=lambda hole: -hole.place.side)
