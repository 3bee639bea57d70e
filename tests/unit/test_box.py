"""Boxes: sizes, moves, and what two of them share."""

import random

import pytest

from faceerase.streamer.box import Box

BOX = Box(10, 20, 40, 80)


def test_a_box_knows_its_size_and_middle() -> None:
    assert (BOX.width, BOX.height, BOX.side, BOX.area) == (30, 60, 60, 1800)
    assert BOX.centre == (25, 50)
    assert Box(0, 0, 9, 4).side == 9


def test_a_box_turned_inside_out_has_no_area() -> None:
    assert Box(10, 0, 5, 8).area == 0
    assert Box(10, 9, 5, 3).area == 0


def test_moving_changes_the_place_and_not_the_size() -> None:
    assert BOX.moved(-12.5, 3) == Box(-2.5, 23, 27.5, 83)


def test_growing_adds_on_each_side() -> None:
    assert BOX.grown(5) == Box(5, 15, 45, 85)
    assert BOX.grown(5).grown(-5) == BOX
    assert BOX.grown(7).centre == BOX.centre


def test_a_union_holds_both() -> None:
    assert BOX.union(Box(0, 30, 20, 90)) == Box(0, 20, 40, 90)
    assert BOX.union(Box(15, 30, 20, 40)) == BOX


@pytest.mark.parametrize(
    ("other", "area"),
    [
        (BOX, 1800),
        (Box(20, 30, 30, 40), 100),  # inside
        (Box(30, 70, 100, 100), 100),  # a corner
        (Box(40, 20, 70, 80), 0),  # side by side
        (Box(41, 81, 70, 90), 0),  # apart on both axes
        (Box(0, 0, 9, 9), 0),
    ],
)
def test_what_two_boxes_share_is_measured_in_square_pixels(other: Box, area: float) -> None:
    assert BOX.common(other) == other.common(BOX) == area


def test_the_overlap_is_a_share_of_the_smaller_box() -> None:
    assert BOX.overlap(Box(20, 30, 30, 40)) == 1
    assert BOX.overlap(BOX.moved(15, 0)) == pytest.approx(0.5)
    assert BOX.overlap(BOX.moved(0, 60)) == 0
    rng = random.Random(5)
    for _ in range(200):
        x, y = rng.uniform(0, 50), rng.uniform(0, 90)
        other = Box(x, y, x + rng.uniform(1, 60), y + rng.uniform(1, 60))
        assert 0 <= BOX.overlap(other) <= 1 + 1e-9
        assert BOX.overlap(other) == other.overlap(BOX)


def test_a_box_without_area_overlaps_nothing() -> None:
    assert BOX.overlap(Box(20, 30, 20, 30)) == 0


def test_the_way_to_another_box_begins_here_and_ends_there() -> None:
    other = Box(20, 0, 90, 40)
    assert BOX.towards(other, 0) == BOX
    assert BOX.towards(other, 1) == other
    assert BOX.towards(other, 0.5) == Box(15, 10, 65, 60)


def test_the_shared_area_is_also_a_share_of_both_together() -> None:
    assert BOX.iou(BOX) == 1
    assert BOX.iou(Box(20, 30, 30, 40)) == pytest.approx(100 / 1800)
    assert BOX.iou(BOX.moved(15, 0)) == pytest.approx(1 / 3)
    assert BOX.iou(BOX.moved(40, 0)) == 0
    assert BOX.iou(Box(20, 30, 20, 30)) == 0


def test_a_box_turns_with_its_picture() -> None:
    # A quarter turn counter-clockwise: what was the right edge is the upper one.
    assert BOX.turned(1, 100, 200) == Box(20, 60, 80, 90)
    assert BOX.turned(2, 100, 200) == Box(60, 120, 90, 180)
    assert BOX.turned(3, 100, 200) == BOX.turned(-1, 100, 200) == Box(120, 10, 180, 40)
    assert BOX.turned(0, 100, 200) == BOX.turned(4, 100, 200) == BOX
