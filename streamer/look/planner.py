"""Planners: which tiles of which frame are looked at. Pure functions of a situation and their configuration.

``thorough`` looks everywhere in every frame. The others look at the whole picture in one tile and closely at every
face that is followed; the rest of the pyramid is gone through bit by bit, everything at the start of a scene.
Know nothing of pictures' contents, networks or tracks' past.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from faceerase.configs.film import Scan
from faceerase.contract import ModelContract
from faceerase.streamer.box import Box
from faceerase.streamer.look.pyramid import Tile, plan_pyramid
from faceerase.streamer.look.view import View, view_of

ROUND_SECONDS: dict[Scan, float] = {"thorough": 0.0, "balanced": 0.25, "fast": 0.5}
"""Within this time every part of the picture is seen at full sharpness."""

CLOSELY_EVERY = 3
"""In every n-th frame a sparing planner looks closely all the same: in the whole picture, faces that touch are one."""

FOLLOW_SIDES = (48, 32, 80)
"""Tile pixels at which a face that is followed is shown, in turn: what one size hides another shows."""

CLOSELY_AT, CLOSEST = 1, 2
"""A sparing planner looks closely soon after a scene began, and at the largest of the sizes: the others may show no
more than the picture as a whole does."""

AROUND = 0.6
"""A view serves a face that lies this far (as a share of its side) inside it,"""

FACE_RANGE = (24, 110)
"""and is shown at a size (in tile pixels) between these: near enough to what the network knows best."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a planner may go by.

    Attributes:
        number: of the frame in its scene, from 0.
        width: of the upright picture.
        height: of the upright picture.
        live: where the faces that are followed are expected.
        unchanged: numbers of the pyramid's tiles that look as they did when they were last looked at.
    """

    number: int
    width: int
    height: int
    live: tuple[Box, ...] = ()
    unchanged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FramePlan:
    """What is looked at in one frame.

    Attributes:
        pyramid: all its tiles.
        numbers: which of them.
        views: around faces that are followed.
        shown_in: for each face of the situation, the number of the view that shows it; empty where none is looked at.
    """

    pyramid: tuple[Tile, ...]
    numbers: tuple[int, ...]
    views: tuple[View, ...]
    shown_in: tuple[int, ...]

    @property
    def tiles(self) -> int:
        """How many runs of the network the frame costs before anything new is found in it."""
        return len(self.numbers) + len(self.views)


@dataclass(frozen=True, slots=True)
class ScanPlanner:
    """A ``TilePlanner``: everything every ``round`` frames, who is followed in every frame.

    ``sparing``: who is large enough in the tile of the whole picture is followed there, and closely now and then.
    """

    contract: ModelContract
    min_face: float
    round: int
    sparing: bool = False

    def plan(self, situation: Situation) -> FramePlan:
        """Return what is looked at; at most the whole pyramid and one view for each face."""
        now = situation
        side = self.contract.tile_side
        pyramid = plan_pyramid(now.width, now.height, side, self.min_face, self.contract.min_face)
        whole = len(pyramid) - 1
        due = [number for number in range(whole) if now.number == 0 or number % self.round == now.number % self.round]
        all_of_them = now.number == 0 or self.round == 1
        numbers = tuple(number for number in due if all_of_them or number not in now.unchanged)
        spares = self.sparing and now.number % CLOSELY_EVERY != CLOSELY_AT
        already = (pyramid[whole].view,) if spares else ()
        turn = CLOSEST if self.sparing else now.number
        views, shown_in = views_around(now.live, turn, side, now.width, now.height, already)
        return FramePlan(pyramid, numbers if spares else (*numbers, whole), views, shown_in)


def make_planner(scan: Scan, contract: ModelContract, min_face: float, rate: float) -> ScanPlanner:
    """Return the planner of a name for a film of ``rate`` frames per second."""
    return ScanPlanner(contract, min_face, max(1, round(ROUND_SECONDS[scan] * rate)))


def views_around(
    boxes: Sequence[Box], number: int, side: int, width: int, height: int, already: Sequence[View] = ()
) -> tuple[tuple[View, ...], tuple[int, ...]]:
    """Return few views that show every box well, and for each box which; sizes change from frame to frame.

    Args:
        boxes: in a picture ``width`` × ``height``.
        number: of the frame among those in which faces are looked at.
        side: of a tile.
        width: of the picture.
        height: of the picture.
        already: views that are looked at anyway; they come first.
    """
    views: list[View] = [*already]
    holds: list[list[Box]] = [[] for _ in already]
    shown_in = [0] * len(boxes)
    for at in sorted(range(len(boxes)), key=lambda at: -boxes[at].side):
        box = boxes[at]
        for n, view in enumerate(views):
            moved = _moved_to_serve(view, [*holds[n], box], width, height)
            if moved is not None:
                views[n] = moved
                break
        else:
            n = len(views)
            views.append(view_of(box, FOLLOW_SIDES[number % len(FOLLOW_SIDES)], side, width, height))
            holds.append([])
        holds[n].append(box)
        shown_in[at] = n
    return tuple(views), tuple(shown_in)


def _moved_to_serve(view: View, boxes: Sequence[Box], width: int, height: int) -> View | None:
    """Return a view, moved no further than it must be, that shows every box well; None: there is none."""
    if any(not FACE_RANGE[0] <= box.side * view.scale <= FACE_RANGE[1] for box in boxes):
        return None
    # At the picture's edge there is nothing more to be seen around a face.
    around = [box.grown(AROUND * box.side) for box in boxes]
    x = _start(view.x, view.span, [(max(0.0, one.x0), min(float(width), one.x1)) for one in around])
    y = _start(view.y, view.span, [(max(0.0, one.y0), min(float(height), one.y1)) for one in around])
    return None if x is None or y is None else View(x, y, view.span, view.side)


def _start(start: int, span: int, wanted: Sequence[tuple[float, float]]) -> int | None:
    """Return where a view starts along one axis that holds all that is wanted, as near as can be to where it did."""
    last, first = floor(min(one for one, _ in wanted)), ceil(max(other for _, other in wanted)) - span
    return min(max(start, first), last) if first <= last else None
