"""The threshold rules that draw outlines, and the absolute value that says whether a face is in them."""

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.mask.threshold import (
    LARGE,
    LARGE_SHARE,
    OUTLINE,
    OUTLINE_FOLLOWED,
    SMALL,
    SMALL_SHARE,
    certain_from,
    histogram_threshold,
    likely,
    otsu_threshold,
)

RULES: tuple[ThresholdRule, ...] = get_args(ThresholdRule)
LOW = 0.2
Map = NDArray[np.float32]


def noise(low: float, high: float, seed: int = 0) -> Map:
    return np.random.default_rng(seed).uniform(low, high, (40, 60)).astype(np.float32)


@pytest.mark.parametrize(
    ("values", "golden"),
    [
        ([0.0, 1.0], 0.6),
        ([0.0, 0.1, 0.2, 0.9], 0.54),
        ([0.2, 0.4, 0.7], 0.5),
        ([1.0, 3.0, 11.0], 7.0),
        ([-1.0, 1.0], 0.2),
    ],
)
def test_the_seeds_threshold_lies_six_tenths_up_the_range(values: list[float], golden: float) -> None:
    assert histogram_threshold(np.array([values], np.float32)) == pytest.approx(golden, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_seeds_threshold_is_the_lower_edge_of_the_7th_of_10_bins(seed: int) -> None:
    map_ = noise(0.03, 0.97, seed)
    _, edges = np.histogram(map_, bins=10)
    assert histogram_threshold(map_) == pytest.approx(float(edges[6]), abs=1e-6)


def test_the_seeds_mask_is_strictly_above_the_threshold() -> None:
    map_ = np.array([[0, 6, 7, 10]], np.float32)  # the edge is exactly 6
    assert likely(map_, "histogram", 1, LOW).tolist() == [[False, False, True, True]]


@pytest.mark.parametrize("value", [0.0, 0.3, 0.5, 0.9, 1.0, 7.5])
@pytest.mark.parametrize("rule", ["histogram", "otsu"])
def test_a_constant_map_gives_no_mask_under_a_relative_rule(rule: ThresholdRule, value: float) -> None:
    assert not likely(np.full((8, 8), value, np.float32), rule, 0.4, LOW).any()


@pytest.mark.parametrize("rule", RULES)
def test_one_certain_pixel_is_in_every_rules_mask(rule: ThresholdRule) -> None:
    map_ = np.zeros((9, 9), np.float32)
    map_[4, 4] = 0.9
    assert np.argwhere(likely(map_, rule, 0.5, LOW)).tolist() == [[4, 4]]


@pytest.mark.parametrize("rule", RULES)
def test_a_mask_has_the_shape_of_its_map(rule: ThresholdRule) -> None:
    mask = likely(noise(0, 1), rule, 0.5, LOW)
    assert mask.shape == (40, 60)
    assert mask.dtype == np.bool_


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_does_not_change_its_map(rule: ThresholdRule) -> None:
    map_ = noise(0, 1)
    before = map_.copy()
    likely(map_, rule, 0.5, LOW)
    assert np.array_equal(map_, before)


def test_fixed_is_the_threshold_itself() -> None:
    map_ = np.array([[0.25, 0.5, 0.75]], np.float32)
    assert likely(map_, "fixed", 0.5, LOW).tolist() == [[False, False, True]]


def test_otsu_parts_two_groups_between_them() -> None:
    map_ = np.concatenate([noise(0.10, 0.20), noise(0.80, 0.90, seed=1)])
    assert 0.20 <= otsu_threshold(map_) < 0.80
    mask = likely(map_, "otsu", 0.5, LOW)
    assert not mask[:40].any()
    assert mask[40:].all()


def test_otsu_works_in_the_maps_own_range() -> None:
    map_ = np.concatenate([noise(0.10, 0.20), noise(0.80, 0.90, seed=1)])
    scaled = map_ * np.float32(100) + np.float32(5)  # a spatial softmax is not confined to 0..1
    assert np.array_equal(likely(scaled, "otsu", 50, LOW), likely(map_, "otsu", 0.5, LOW))


@pytest.mark.parametrize("low", [0.1, 0.5, 0.9])
def test_hysteresis_draws_at_a_share_of_the_threshold(low: float) -> None:
    weak = 0.8 * low
    map_ = np.array([[weak + 0.01, 0.9, weak - 0.01]], np.float32)
    assert likely(map_, "hysteresis", 0.8, low).tolist() == [[True, True, False]]


@pytest.mark.parametrize("rule", ["fixed", "histogram", "otsu"])
def test_only_hysteresis_knows_a_lower_threshold(rule: ThresholdRule) -> None:
    map_ = noise(0, 1)
    assert np.array_equal(likely(map_, rule, 0.5, 0.01), likely(map_, rule, 0.5, 0.99))


def test_hysteresis_holds_what_fixed_holds() -> None:
    map_ = noise(0, 1)
    fixed = likely(map_, "fixed", 0.8, LOW)
    for low in (OUTLINE, OUTLINE_FOLLOWED):
        assert likely(map_, "hysteresis", 0.8, low)[fixed].all()


@pytest.mark.parametrize("rule", ["fixed", "histogram", "otsu"])
@pytest.mark.parametrize("side", [0.0, 5.0, 50.0, 5000.0])
def test_other_rules_are_gated_by_the_threshold_itself(rule: ThresholdRule, side: float) -> None:
    assert certain_from(rule, 0.7, side, 16) == 0.7


def test_small_regions_need_less_than_large_ones() -> None:
    smallest = 10
    needed = [certain_from("hysteresis", 0.9, share * smallest, smallest) for share in (0.1, 1, SMALL, LARGE, 100)]
    assert needed[:3] == pytest.approx([0.9 * SMALL_SHARE] * 3)
    assert needed[3:] == pytest.approx([0.9 * LARGE_SHARE] * 2)
    between = certain_from("hysteresis", 0.9, (SMALL * LARGE) ** 0.5 * smallest, smallest)
    assert between == pytest.approx(0.9 * (LARGE_SHARE + SMALL_SHARE) / 2)


def test_what_is_needed_grows_with_the_region_and_without_a_step() -> None:
    sides = np.geomspace(1, 400, 200)
    needed = [certain_from("hysteresis", 0.9, float(side), 10) for side in sides]
    assert needed == sorted(needed)
    assert max(after - before for before, after in pairwise(needed)) < 0.02


def test_size_is_measured_in_smallest_faces() -> None:
    assert certain_from("hysteresis", 0.9, 60, 16) == pytest.approx(certain_from("hysteresis", 0.9, 120, 32))


def test_a_region_without_size_needs_the_least() -> None:
    assert certain_from("hysteresis", 0.9, 0.0, 16) == pytest.approx(0.9 * SMALL_SHARE)
