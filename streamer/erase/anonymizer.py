"""The anonymiser: erases a frame's regions in its own planes, and says exactly which pixels that concerned.

Pixels outside the matte keep the decoder's bits. Knows nothing of files, networks or tracks.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.errors import SourceError
from faceerase.streamer.erase.inpaint import inpaint
from faceerase.streamer.erase.obscure import blur, mosaic, solid
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte, matte_of
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.planes import Layout, PlaneArray, layout_of, plane_views

Method = Literal["inpaint", "blur", "mosaic", "solid"]

SURROUNDINGS = 0.35
"""How far around a hole is looked at for filling it, as a share of its size, on each side."""


@dataclass(frozen=True, slots=True)
class _Hole:
    """A rectangle of cells around one hole.

    ``own`` marks the hole's cells in it, ``all_holes`` those of neighbours too (nothing is filled from a neighbour's
    face); ``extent`` is the greater side of the hole itself, in cells.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    extent: int
    own: NDArray[np.uint8]
    all_holes: NDArray[np.uint8]


class PlaneAnonymizer:
    """An ``Anonymizer`` that works in the planes of the frame itself."""

    def __init__(self, method: Method) -> None:
        self._method = method

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        """Return the frame with its regions erased, and the matte of what was.

        Raises:
            SourceError: the picture's memory cannot be written to.
        """
        picture = frame.picture
        layout = layout_of(picture)
        matte = matte_of(mask, layout.block, picture.width, picture.height)
        if matte.empty:
            return frame, matte
        picture.make_writable()
        views = plane_views(picture, layout)
        if not all(view.flags.writeable for view in views):
            raise SourceError(f"frame {frame.index}: the decoder gives pictures that cannot be edited")
        for hole in _holes(matte.cells):
            for plane in layout.colour:
                self._fill(views[plane], plane, hole, layout)
        return frame, matte

    def _fill(self, view: PlaneArray, plane: int, hole: _Hole, layout: Layout) -> None:
        across, down = (1, 1) if plane in layout.chroma else layout.block
        piece = view[hole.y0 * down : hole.y1 * down, hole.x0 * across : hole.x1 * across]

        def spread(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
            return cells.repeat(down, axis=0).repeat(across, axis=1)[: piece.shape[0], : piece.shape[1]]

        filled = self._filled(piece, spread(hole.all_holes), hole.extent * max(across, down), plane, layout)
        limit = (1 << layout.depth) - 1
        np.copyto(piece, np.clip(np.rint(filled), 0, limit).astype(piece.dtype), where=spread(hole.own) > 0)

    def _filled(
        self, piece: PlaneArray, wide: NDArray[np.uint8], extent: int, plane: int, layout: Layout
    ) -> NDArray[np.float32]:
        if self._method == "inpaint":
            return inpaint(piece, wide, layout.depth)
        if self._method == "blur":
            return blur(piece, extent)
        if self._method == "mosaic":
            return mosaic(piece, extent)
        return solid(piece, layout.neutral(plane))


def _holes(cells: NDArray[np.uint8]) -> list[_Hole]:
    rows, columns = cells.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=8)
    holes = []
    for label in range(1, count):
        x, y, width, height = (int(value) for value in stats[label][:4])
        around = max(4, round(SURROUNDINGS * max(width, height)))
        x0, y0 = max(0, x - around), max(0, y - around)
        x1, y1 = min(columns, x + width + around), min(rows, y + height + around)
        own = (labels[y0:y1, x0:x1] == label).astype(np.uint8)
        holes.append(_Hole(x0, y0, x1, y1, max(width, height), own, cells[y0:y1, x0:x1]))
    return holes
