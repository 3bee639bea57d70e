"""Candidates: places in a picture that looked like a face in at least one tile; a second look decides.

Knows nothing of films or of how the second look is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.pyramid import Tile
from faceerase.streamer.look.spots import find_spots

SAME_OVERLAP = 0.6
"""Two candidates that share this much of the smaller one are the same face seen on two levels,"""

SAME_SIZE = 2.5
"""unless one is this many times larger: then it may be somebody behind, or an eye in a face."""

SURER = 2.0
"""Spots are looked for at twice the threshold too: faces that touch at the lower one are told apart there."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where to look again, in picture pixels, and how certain the first look was."""

    box: Box
    score: float


def find_candidates(
    tiles: Sequence[Tile], maps: NDArray[np.float32], threshold: float, smallest: float
) -> tuple[Candidate, ...]:
    """Return what the tiles of a picture show above a threshold, the surest first, each place once.

    Args:
        tiles: that were looked at.
        maps: (tiles, side, side) float32, in the same order.
        threshold: below that of the model: what is doubtful is looked at again.
        smallest: side in picture pixels below which a spot is noise.
    """
    return distinct(candidates_in(tiles, maps, threshold, smallest))


def candidates_in(
    tiles: Sequence[Tile], maps: NDArray[np.float32], threshold: float, smallest: float
) -> list[Candidate]:
    """Return what ``find_candidates`` finds, in no order, a place as often as it was seen."""
    found = []
    for tile, map_ in zip(tiles, maps, strict=True):
        if float(map_.max()) <= threshold:
            continue
        least = smallest * tile.view.scale
        for spot in (*find_spots(map_, map_ > SURER * threshold, least), *find_spots(map_, map_ > threshold, least)):
            box = tile.view.to_picture(spot.box)
            if tile.own.has(box.centre):
                found.append(Candidate(box, spot.score))
    return found


def distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates, the surest first, without those that show the same face as a surer one."""
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (-one.score, one.box.area, one.box.x0, one.box.y0)):
        if not any(is_same(candidate.box, other.box) for other in kept):
            kept.append(candidate)
    return tuple(kept)


def is_same(one: Box, other: Box) -> bool:
    """Return whether two boxes are probably around the same face."""
    if one.apart(other):
        return False
    ratio = one.side / max(1e-6, other.side)
    return 1 / SAME_SIZE < ratio < SAME_SIZE and one.overlap(other) > SAME_OVERLAP
