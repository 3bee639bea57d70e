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


AROUND = 0.5
"""A candidate shows itself within its box and this share of its side around it."""


@dataclass(frozen=True, slots=True, repr=False)
class Closer:
    """What was seen of a candidate's ``box``.

    Attributes:
        box: of the candidate, in the picture.
        view: in which it was shown first.
        map: the mean of the answers as they lie in that view, (side, side) float32.
        tiles: how many times it was shown.
    """

    box: Box
    view: View
    map: NDArray[np.float32]
    tiles: int


def look_closer(
    gray: GrayPicture, candidates: Sequence[Candidate], look: Look, side: int, hopeless: float = 0.0
) -> tuple[Closer, ...]:
    """Look at every candidate again, at two sizes unless the first shows nothing of it.

    Args:
        gray: the picture.
        candidates: in its pixels.
        look: the network.
        side: of its tiles.
        hopeless: where the first map nowhere exceeds this, the second counts as empty and is not looked at.
    """
    height, width = gray.samples.shape
    firsts = [view_of(one.box, FACE_SIDES[0], side, width, height) for one in candidates]
    seen = _look_at(gray, firsts, look)
    promising = [
        at
        for at, (one, view) in enumerate(zip(candidates, firsts, strict=True))
        if _around(seen[at], view, one.box).max(initial=0) > hopeless
    ]
    seconds = [view_of(candidates[at].box, FACE_SIDES[1], side, width, height) for at in promising]
    again = dict(zip(promising, zip(seconds, _look_at(gray, seconds, look, mirrored=True), strict=True), strict=True))
    closer = []
    for at, (one, first) in enumerate(zip(candidates, firsts, strict=True)):
        total, tiles = seen[at], 1
        if at in again:
            second, map_ = again[at]
            total, tiles = total + _seen_from(map_, second, first), 2
        closer.append(Closer(one.box, first, total / np.float32(len(FACE_SIDES)), tiles))
    return tuple(closer)


def _look_at(gray: GrayPicture, views: Sequence[View], look: Look, mirrored: bool = False) -> NDArray[np.float32]:
    if not views:
        return np.zeros((0, 0, 0), np.float32)
    step = -1 if mirrored else 1
    return look(np.stack([cut_view(gray, view)[:, ::step] for view in views]))[:, :, ::step]


def _around(map_: NDArray[np.float32], view: View, box: Box) -> NDArray[np.float32]:
    near = view.to_tile(box.grown(AROUND * box.side))
    return map_[max(0, int(near.y0)) : int(near.y1) + 1, max(0, int(near.x0)) : int(near.x1) + 1]


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
