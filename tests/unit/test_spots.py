"""Spots: the connected parts of a mask, each with its own pixels and its own score."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.spots import find_spots

Map = NDArray[np.float32]


def map_of(*squares: tuple[int, int, int, int, float]) -> Map:
    """A map of squares (x, y, width, height, value)."""
    map_ = np.zeros((60, 80), np.float32)
    for x, y, width, height, value in squares:
        map_[y : y + height, x : x + width] = value
    return map_


def test_no_mask_no_spot() -> None:
    assert find_spots(np.ones((8, 9), np.float32), np.zeros((8, 9), np.bool_)) == ()


def test_each_separate_part_is_a_spot_with_its_box_and_score() -> None:
    map_ = map_of((5, 8, 10, 12, 0.6), (40, 20, 3, 30, 0.9))
    map_[10, 8] = 0.75
    spots = sorted(find_spots(map_, map_ > 0.5), key=lambda spot: spot.box.x0)
    assert [spot.box for spot in spots] == [Box(5, 8, 15, 20), Box(40, 20, 43, 50)]
    assert [spot.score for spot in spots] == pytest.approx([0.75, 0.9])
    assert all(spot.patch.all() for spot in spots)


def test_pixels_that_touch_at_a_corner_are_one_spot() -> None:
    map_ = map_of((5, 5, 4, 4, 0.9), (9, 9, 4, 4, 0.7))
    (spot,) = find_spots(map_, map_ > 0.5)
    assert spot.box == Box(5, 5, 13, 13)
    assert spot.patch.sum() == 32
    assert not spot.patch[:4, 4:].any()


def test_a_spot_in_the_box_of_another_is_not_part_of_it() -> None:
    map_ = map_of((10, 10, 30, 30, 0.6), (13, 13, 24, 24, 0.0), (20, 20, 5, 5, 0.95))
    ring, core = find_spots(map_, map_ > 0.5)
    assert ring.box == Box(10, 10, 40, 40)
    assert ring.score == pytest.approx(0.6)
    assert not ring.patch[3:27, 3:27].any()
    assert core.box == Box(20, 20, 25, 25)
    assert core.score == pytest.approx(0.95)


def test_the_patches_put_together_are_the_mask() -> None:
    rng = np.random.default_rng(3)
    map_ = rng.random((50, 70)).astype(np.float32)
    mask = map_ > 0.7
    again = np.zeros(mask.shape, int)
    for spot in find_spots(map_, mask):
        x0, y0, x1, y1 = (int(value) for value in (spot.box.x0, spot.box.y0, spot.box.x1, spot.box.y1))
        assert spot.patch.shape == (y1 - y0, x1 - x0)
        again[y0:y1, x0:x1] += spot.patch
        assert spot.score == map_[y0:y1, x0:x1][spot.patch].max()
    assert np.array_equal(again, mask.astype(int))


def test_its_repr_shows_sizes_and_not_pixels() -> None:
    map_ = map_of((5, 8, 10, 12, 0.6))
    assert repr(find_spots(map_, map_ > 0.5)[0]) == "Spot(10×12 at 5,8, 0.60)"


def test_parts_that_are_too_small_are_left_out() -> None:
    map_ = map_of((5, 8, 10, 3, 0.6), (40, 20, 3, 9, 0.9), (60, 2, 9, 9, 0.9))
    assert [spot.box.x0 for spot in find_spots(map_, map_ > 0.5, smallest=10)] == [5]
    assert len(find_spots(map_, map_ > 0.5, smallest=9)) == 3
    assert find_spots(map_, map_ > 0.5, smallest=11) == ()


def test_parts_apart_from_a_box_are_left_out() -> None:
    map_ = map_of((5, 8, 10, 12, 0.6), (40, 20, 3, 30, 0.9))
    (spot,) = find_spots(map_, map_ > 0.5, near=Box(14.5, 19.5, 40, 60))
    assert spot.box == Box(5, 8, 15, 20)
    assert len(find_spots(map_, map_ > 0.5, near=Box(14.5, 19.5, 40.5, 60))) == 2
    assert find_spots(map_, map_ > 0.5, near=Box(15, 0, 40, 60)) == ()
