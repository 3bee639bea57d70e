"""What is covered of one face: between its sightings, around them, and never less than what was seen."""

import random
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.follow.track import Reach, covering
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region, draw_regions

REACH = Reach(lead=3, tail=12, smooth=3)
STILL: dict[int, tuple[float, float]] = dict.fromkeys(range(-50, 200), (0.0, 0.0))
FULL = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)


def region(x: float, y: float = 200, width: float = 40, height: float = 50, score: float = 0.9) -> Region:
    """A full rectangle around (x, y)."""
    return Region(Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), FULL, score)


def oval(x: float, y: float, width: float, height: float) -> Region:
    shape = np.zeros((SHAPE_SIDE, SHAPE_SIDE), np.uint8)
    half = SHAPE_SIDE // 2
    cv2.ellipse(shape, (half, half), (half - 1, half - 1), 0, 0, 360, (255,), -1)
    return Region(Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), shape, 0.9)


def drawn(regions: tuple[Region, ...]) -> NDArray[np.bool_]:
    return draw_regions(regions, 600, 400, (1, 1)) > 0


def box_of(regions: tuple[Region, ...]) -> Box:
    """The smallest box around regions."""
    box = regions[0].box
    for other in regions[1:]:
        box = box.union(other.box)
    return box


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def test_a_face_that_was_never_seen_is_not_covered() -> None:
    assert covering({}, STILL, 5, REACH) == ()


def test_what_is_seen_is_covered_where_it_is_seen() -> None:
    seen = {frame: region(100) for frame in range(10)}
    for frame in range(10):
        assert corners(box_of(covering(seen, STILL, frame, REACH))) == pytest.approx(corners(region(100).box))


@pytest.mark.parametrize("gap", [1, 2, 3, 8, 30])
def test_between_two_sightings_a_face_goes_straight_from_one_to_the_other(gap: int) -> None:
    still = Reach(lead=3, tail=12, smooth=0)
    seen = {10: region(100, 200, 40, 50), 11 + gap: region(100 + 10 * (1 + gap), 220, 60, 70)}
    for frame in range(11, 11 + gap):
        share = (frame - 10) / (1 + gap)
        (found,) = covering(seen, STILL, frame, still)
        assert found.box.centre == pytest.approx((100 + 10 * (frame - 10), 200 + 20 * share))
        assert (found.box.width, found.box.height) == pytest.approx((40 + 20 * share, 50 + 20 * share))


def test_in_a_gap_both_shapes_are_covered() -> None:
    left, right = FULL.copy(), FULL.copy()
    left[:, SHAPE_SIDE // 2 :] = 0
    right[:, : SHAPE_SIDE // 2] = 0
    one, other = (Region(Box(80, 80, 120, 120), shape, score) for shape, score in ((left, 0.9), (right, 0.6)))
    (found,) = covering({4: one, 8: other}, STILL, 6, REACH)
    assert found.shape.min() == 255
    assert found.score == 0.6


def test_a_gap_is_covered_through_and_through() -> None:
    seen = {frame: region(100 + 4 * frame) for frame in range(30) if frame not in {9, 10, 11, 20}}
    for frame in range(30):
        assert drawn(covering(seen, STILL, frame, REACH))[drawn((region(100 + 4 * frame),))].mean() > 0.95


def test_some_frames_before_the_first_sighting_are_covered_and_no_more() -> None:
    seen = {frame: region(100) for frame in range(20, 30)}
    for frame in range(20 - REACH.lead, 20):
        assert corners(box_of(covering(seen, STILL, frame, REACH))) == pytest.approx(corners(region(100).box))
    for frame in range(20 - REACH.lead):
        assert covering(seen, STILL, frame, REACH) == ()


def test_some_frames_after_the_last_sighting_are_covered_and_no_more() -> None:
    seen = {frame: region(100) for frame in range(20)}
    for frame in range(20, 20 + REACH.tail):
        assert corners(box_of(covering(seen, STILL, frame, REACH))) == pytest.approx(corners(region(100).box))
    for frame in range(20 + REACH.tail, 60):
        assert covering(seen, STILL, frame, REACH) == ()


@pytest.mark.parametrize("sightings", [1, 2, 3, 20])
def test_few_sightings_reach_less_far(sightings: int) -> None:
    seen = {frame: region(100) for frame in range(20 - sightings, 20)}
    covered = [frame for frame in range(20, 80) if covering(seen, STILL, frame, REACH)]
    assert covered == list(range(20, 20 + len(covered)))
    assert 1 <= len(covered) <= REACH.tail
    assert (len(covered) == REACH.tail) == (sightings > REACH.tail // 2 - 1)


def random_walk(seed: int) -> dict[int, Region]:
    rng = random.Random(seed)
    x, y, width, height = 300.0, 200.0, 50.0, 60.0
    seen = {}
    for frame in range(40):
        x, y = x + rng.uniform(-14, 14), y + rng.uniform(-10, 10)
        width, height = width * rng.uniform(0.85, 1.17), height * rng.uniform(0.85, 1.17)
        if rng.random() < 0.8:
            seen[frame] = oval(x, y, width, height)
    return seen


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("smooth", [0, 1, 3, 10])
def test_never_less_is_covered_than_was_seen(seed: int, smooth: int) -> None:
    seen = random_walk(seed)
    for frame, region_ in seen.items():
        covered = covering(seen, STILL, frame, Reach(3, 12, smooth))
        assert drawn(covered)[drawn((region_,))].all()
        # The smoothed outline alone lies around it already: it is not left behind where a face turns.
        box, smoothed = region_.box.grown(-1e-6), covered[0].box
        assert (smoothed.x0 <= box.x0, smoothed.y0 <= box.y0) == (True, True)
        assert (smoothed.x1 >= box.x1, smoothed.y1 >= box.y1) == (True, True)


def test_a_cover_grows_at_once() -> None:
    seen = {frame: region(300, width=40 if frame < 10 else 120) for frame in range(20)}
    assert box_of(covering(seen, STILL, 10, REACH)).width >= 120
    assert box_of(covering(seen, STILL, 10 - REACH.smooth - 1, REACH)).width == pytest.approx(40)


def test_a_cover_shrinks_slowly() -> None:
    seen = {frame: region(300, width=120 if frame < 10 else 40) for frame in range(20)}
    widths = [box_of(covering(seen, STILL, frame, REACH)).width for frame in range(9, 20)]
    assert widths[0] == pytest.approx(120)
    assert widths == sorted(widths, reverse=True)
    assert all(width > 40 for width in widths[1 : 1 + REACH.smooth])
    assert max(before - after for before, after in pairwise(widths)) < 0.7 * (120 - 40)
    assert widths[1 + REACH.smooth :] == pytest.approx([40] * (10 - REACH.smooth))


def test_a_shape_shrinks_slowly() -> None:
    half = FULL.copy()
    half[:, SHAPE_SIDE // 2 :] = 0
    box = Box(280, 180, 320, 220)
    seen = {frame: Region(box, FULL if frame < 10 else half, 0.9) for frame in range(20)}
    right = [int(covering(seen, STILL, frame, REACH)[0].shape[:, -1].max()) for frame in range(9, 20)]
    assert right[0] == 255
    assert right == sorted(right, reverse=True)
    assert all(value > 0 for value in right[: 1 + REACH.smooth])
    assert not any(right[1 + REACH.smooth :])


def test_sizes_that_tremble_give_a_cover_that_trembles_less() -> None:
    rng = random.Random(1)
    seen = {frame: region(300, 200, 60 + rng.uniform(-8, 8), 70 + rng.uniform(-8, 8)) for frame in range(60)}
    covers = [covering(seen, STILL, frame, REACH)[0].box for frame in range(60)]

    def unrest(sizes: list[float]) -> float:
        return sum(abs(after - before) for before, after in pairwise(sizes))

    assert unrest([box.width for box in covers]) < 0.6 * unrest([seen[frame].box.width for frame in range(60)])
    assert unrest([box.height for box in covers]) < 0.6 * unrest([seen[frame].box.height for frame in range(60)])


def test_a_turning_camera_carries_the_cover_along() -> None:
    pan = {frame: (7.0 * frame, -3.0 * frame) for frame in range(-10, 80)}

    def place(frame: int) -> Region:
        x, y = pan[frame]
        return region(100 + x, 300 + y)

    seen = {frame: place(frame) for frame in range(10, 30) if frame not in {15, 16, 17, 18}}
    for frame in range(10 - REACH.lead, 30 + REACH.tail):
        covered = covering(seen, pan, frame, REACH)
        assert corners(box_of(covered)) == pytest.approx(corners(place(frame).box), abs=1e-6)


def test_a_camera_that_turns_only_while_nobody_is_seen_is_known_of_too() -> None:
    jump = {frame: (0.0, 0.0) if frame < 12 else (80.0, 0.0) for frame in range(40)}
    seen = {frame: region(100) for frame in range(10)} | {frame: region(180) for frame in range(15, 25)}
    assert covering(seen, jump, 11, REACH)[0].box.centre == pytest.approx((100, 200))
    assert covering(seen, jump, 12, REACH)[0].box.centre == pytest.approx((180, 200))


def test_what_is_far_away_in_time_changes_nothing() -> None:
    seen = random_walk(3)
    near = {frame: one for frame, one in seen.items() if 10 - REACH.smooth <= frame <= 10 + REACH.smooth}
    assert 10 in near
    alone, among_others = covering(near, STILL, 10, REACH), covering(seen, STILL, 10, REACH)
    assert [one.box for one in alone] == [one.box for one in among_others]
