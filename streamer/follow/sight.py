"""What one frame shows: faces that were expected, and new ones after a second look. Knows nothing of other frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.candidates import Candidate, candidates_in, distinct, is_same
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.look.planner import FramePlan
from faceerase.streamer.look.pyramid import Tile
from faceerase.streamer.look.second_look import look_closer
from faceerase.streamer.look.view import View, cut_view
from faceerase.streamer.mask.regions import Region
from faceerase.streamer.mask.threshold import DOUBTFUL, DOUBTFUL_BESIDE, HOPELESS, SPECK
from faceerase.streamer.seams import MaskEngine

EDGE = 0.1
"""Share of a view at each edge in which a face that nobody followed is left to other tiles: it may be cut off."""

AT_ONCE = 32
"""Tiles, or candidates, looked at before what they show is taken and their maps are let go: at the start of a scene
there are hundreds of them, of a quarter of a megabyte each."""

KNOWN, KNOWN_IN = 0.5, 0.3
"""A candidate that shares this much of the box of a face that is seen anyway is that face, and one of whose box that
face's shape (rounder than a box) covers so much is a part of it."""


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """A frame in hand.

    Attributes:
        frame: as decoded.
        gray: the picture, upright.
        small: the same, some hundred pixels wide, uint8.
        scene: its number.
        number: of the frame in its scene, from 0.
        offset: how far the camera moved the picture since the scene began, in pixels.
    """

    frame: Frame
    gray: GrayPicture
    small: NDArray[np.uint8]
    scene: int
    number: int
    offset: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        height, width = self.gray.samples.shape
        return width, height


@dataclass(frozen=True, slots=True)
class Shown:
    """What a frame shows: regions, places that were looked at again in vain, and what it cost.

    ``likely`` is what the picture as a whole shows before anybody has looked again.
    """

    regions: tuple[Region, ...]
    likely: tuple[Region, ...]
    rejected: tuple[Box, ...]
    looks: Looks


def look_at(
    seen: Seen,
    plan: FramePlan,
    expected: Sequence[Box],
    rejected: Sequence[Box],
    engine: MaskEngine,
    criteria: Criteria,
) -> Shown:
    """Look at a frame by plan, and again at what is new.

    Args:
        seen: the frame.
        plan: made for ``expected``.
        expected: where faces are followed.
        rejected: places that were looked at in vain a moment ago: they are left alone.
        engine: the network.
        criteria: what counts as a face.

    Raises:
        ModelError: the network failed.
    """
    first = _look_first(seen, plan, engine, criteria)
    followed = _followed(plan, expected, first.closely, criteria)
    fresh = tuple(
        one
        for one in distinct(first.candidates)
        if not any(_is_known(one.box, region) for region in followed)
        and not any(is_same(one.box, box) for box in rejected)
    )
    hopeless, side = HOPELESS * criteria.threshold, engine.contract.tile_side
    found, tiles = [], 0
    for start in range(0, len(fresh), AT_ONCE):
        for one in look_closer(seen.gray, fresh[start : start + AT_ONCE], engine.look, side, hopeless):
            found.append(criteria.found_in(one.map, one.view, one.box))
            tiles += one.tiles
    in_vain = tuple(candidate.box for candidate, region in zip(fresh, found, strict=True) if region is None)
    looks = Looks(len(plan.numbers) + len(plan.views), tiles, 0, len(fresh), len(in_vain))
    regions = criteria.distinct([*followed, *(region for region in found if region is not None)])
    return Shown(regions, first.likely, in_vain, looks)


@dataclass(frozen=True, slots=True, repr=False)
class _First:
    """What the tiles of a plan show: places to look at again, the maps of its views, what the whole picture shows."""

    candidates: list[Candidate]
    closely: list[NDArray[np.float32]]
    likely: tuple[Region, ...]


def _look_first(seen: Seen, plan: FramePlan, engine: MaskEngine, criteria: Criteria) -> _First:
    planned = [plan.pyramid[number] for number in plan.numbers]
    tiles = [*planned, *(_whole_faces(view, seen) for view in plan.views)]
    widest = max(range(len(tiles)), key=lambda at: tiles[at].view.span)
    threshold, speck = min(engine.contract.threshold, criteria.threshold), SPECK * criteria.min_face
    candidates: list[Candidate] = []
    closely: list[NDArray[np.float32]] = []
    likely: tuple[Region, ...] = ()
    for start in range(0, len(tiles), AT_ONCE):
        some = tiles[start : start + AT_ONCE]
        maps = engine.look(np.stack([cut_view(seen.gray, tile.view) for tile in some]))
        here = max(0, min(len(some), len(planned) - start))
        candidates += candidates_in(some[:here], maps[:here], DOUBTFUL * threshold, speck)
        candidates += candidates_in(some[here:], maps[here:], DOUBTFUL_BESIDE * threshold, speck)
        closely += [map_.copy() for map_ in maps[here:]]  # a view of it would keep all of them
        if start <= widest < start + len(some):
            likely = criteria.likely_in(maps[widest - start], tiles[widest].view)
    return _First(candidates, closely, likely)


def _followed(
    plan: FramePlan, expected: Sequence[Box], maps: Sequence[NDArray[np.float32]], criteria: Criteria
) -> tuple[Region, ...]:
    if not plan.views:
        return ()
    regions = [
        criteria.followed_in(maps[number], plan.views[number], box)
        for box, number in zip(expected, plan.shown_in, strict=True)
    ]
    return criteria.distinct([region for region in regions if region is not None])


def _is_known(box: Box, region: Region) -> bool:
    return region.box.common(box) > KNOWN * region.box.area or region.holds(box) > KNOWN_IN


def _whole_faces(view: View, seen: Seen) -> Tile:
    """Return a view as a tile that answers for the part in which a face would be seen whole."""
    width, height = seen.size
    edge, right, bottom = EDGE * view.span, view.x + view.span, view.y + view.span
    own = Box(
        view.x + edge if view.x > 0 else 0,
        view.y + edge if view.y > 0 else 0,
        right - edge if right < width else width,
        bottom - edge if bottom < height else height,
    )
    return Tile(view, own)
