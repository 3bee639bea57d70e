"""Which tiles of the pyramid look as they did when they were last looked at. Knows nothing of faces or planners."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.look.pyramid import Tile

STILL = 3
"""Gray levels by which no sample of the small picture may differ: more than the noise that is left after shrinking."""


class ChangeWatch:
    """Remembers, for every tile, the part of a small picture of the frame in which it was last looked at."""

    def __init__(self) -> None:
        self._last: dict[int, NDArray[np.uint8]] = {}

    def unchanged(self, tiles: Sequence[Tile], small: NDArray[np.uint8], scale: float) -> frozenset[int]:
        """Return the numbers of the tiles that need not be looked at again.

        Args:
            tiles: the pyramid.
            small: the frame, (height, width) uint8.
            scale: pixels of the frame per pixel of ``small``.
        """
        return frozenset(
            number
            for number, tile in enumerate(tiles)
            if number in self._last and is_same_picture(self._last[number], _part(tile, small, scale))
        )

    def looked_at(self, numbers: Iterable[int], tiles: Sequence[Tile], small: NDArray[np.uint8], scale: float) -> None:
        """Remember how these tiles of the frame looked."""
        for number in numbers:
            self._last[number] = _part(tiles[number], small, scale).copy()


def _part(tile: Tile, small: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    view = tile.view
    y0, y1 = int(view.y / scale), int((view.y + view.span) / scale) + 1
    x0, x1 = int(view.x / scale), int((view.x + view.span) / scale) + 1
    return small[y0:y1, x0:x1]


def is_same_picture(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether two small pictures, (height, width) uint8, differ by no more than what is left of noise."""
    return one.shape == other.shape and not bool((np.abs(one.astype(np.int16) - other) > STILL).any())
