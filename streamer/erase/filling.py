"""Holes of a frame filled one after the other, in its own planes, and carried along from frame to frame.

Knows nothing of files, networks or other ways to erase.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.carry import Carry
from faceerase.streamer.erase.grain import grain_of, put_grain
from faceerase.streamer.erase.holes import Hole, Rectangle
from faceerase.streamer.erase.inpaint import LONGEST, RIM, join, make_fill
from faceerase.streamer.erase.light import from_light, to_light
from faceerase.streamer.erase.working_copy import halvings, shrink
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.planes import Layout, PlaneArray

SURROUNDINGS = 0.12
"""How far around a hole is looked at, as a share of its size, on each side: its rim, and enough to measure grain in."""


GRAIN_EVERY = 4
"""Frames of a face that is followed, of which one is asked for its grain."""


class Filler:
    """Fills holes, and carries the fills of faces that are followed."""

    def __init__(self, rate: float) -> None:
        """Begin a film of ``rate`` frames per second."""
        self._carry = Carry(rate)

    def fill(
        self, planes: Sequence[PlaneArray], layout: Layout, matte: Matte, holes: Sequence[Hole], frame: int
    ) -> None:
        """Fill every hole of a frame, in place.

        Args:
            planes: of the picture.
            layout: how they lie.
            matte: everything that is to be erased.
            holes: those of the matte. What was filled counts as known for those that follow: where two overlap, the
                second begins with the colours of the first, and no seam shows.
            frame: its number.
        """
        self._carry.forget(frame)
        still_open = matte.cells.copy()
        for hole in holes:
            own = hole.place.of(still_open)
            own |= hole.own
            self._fill_one(planes, layout, still_open, hole, frame)
            own -= hole.own

    def _fill_one(
        self, planes: Sequence[PlaneArray], layout: Layout, still_open: NDArray[np.uint8], hole: Hole, frame: int
    ) -> None:
        rows, columns = still_open.shape
        around = hole.around(SURROUNDINGS, columns, rows)
        halved = halvings(around.side, LONGEST)
        step = 1 << halved
        around = around.aligned(step, columns, rows)
        hidden = around.of(still_open)
        blocks = [layout.block_of(plane) for plane in layout.colour]
        pieces = [around.of(planes[plane], block) for plane, block in zip(layout.colour, blocks, strict=True)]
        if layout.floating:
            pieces = [to_light(piece) for piece in pieces]
        cells = [_as_cells(piece, block, hidden.shape) for piece, block in zip(pieces, blocks, strict=True)]
        copies = shrink(cells, hidden, halved, max(1, round(RIM * hole.place.side)))
        place = hole.place
        x, y = place.left - around.left, place.top - around.top
        box = x / step, y / step, hole.own.shape[1] / step, hole.own.shape[0] / step
        grain = self._carry.grain(hole.track) if (frame + hole.track) % GRAIN_EVERY else None
        if grain is None:
            measured = [grain_of(piece, hidden, block) for piece, block in zip(pieces, blocks, strict=True)]
            grain = np.array(measured, np.float32)
        middle = float(np.log1p(layout.middle)) if layout.floating else layout.middle
        fill = make_fill(copies, box, grain, middle)
        if hole.track >= 0:
            fill = self._carry.blend(hole.track, frame, fill, layout.white)
        # Samples at the hole's edge lie half way to the cell beside it.
        beside = Rectangle(x - 1, y - 1, x + hole.own.shape[1] + 1, y + hole.own.shape[0] + 1)
        beside = beside.within(hidden.shape[1], hidden.shape[0])
        channels = join(fill.samples, copies, beside)
        for number, (plane, block) in enumerate(zip(layout.colour, blocks, strict=True)):
            light = _as_samples(channels[number], block)
            light = light[(y - beside.top) * block[1] :, (x - beside.left) * block[0] :]
            at = place.left * block[0], place.top * block[1]
            filled = put_grain(light, float(fill.grain[number]), at, planes[plane].dtype)
            if layout.floating:
                filled = from_light(filled)
            elif 8 < layout.depth < 16:
                np.minimum(filled, layout.white, out=filled)
            hole.write(planes[plane], block, filled)


def _as_cells(piece: NDArray[Any], block: tuple[int, int], size: tuple[int, ...]) -> NDArray[Any]:
    """Return a piece of a plane with one sample for each cell; a cell at the frame's end may be cut."""
    if block == (1, 1):
        return piece
    across, down = block
    below, beyond = size[0] * down - piece.shape[0], size[1] * across - piece.shape[1]
    if below or beyond:
        whole = np.asarray(cv2.copyMakeBorder(piece, 0, below, 0, beyond, cv2.BORDER_REPLICATE))
        return _as_cells(whole, block, size)
    return np.asarray(cv2.resize(piece, (size[1], size[0]), interpolation=cv2.INTER_AREA))


def _as_samples(cells: NDArray[np.float32], block: tuple[int, int]) -> NDArray[np.float32]:
    """Return cells as samples of a plane of which ``block`` (across, down) belong to each."""
    if block == (1, 1):
        return cells
    size = cells.shape[1] * block[0], cells.shape[0] * block[1]
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR), np.float32)
