"""The threshold rules, and the presence that gates them all."""

from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.mask.threshold import (
    HYSTERESIS_LOW,
    SMALL_SHARE,
    apply_rule,
    histogram_threshold,
    hysteresis,
    otsu_threshold,
    strong_threshold,
)

RULES: tuple[ThresholdRule, ...] = get_args(ThresholdRule)


def noise(low: float, high: float, seed: int = 0) -> NDArray[np.float32]:
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
    assert apply_rule(map_, "histogram", 1, 1).tolist() == [[False, False, True, True]]


@pytest.mark.parametrize("value", [0.0, 0.3, 0.5, 0.9, 1.0, 7.5])
@pytest.mark.parametrize("rule", ["histogram", "otsu"])
def test_a_constant_map_gives_no_mask_under_a_relative_rule(rule: ThresholdRule, value: float) -> None:
    assert not apply_rule(np.full((8, 8), value, np.float32), rule, 0.4, 1).any()


@pytest.mark.parametrize("rule", RULES)
def test_without_presence_there_is_no_mask(rule: ThresholdRule) -> None:
    needed = 0.5 * SMALL_SHARE if rule == "hysteresis" else 0.5
    map_ = noise(0.0, needed)
    map_[3, 4] = needed  # reaching the threshold is not exceeding it
    mask = apply_rule(map_, rule, 0.5, 1)
    assert mask.shape == map_.shape
    assert mask.dtype == np.bool_
    assert not mask.any()


@pytest.mark.parametrize("rule", RULES)
def test_one_certain_pixel_is_in_every_rules_mask(rule: ThresholdRule) -> None:
    map_ = np.zeros((9, 9), np.float32)
    map_[4, 4] = 0.9
    mask = apply_rule(map_, rule, 0.5, 1)
    assert np.argwhere(mask).tolist() == [[4, 4]]


@pytest.mark.parametrize("rule", RULES)
def test_a_map_without_pixels_gives_a_mask_without_pixels(rule: ThresholdRule) -> None:
    assert apply_rule(np.zeros((0, 5), np.float32), rule, 0.5, 1).shape == (0, 5)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_does_not_change_its_map(rule: ThresholdRule) -> None:
    map_ = noise(0, 1)
    before = map_.copy()
    apply_rule(map_, rule, 0.5, 1)
    assert np.array_equal(map_, before)


def test_fixed_is_the_threshold_itself() -> None:
    map_ = np.array([[0.25, 0.5, 0.75]], np.float32)
    assert apply_rule(map_, "fixed", 0.5, 1).tolist() == [[False, False, True]]


def test_otsu_parts_two_groups_between_them() -> None:
    map_ = np.concatenate([noise(0.10, 0.20), noise(0.80, 0.90, seed=1)])
    assert 0.20 <= otsu_threshold(map_) < 0.80
    mask = apply_rule(map_, "otsu", 0.5, 1)
    assert not mask[:40].any()
    assert mask[40:].all()


def test_otsu_works_in_the_maps_own_range() -> None:
    map_ = np.concatenate([noise(0.10, 0.20), noise(0.80, 0.90, seed=1)])
    scaled = map_ * np.float32(100) + np.float32(5)  # a spatial softmax is not confined to 0..1
    assert np.array_equal(apply_rule(scaled, "otsu", 50, 1), apply_rule(map_, "otsu", 0.5, 1))


def test_hysteresis_keeps_the_weak_that_touch_the_strong() -> None:
    row = [0.0, 0.3, 0.9, 0.3, 0.0, 0.3, 0.3, 0.0]
    mask = hysteresis(np.array([row], np.float32), low=0.2, high=0.5, smallest=0.1)
    assert mask.tolist() == [[False, True, True, True, False, False, False, False]]


def test_hysteresis_connects_diagonally() -> None:
    map_ = np.zeros((4, 4), np.float32)
    map_[0, 0], map_[1, 1], map_[2, 2] = 0.9, 0.3, 0.3
    assert np.argwhere(hysteresis(map_, 0.2, 0.5, 0.1)).tolist() == [[0, 0], [1, 1], [2, 2]]


def test_hysteresis_takes_its_weak_threshold_from_the_strong_one() -> None:
    weak = 0.8 * HYSTERESIS_LOW
    map_ = np.array([[weak + 0.01, 0.9, weak - 0.01]], np.float32)
    assert apply_rule(map_, "hysteresis", 0.8, 1).tolist() == [[True, True, False]]


def test_hysteresis_holds_what_fixed_holds() -> None:
    map_ = noise(0, 1)
    fixed = apply_rule(map_, "fixed", 0.8, 1)
    assert apply_rule(map_, "hysteresis", 0.8, 1)[fixed].all()


def test_small_regions_need_less_and_large_ones_all_of_it() -> None:
    areas = np.array([1, 15**2, 40**2, 80**2, 300**2])
    needed = strong_threshold(0.9, areas, smallest=10)
    assert needed[:2] == pytest.approx(0.9 * SMALL_SHARE)
    assert needed[3:] == pytest.approx(0.9)
    assert 0.9 * SMALL_SHARE < needed[2] < 0.9


@pytest.mark.parametrize(("side", "found"), [(12, True), (90, False)])
def test_hysteresis_takes_a_likely_speck_and_leaves_a_likely_cloud(side: int, found: bool) -> None:
    map_ = np.zeros((120, 120), np.float32)
    map_[10 : 10 + side, 10 : 10 + side] = 0.7
    assert hysteresis(map_, 0.1, 0.9, smallest=10).any() == found
