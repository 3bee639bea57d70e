"""Filling a hole: from its surroundings alone, in the plane's own values."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.erase.inpaint import LONGEST, inpaint
from faceerase.streamer.erase.working_copy import enlarge, shrink

Plane = NDArray[np.uint16] | NDArray[np.uint8]


def hole_in(height: int, width: int) -> NDArray[np.uint8]:
    hole = np.zeros((height, width), np.uint8)
    hole[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return hole


def even(value: int, size: tuple[int, int], depth: int) -> Plane:
    return np.full(size, value, np.uint8 if depth == 8 else np.uint16)


@pytest.mark.parametrize("size", [(40, 40), (31, 57), (200, 160)])
@pytest.mark.parametrize("beneath", [0, 80, 255])
def test_what_lies_beneath_an_even_surrounding_has_no_part(size: tuple[int, int], beneath: int) -> None:
    hole = hole_in(*size)
    plane = even(80, size, 8)
    plane[hole > 0] = beneath
    filled = inpaint(plane, hole, 8)
    assert filled.dtype == np.float32
    assert filled.shape == size
    assert np.abs(filled - 80).max() < 0.5


@pytest.mark.parametrize(("depth", "value"), [(8, 200), (10, 801), (12, 3001), (16, 50_001)])
def test_the_full_depth_is_kept(depth: int, value: int) -> None:
    filled = inpaint(even(value, (48, 48), depth), hole_in(48, 48), depth)
    assert np.abs(filled - value).max() < 2


def test_a_ramp_goes_on_through_the_hole() -> None:
    ramp = np.tile(np.linspace(20, 220, 120).astype(np.uint8), (90, 1))
    filled = inpaint(ramp, hole_in(90, 120), 8)
    assert np.abs(filled - ramp).mean() < 12
    assert filled[45, 30] < filled[45, 60] < filled[45, 89]


def test_where_nothing_is_known_there_is_mid_gray() -> None:
    assert (inpaint(even(7, (20, 20), 10), np.ones((20, 20), np.uint8), 10) == 512).all()


def test_the_fill_has_the_grain_of_its_surroundings() -> None:
    rng = np.random.default_rng(3)
    plane = np.clip(rng.normal(120, 6, (100, 100)), 0, 255).astype(np.uint8)
    hole = hole_in(100, 100)
    filled = inpaint(plane, hole, 8)
    assert 3 < filled[30:70, 30:70].std() < 9


def test_the_grain_does_not_boil() -> None:
    rng = np.random.default_rng(4)
    plane = np.clip(rng.normal(120, 6, (64, 64)), 0, 255).astype(np.uint8)
    assert np.array_equal(inpaint(plane, hole_in(64, 64), 8), inpaint(plane, hole_in(64, 64), 8))


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (91, 400)])
def test_the_working_copy_is_bounded_and_made_of_known_samples(size: tuple[int, int]) -> None:
    hole = hole_in(*size)
    plane = even(50, size, 8)
    plane[hole > 0] = 250
    copy = shrink(plane, hole, LONGEST)
    assert max(copy.samples.shape) <= LONGEST
    assert copy.samples.shape == copy.hole.shape
    assert copy.scale == pytest.approx(min(1.0, LONGEST / max(size)))
    assert np.allclose(copy.samples[copy.hole == 0], 50, atol=1e-3)
    assert not copy.samples[copy.hole > 0].any()


def test_enlarging_gives_the_size_of_the_piece() -> None:
    plane = even(0, (301, 199), 8)
    copy = shrink(plane, hole_in(301, 199), LONGEST)
    assert enlarge(copy.samples, plane).shape == plane.shape


@pytest.mark.parametrize("seed", range(30))
def test_the_fill_depends_on_what_lies_outside_the_hole_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plane = rng.integers(0, 256, (60, 60), dtype=np.uint8)
    hole = np.zeros((60, 60), np.uint8)
    hole[20:40, 20:40] = 1
    other = plane.copy()
    other[20:40, 20:40] = rng.integers(0, 256, (20, 20))
    assert np.array_equal(inpaint(plane, hole, 8), inpaint(other, hole, 8))
