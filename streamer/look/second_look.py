"""The second look: a candidate shown again in the middle of a tile, at the sizes that the network knows best.

Merging the levels of a pyramid adds up their false alarms; what is no face rarely looks like one again when it is
shown alone, at another size and mirrored (ADR 11). Knows nothing of films or thresholds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.candidates import Candidate
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.view import View, cut_view, view_of

Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Tiles (N, side, side) uint8 to maps of the same shape, float32."""

FACE_SIDES = (48, 80)
"""Tile pixels at which a candidate is shown again, the second time mirrored."""


@dataclass(frozen=True, slots=True, repr=False)
class Closer:
    """A candidate's box, the view in which it was looked at again, and the mean map there, (side, side) float32."""

    box: Box
    view: View
    map: NDArray[np.float32]


def look_closer(gray: GrayPicture, candidates: Sequence[Candidate], look: Look, side: int) -> tuple[Closer, ...]:
    """Look at every candidate again, ``len(FACE_SIDES)`` tiles each; the answers lie in the first one's view.

    Args:
        gray: the picture.
        candidates: in its pixels.
        look: the network.
        side: of its tiles.
    """
    if not candidates:
        return ()
    height, width = gray.samples.shape
    pairs = [tuple(view_of(one.box, size, side, width, height) for size in FACE_SIDES) for one in candidates]
    tiles = [cut_view(gray, view) for pair in pairs for view in pair]
    tiles[1::2] = [tile[:, ::-1] for tile in tiles[1::2]]
    maps = look(np.stack(tiles))
    return tuple(
        Closer(one.box, first, (maps[2 * at] + _seen_from(maps[2 * at + 1][:, ::-1], second, first)) / np.float32(2))
        for at, (one, (first, second)) in enumerate(zip(candidates, pairs, strict=True))
    )


def _seen_from(map_: NDArray[np.float32], view: View, other: View) -> NDArray[np.float32]:
    """Return the map of one view as it lies in another; 0 where the first does not reach."""
    if view == other:
        return map_
    scale = other.scale / view.scale
    x, y = (view.x - other.x) * other.scale, (view.y - other.y) * other.scale
    # Pixel centres lie at halves in tiles, at whole numbers in OpenCV.
    shift = 0.5 * scale - 0.5
    linear = np.array([[scale, 0, x + shift], [0, scale, y + shift]])
    size = (other.side, other.side)
    return np.asarray(cv2.warpAffine(np.ascontiguousarray(map_), linear, size, flags=cv2.INTER_LINEAR), np.float32)
