"""The anonymiser: erases a frame's regions in its own planes, and says exactly which pixels that concerned.

Pixels outside the matte keep the decoder's bits. Knows nothing of files, networks or tracks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.film import Method
from faceerase.errors import SourceError
from faceerase.streamer.erase.carry import Carry
from faceerase.streamer.erase.inpaint import draw_fill, make_fill
from faceerase.streamer.erase.obscure import blur, mosaic, solid
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte, matte_of
from faceerase.streamer.mask.regions import FrameMask, Region, cells_around, draw_regions
from faceerase.streamer.planes import Layout, PlaneArray, layout_of, plane_views

SURROUNDINGS = 0.35
"""How far around a hole is looked at for filling it, as a share of its size, on each side."""

BRIGHTEST = 65504.0
"""What an infinite float counts as: the greatest 16-bit float."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """A rectangle of cells around the hole of one face.

    ``own`` marks the hole's cells, from (``own_x``, ``own_y``) in the rectangle on; ``all_holes`` all cells of the
    rectangle, those of neighbours too (nothing is filled from a neighbour's face); ``extent`` is the greater side of
    the hole itself, in cells; ``track`` the face's number, -1 for none.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    extent: int
    own_x: int
    own_y: int
    own: NDArray[np.uint8]
    all_holes: NDArray[np.uint8]
    track: int


class PlaneAnonymizer:
    """An ``Anonymizer`` that works in the planes of the frame itself."""

    def __init__(self, method: Method, rate: float = 25.0) -> None:
        """Begin a film of ``rate`` frames per second."""
        self._method = method
        self._carry = Carry(rate)

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        """Return the frame with its regions erased, and the matte of what was.

        Raises:
            SourceError: the picture's memory cannot be written to.
        """
        picture = frame.picture
        layout = layout_of(picture)
        matte = matte_of(mask, layout.block, picture.width, picture.height)
        self._carry.forget(frame.index)
        if matte.empty:
            return frame, matte
        picture.make_writable()
        views = plane_views(picture, layout)
        if not all(view.flags.writeable for view in views):
            raise SourceError(f"frame {frame.index}: the decoder gives pictures that cannot be edited")
        for hole in _holes(mask, matte):
            self._fill(views, hole, layout, frame.index)
        return frame, matte

    def _fill(self, views: tuple[PlaneArray, ...], hole: _Hole, layout: Layout, frame: int) -> None:
        pieces = [_piece(views[plane], hole, layout.block_of(plane)) for plane in layout.colour]
        if layout.floating:
            pieces = [np.nan_to_num(one, posinf=BRIGHTEST, neginf=-BRIGHTEST).astype(np.float32) for one in pieces]
        fill = None
        if self._method == "inpaint":
            fill = make_fill(pieces, _hidden(hole, layout, pieces), layout.depth)
            if hole.track >= 0:
                fill = self._carry.blend(hole.track, frame, fill, layout.white)
        for number, (plane, piece) in enumerate(zip(layout.colour, pieces, strict=True)):
            across, down = block = layout.block_of(plane)
            extent = hole.extent * max(across, down)
            if fill is not None:
                at = (hole.x0 * across, hole.y0 * down)
                samples = np.ascontiguousarray(fill.samples[:, :, number])
                filled = draw_fill(samples, float(fill.grain[number]), (piece.shape[0], piece.shape[1]), at)
            elif self._method == "blur":
                filled = blur(piece, extent)
            elif self._method == "mosaic":
                filled = mosaic(piece, extent)
            else:
                filled = solid(piece, layout.neutral(plane))
            # Only the hole itself is rounded and written, not its surroundings.
            top, left = hole.own_y * down, hole.own_x * across
            own = _spread(hole.own, block)
            place = _piece(views[plane], hole, block)[top : top + own.shape[0], left : left + own.shape[1]]
            made = filled[top : top + place.shape[0], left : left + place.shape[1]]
            np.copyto(place, _samples(made, place, layout), where=own[: place.shape[0], : place.shape[1]] > 0)


def _piece(view: PlaneArray, hole: _Hole, block: tuple[int, int]) -> PlaneArray:
    """Return the part of a plane that a hole's rectangle covers; it shares the plane's memory."""
    across, down = block
    return view[hole.y0 * down : hole.y1 * down, hole.x0 * across : hole.x1 * across]


def _spread(cells: NDArray[np.uint8], block: tuple[int, int]) -> NDArray[np.uint8]:
    """Return cells as samples of a plane of which ``block`` (across, down) belong to each."""
    if block == (1, 1):
        return cells
    size = (cells.shape[1] * block[0], cells.shape[0] * block[1])
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _hidden(hole: _Hole, layout: Layout, pieces: Sequence[PlaneArray]) -> list[NDArray[np.uint8]]:
    """Return what is hidden of a hole's rectangle in each plane; planes of one size share one array."""
    by_shape: dict[tuple[int, ...], NDArray[np.uint8]] = {}
    for plane, piece in zip(layout.colour, pieces, strict=True):
        if piece.shape not in by_shape:
            cells = _spread(hole.all_holes, layout.block_of(plane))
            by_shape[piece.shape] = cells[: piece.shape[0], : piece.shape[1]]
    return [by_shape[piece.shape] for piece in pieces]


def _samples(filled: NDArray[np.float32], place: PlaneArray, layout: Layout) -> NDArray[Any]:
    """Return what was filled as samples of its plane: whole numbers up to white, unless they are floats."""
    if layout.floating:
        return filled
    return np.clip(np.rint(filled), 0, layout.white).astype(place.dtype)


def _holes(mask: FrameMask, matte: Matte) -> list[_Hole]:
    """Return one hole for each face, the largest first; regions that nobody follows are faces of their own."""
    rows, columns = matte.cells.shape
    faces: dict[int, list[Region]] = {}
    for number, region in enumerate(mask.regions):
        faces.setdefault(region.track if region.track >= 0 else -1 - number, []).append(region)
    holes = []
    for number, regions in faces.items():
        left, top, right, bottom = cells_around(regions, columns, rows, matte.block)
        if right <= left or bottom <= top:
            continue
        cells = draw_regions(regions, right - left, bottom - top, matte.block, (left, top))
        inner_x, inner_y, width, height = cv2.boundingRect(cells)
        if width == 0:
            continue
        x, y = left + inner_x, top + inner_y
        around = max(4, round(SURROUNDINGS * max(width, height)))
        x0, y0 = max(0, x - around), max(0, y - around)
        x1, y1 = min(columns, x + width + around), min(rows, y + height + around)
        own, all_holes = cells[inner_y : inner_y + height, inner_x : inner_x + width], matte.cells[y0:y1, x0:x1]
        holes.append(_Hole(x0, y0, x1, y1, max(width, height), x - x0, y - y0, own, all_holes, max(-1, number)))
    return sorted(holes, key=lambda hole: -hole.extent)
