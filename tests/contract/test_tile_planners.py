"""What every ``TilePlanner`` promises: a pure function of a situation; all is seen in time, and at a bounded cost."""

import random
from collections.abc import Callable
from typing import get_args

import pytest

from faceerase.contract import ModelContract
from faceerase.streamer.box import Box
from faceerase.streamer.look.planner import (
    AROUND,
    FACE_RANGE,
    FOLLOW_SIDES,
    ROUND_SECONDS,
    FramePlan,
    Scan,
    Situation,
    make_planner,
    views_around,
)
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.seams import TilePlanner

SCANS: tuple[Scan, ...] = get_args(Scan)
SIDE, MIN_FACE = 128, 16
RATE = 25.0
SIZES = [(16, 16), (320, 240), (641, 479), (1920, 1080), (240, 4000)]


@pytest.fixture(params=SCANS)
def scan(request: pytest.FixtureRequest) -> Scan:
    name: Scan = request.param
    return name


@pytest.fixture
def planner(scan: Scan, make_contract: Callable[..., ModelContract]) -> TilePlanner:
    return make_planner(scan, make_contract(tile_side=SIDE), MIN_FACE, RATE)


@pytest.fixture
def round_frames(scan: Scan) -> int:
    """Frames within which everything is seen."""
    return max(1, round(ROUND_SECONDS[scan] * RATE))


def faces(count: int, width: int, height: int, seed: int = 0) -> tuple[Box, ...]:
    rng = random.Random(seed)
    boxes = []
    for _ in range(count):
        size = rng.uniform(8, 0.4 * min(width, height) + 8)
        x, y = rng.uniform(-5, width - size / 2), rng.uniform(-5, height - size / 2)
        boxes.append(Box(x, y, x + size * rng.uniform(0.7, 1), y + size))
    return tuple(boxes)


def own_parts(plan: FramePlan) -> set[tuple[int, Box]]:
    return {(plan.pyramid[number].view.span, plan.pyramid[number].own) for number in plan.numbers}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_same_question_has_the_same_answer(planner: TilePlanner, width: int, height: int) -> None:
    live = faces(4, width, height)
    situations = [Situation(number, width, height, live, frozenset({0, 3})) for number in range(8)]
    once = [planner.plan(situation) for situation in situations]
    planner.plan(Situation(0, 50, 60))
    assert [planner.plan(situation) for situation in reversed(situations)] == once[::-1]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_plans_are_made_of_the_models_tiles(planner: TilePlanner, width: int, height: int) -> None:
    for number in range(15):
        plan = planner.plan(Situation(number, width, height, faces(3, width, height)))
        assert plan.pyramid == plan_pyramid(width, height, SIDE, MIN_FACE, 9)
        assert len(set(plan.numbers)) == len(plan.numbers)
        assert set(plan.numbers) <= set(range(len(plan.pyramid)))
        assert plan.tiles == len(plan.numbers) + len(plan.views)
        assert all(view.side == SIDE for view in plan.views)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_scene_begins_with_a_look_at_everything(planner: TilePlanner, width: int, height: int) -> None:
    plan = planner.plan(Situation(0, width, height, (), frozenset(range(10_000))))
    assert sorted(plan.numbers) == list(range(len(plan.pyramid)))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_frame_is_seen_as_a_whole(planner: TilePlanner, width: int, height: int) -> None:
    for number in range(30):
        plan = planner.plan(Situation(number, width, height, (), frozenset(range(10_000))))
        assert len(plan.pyramid) - 1 in plan.numbers


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_part_is_seen_at_full_sharpness_within_the_round(
    planner: TilePlanner, round_frames: int, width: int, height: int
) -> None:
    pyramid = planner.plan(Situation(0, width, height)).pyramid
    for first in (0, 1, 2, 17, 1000):
        seen: set[int] = set()
        for number in range(first, first + round_frames):
            seen.update(planner.plan(Situation(number, width, height)).numbers)
        assert seen == set(range(len(pyramid)))


def test_the_round_is_spread_evenly_over_its_frames(planner: TilePlanner, round_frames: int) -> None:
    costs = [planner.plan(Situation(number, 1920, 1080)).tiles for number in range(1, 1 + round_frames)]
    assert max(costs) - min(costs) <= 1


def test_what_looks_as_it_did_is_not_looked_at_again(scan: Scan, planner: TilePlanner, round_frames: int) -> None:
    pyramid = planner.plan(Situation(0, 1920, 1080)).pyramid
    still = frozenset(range(0, len(pyramid), 2))
    seen: set[int] = set()
    for number in range(1, 1 + round_frames):
        seen.update(planner.plan(Situation(number, 1920, 1080, (), still)).numbers)
    everything = set(range(len(pyramid)))
    assert seen == (everything if scan == "thorough" else everything - still | {len(pyramid) - 1})


@pytest.mark.parametrize("rate", [1.0, 12.0, 25.0, 119.88])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_thorough_looks_at_every_tile_of_every_level_in_every_frame(
    make_contract: Callable[..., ModelContract], width: int, height: int, rate: float
) -> None:
    planner = make_planner("thorough", make_contract(tile_side=SIDE), MIN_FACE, rate)
    for number in range(5):
        plan = planner.plan(Situation(number, width, height, (), frozenset(range(10_000))))
        assert sorted(plan.numbers) == list(range(len(plan.pyramid)))


@pytest.mark.parametrize("rate", [1.0, 12.0, 25.0, 59.94, 119.88])
def test_the_round_is_one_of_seconds_and_not_of_frames(
    scan: Scan, make_contract: Callable[..., ModelContract], rate: float
) -> None:
    planner = make_planner(scan, make_contract(tile_side=SIDE), MIN_FACE, rate)
    seen: set[int] = set()
    frames = 0
    pyramid = planner.plan(Situation(0, 1920, 1080)).pyramid
    while seen != set(range(len(pyramid))):
        frames += 1
        seen.update(planner.plan(Situation(frames, 1920, 1080)).numbers)
    assert frames <= max(1, ROUND_SECONDS[scan] * rate + 0.5)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_face_that_is_followed_is_shown_by_its_view(
    scan: Scan, planner: TilePlanner, width: int, height: int
) -> None:
    for seed in range(10):
        live = faces(6, width, height, seed)
        for number in range(8):
            plan = planner.plan(Situation(number, width, height, live))
            assert len(plan.shown_in) == len(live)
            assert set(plan.shown_in) == set(range(len(plan.views)))  # no view serves nobody
            for face, view in zip(live, (plan.views[at] for at in plan.shown_in), strict=True):
                inside = Box(max(0, face.x0), max(0, face.y0), min(width, face.x1), min(height, face.y1))
                assert view.holds(inside)


def test_a_face_in_the_open_is_shown_with_its_surroundings_at_a_size_that_the_network_knows(
    planner: TilePlanner,
) -> None:
    for seed in range(20):
        rng = random.Random(seed)
        size = rng.uniform(30, 120)
        live = tuple(Box(x, y, x + size, y + size) for x in (400, 900, 1300) for y in (250, 600))
        plan = planner.plan(Situation(0, 1920, 1080, live))
        for face, view in zip(live, (plan.views[at] for at in plan.shown_in), strict=True):
            assert FACE_RANGE[0] <= view.to_tile(face).side <= FACE_RANGE[1]
            share = (view.span - face.side) / 2 / face.side  # of a view around this face alone
            assert view.holds(face.grown(min(AROUND, share * 0.9) * face.side))


def test_neighbours_share_a_view(scan: Scan, make_contract: Callable[..., ModelContract]) -> None:
    planner = make_planner(scan, make_contract(tile_side=256), MIN_FACE, RATE)
    near = (Box(500, 500, 540, 550), Box(545, 505, 585, 552))
    far = (Box(100, 500, 140, 550), Box(1500, 505, 1540, 552))
    assert len(planner.plan(Situation(0, 1920, 1080, near)).views) == 1
    assert len(planner.plan(Situation(0, 1920, 1080, far)).views) == 2


@pytest.mark.parametrize("number", [0, 1])
def test_a_view_moves_aside_for_a_neighbour(number: int) -> None:
    # Around the first face alone, the view would end in the middle of the second.
    first, second = Box(900, 500, 960, 560), Box(1015, 500, 1070, 556)
    views, shown_in = views_around((first, second), number, 256, 1920, 1080)
    assert len(views) == 1
    assert shown_in == (0, 0)
    for box in (first, second):
        assert views[0].holds(box.grown(0.5 * box.side))


def test_faces_too_far_apart_have_views_of_their_own() -> None:
    views, shown_in = views_around((Box(100, 100, 160, 160), Box(900, 600, 960, 660)), 0, 256, 1920, 1080)
    assert len(views) == 2
    assert sorted(shown_in) == [0, 1]


def test_the_size_at_which_a_face_is_shown_changes_from_look_to_look(scan: Scan, planner: TilePlanner) -> None:
    live = (Box(900, 500, 960, 570),)
    looks = range(2 * len(FOLLOW_SIDES))
    shown = [planner.plan(Situation(number, 1920, 1080, live)).views[0].to_tile(live[0]).side for number in looks]
    assert shown == pytest.approx(2 * FOLLOW_SIDES, rel=0.02)
    assert len(set(FOLLOW_SIDES)) > 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_cost_is_bounded(planner: TilePlanner, width: int, height: int) -> None:
    for number in range(20):
        for count in (0, 1, 7, 40):
            live = faces(count, width, height, number)
            plan = planner.plan(Situation(number, width, height, live))
            assert 1 <= len(plan.numbers) <= len(plan.pyramid)
            assert len(plan.views) <= count


def test_own_parts_of_what_is_seen_in_a_round_cover_the_picture_on_every_level(
    planner: TilePlanner, round_frames: int
) -> None:
    parts: set[tuple[int, Box]] = set()
    for number in range(5, 5 + round_frames):
        parts |= own_parts(planner.plan(Situation(number, 1280, 720)))
    for span in {span for span, _ in parts}:
        assert sum(own.area for level, own in parts if level == span) == pytest.approx(1280 * 720)


def test_scans_differ_in_what_they_cost(make_contract: Callable[..., ModelContract]) -> None:
    def cost(scan: Scan) -> int:
        planner = make_planner(scan, make_contract(tile_side=SIDE), MIN_FACE, RATE)
        live = faces(3, 1920, 1080)
        return sum(planner.plan(Situation(number, 1920, 1080, live)).tiles for number in range(50))

    assert cost("fast") < cost("balanced") < cost("thorough")
