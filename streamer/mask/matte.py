"""The matte: exactly which pixels of a frame were erased. Knows nothing of how they were chosen or filled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.mask.regions import FrameMask, Region, draw_regions


@dataclass(frozen=True, slots=True, repr=False)
class Matte:
    """Erased cells of a frame.

    A cell is the block of luma pixels that share one chroma sample, so that luma and chroma are erased alike and no
    pixel is half of both.

    Attributes:
        cells: uint8 0/1, (rows, columns) of cells.
        block: (width, height) of a cell in luma pixels.
        width: of the frame.
        height: of the frame.
        regions: that the cells were drawn from.
    """

    cells: NDArray[np.uint8]
    block: tuple[int, int]
    width: int
    height: int
    regions: tuple[Region, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was erased."""
        return not self.cells.any()

    def luma(self) -> NDArray[np.uint8]:
        """Return the matte at frame size, (height, width) uint8, 255 = erased."""
        wide = self.cells.repeat(self.block[1], axis=0).repeat(self.block[0], axis=1)
        return np.ascontiguousarray(wide[: self.height, : self.width]) * np.uint8(255)


def matte_of(mask: FrameMask, block: tuple[int, int], width: int, height: int) -> Matte:
    """Return the cells of a frame that a mask covers."""
    columns, rows = -(-width // block[0]), -(-height // block[1])
    return Matte(draw_regions(mask.regions, columns, rows, block), block, width, height, mask.regions)
