"""The full pyramid of a frame: overlapping tiles on every scale, and the whole frame letter-boxed in one.

Knows nothing of models, films or thresholds; which of its tiles are looked at in which frame is a planner's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil

from faceerase.streamer.box import Box
from faceerase.streamer.look.view import MAGNIFY, View

OVERLAP = 0.25
"""Share of a tile that neighbours have in common: faces up to this size lie whole in one of them; larger ones are found
on the next level, where they are half as large."""

SKIP_NEAR_WHOLE = 1.3
"""A level less than this much finer than the letter-boxed whole adds tiles and no detail."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: what it shows, and the part of the picture that it answers for among those of its level."""

    view: View
    own: Box


@lru_cache(maxsize=16)
def plan_pyramid(width: int, height: int, side: int, min_face: float, model_min_face: float) -> tuple[Tile, ...]:
    """Return every tile of every level for a picture, from fine to coarse; the last one shows the whole.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        side: of a tile.
        min_face: height of the smallest face to be found, in picture pixels.
        model_min_face: height in tile pixels of the smallest face that the model finds.
    """
    whole = min(side / max(width, height), MAGNIFY)
    scale = min(model_min_face / min_face, MAGNIFY)
    tiles: list[Tile] = []
    # The finest level is what the smallest face needs; among the coarser ones some can be spared.
    while scale > whole * (SKIP_NEAR_WHOLE if tiles else 1.0):
        tiles += _level(width, height, round(side / scale), side)
        scale /= 2
    tiles.append(Tile(View(0, 0, round(side / whole), side), Box(0, 0, width, height)))
    return tuple(tiles)


def _level(width: int, height: int, span: int, side: int) -> list[Tile]:
    return [
        Tile(View(x, y, span, side), Box(x0, y0, x1, y1))
        for y, y0, y1 in _spans(height, span)
        for x, x0, x1 in _spans(width, span)
    ]


def _spans(length: int, span: int) -> Sequence[tuple[int, float, float]]:
    """(start, own part's start, own part's end) of evenly spread tiles along one axis."""
    if length <= span:
        return [(0, 0, length)]
    count = 1 + ceil((length - span) / (span * (1 - OVERLAP)))
    starts = [round(i * (length - span) / (count - 1)) for i in range(count)]
    cuts = [0, *((a + span + b) / 2 for a, b in pairwise(starts)), length]
    return [(start, cuts[i], cuts[i + 1]) for i, start in enumerate(starts)]
