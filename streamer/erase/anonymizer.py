"""The anonymiser: erases a frame's regions in its own planes, and says exactly which pixels that concerned.

Pixels outside the matte keep the decoder's bits. Knows nothing of files, networks or tracks.
"""

from dataclasses import dataclass

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
from faceerase.streamer.mask.regions import FrameMask, Region, draw_regions
from faceerase.streamer.planes import Layout, PlaneArray, layout_of, plane_views

SURROUNDINGS = 0.35
"""How far around a hole is looked at for filling it, as a share of its size, on each side."""

BRIGHTEST = 65504.0
"""What an infinite float counts as: the greatest 16-bit float."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """A rectangle of cells around the hole of one face.

    ``own`` marks the hole's cells in it, ``all_holes`` those of neighbours too (nothing is filled from a neighbour's
    face); ``extent`` is the greater side of the hole itself, in cells; ``track`` the face's number, -1 for none.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    extent: int
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
            for plane in layout.colour:
                self._fill(views[plane], plane, hole, layout, frame.index)
        return frame, matte

    def _fill(self, view: PlaneArray, plane: int, hole: _Hole, layout: Layout, frame: int) -> None:
        across, down = (1, 1) if plane in layout.chroma else layout.block
        at = (hole.x0 * across, hole.y0 * down)
        piece = view[at[1] : hole.y1 * down, at[0] : hole.x1 * across]

        def spread(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
            return cells.repeat(down, axis=0).repeat(across, axis=1)[: piece.shape[0], : piece.shape[1]]

        limit = layout.white
        extent = hole.extent * max(across, down)
        place = piece
        if layout.floating:
            piece = np.nan_to_num(piece, posinf=BRIGHTEST, neginf=-BRIGHTEST).astype(np.float32)
        if self._method == "inpaint":
            made = make_fill(piece, spread(hole.all_holes), layout.depth)
            samples, grain = made.samples, made.grain
            if hole.track >= 0:
                samples, grain = self._carry.blend((hole.track, plane), frame, samples, made.hole, grain, limit)
            filled = draw_fill(samples, grain, piece, at)
        elif self._method == "blur":
            filled = blur(piece, extent)
        elif self._method == "mosaic":
            filled = mosaic(piece, extent)
        else:
            filled = solid(piece, layout.neutral(plane))
        samples = filled if layout.floating else np.clip(np.rint(filled), 0, limit)
        np.copyto(place, samples.astype(place.dtype), where=spread(hole.own) > 0)


def _holes(mask: FrameMask, matte: Matte) -> list[_Hole]:
    """Return one hole for each face, the largest first; regions that nobody follows are faces of their own."""
    rows, columns = matte.cells.shape
    faces: dict[int, list[Region]] = {}
    for number, region in enumerate(mask.regions):
        faces.setdefault(region.track if region.track >= 0 else -1 - number, []).append(region)
    holes = []
    for number, regions in faces.items():
        cells = draw_regions(regions, columns, rows, matte.block)
        x, y, width, height = cv2.boundingRect(cells)
        if width == 0:
            continue
        around = max(4, round(SURROUNDINGS * max(width, height)))
        x0, y0 = max(0, x - around), max(0, y - around)
        x1, y1 = min(columns, x + width + around), min(rows, y + height + around)
        own, all_holes = cells[y0:y1, x0:x1], matte.cells[y0:y1, x0:x1]
        holes.append(_Hole(x0, y0, x1, y1, max(width, height), own, all_holes, max(-1, number)))
    return sorted(holes, key=lambda hole: -hole.extent)
