"""What counts as a face: whose threshold, how certain, and which of several sightings are the same one."""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from faceerase.configs.film import FilmConfig
from faceerase.contract import ModelContract, ThresholdRule
from faceerase.errors import ConfigError
from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import GOES_ON_FROM, SHRINKS_TO, STARTS_FROM, Criteria
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region
from faceerase.streamer.mask.threshold import GROWS, GROWS_FOLLOWED, LARGE, LARGE_SHARE, OUTLINE_FOLLOWED, SMALL_SHARE
from faceerase.streamer.stages import criteria_of

Maker = Callable[..., ModelContract]
RULES: tuple[ThresholdRule, ...] = get_args(ThresholdRule)
SIDE = 256
STRAIGHT = View(0, 0, SIDE, SIDE)
FIXED = Criteria("fixed", 0.5, 0.0, 16)
LOW = Criteria("hysteresis", 0.8, 0.0, 60 / LARGE / 1.2)
CERTAIN = 0.8 * LARGE_SHARE
"""Draws outlines below its threshold; the boxes here are large, and certain from ``CERTAIN`` on."""

FACE = Box(100, 80, 160, 140)


def region(box: Box, score: float = 0.8) -> Region:
    return Region(box, np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), score)


def shown(box: Box, value: float) -> np.ndarray:
    map_ = np.zeros((SIDE, SIDE), np.float32)
    map_[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = value
    return map_


def test_the_models_own_rule_and_threshold_count(make_contract: Maker) -> None:
    contract = make_contract(threshold_rule="otsu", threshold=0.37)
    criteria = criteria_of(FilmConfig(), contract)
    assert (criteria.rule, criteria.threshold) == ("otsu", 0.37)


@pytest.mark.parametrize("rule", RULES)
def test_unless_others_are_asked_for(make_contract: Maker, rule: ThresholdRule) -> None:
    config = FilmConfig.model_validate({"mask": {"rule": rule, "threshold": 0.9, "margin": 0.3}})
    criteria = criteria_of(config, make_contract(threshold_rule="fixed", threshold=0.37))
    assert (criteria.rule, criteria.threshold, criteria.margin) == (rule, 0.9, 0.3)


def test_the_smallest_face_is_the_one_that_is_asked_for(make_contract: Maker) -> None:
    config = FilmConfig.model_validate({"look": {"min_face": 41}})
    assert criteria_of(config, make_contract()).min_face == 41


@pytest.mark.parametrize("threshold", [1.0, 50.0, float("inf")])
def test_a_threshold_that_nothing_can_reach_is_refused(threshold: float, make_contract: Maker) -> None:
    config = FilmConfig.model_validate({"mask": {"threshold": threshold}})
    with pytest.raises(ConfigError, match="lies between 0 and 1"):
        criteria_of(config, make_contract())


def test_a_spatial_softmax_reaches_the_number_of_its_pixels(make_contract: Maker) -> None:
    contract = make_contract(output="spatial-softmax", threshold=4.0)
    config = FilmConfig.model_validate({"mask": {"threshold": 50.0}})
    assert criteria_of(config, contract).threshold == 50
    with pytest.raises(ConfigError, match="lies between 0 and 65536"):
        criteria_of(FilmConfig.model_validate({"mask": {"threshold": 65536.0}}), contract)


@pytest.mark.parametrize("rule", RULES)
def test_a_large_region_is_certain_above_the_threshold(rule: ThresholdRule) -> None:
    # Hysteresis takes its share of it.
    criteria = Criteria(rule, 0.5 / LARGE_SHARE if rule == "hysteresis" else 0.5, 0.1, 16)
    large = Box(0, 0, 16 * LARGE, 16 * LARGE)
    assert criteria.certainty(region(large, 0.5)) == pytest.approx(1)
    assert criteria.certainty(region(large, 0.75)) == pytest.approx(1.5)


def test_a_small_region_is_certain_sooner_under_hysteresis_alone() -> None:
    small = region(Box(0, 0, 16, 16), 0.5)
    assert Criteria("hysteresis", 0.5, 0.1, 16).certainty(small) == pytest.approx(1 / SMALL_SHARE)
    assert Criteria("fixed", 0.5, 0.1, 16).certainty(small) == pytest.approx(1)


def test_a_candidate_is_followed_from_some_certainty_on() -> None:
    for share, wanted in ((0.9, False), (1.1, True)):
        found = LOW.found_in(shown(FACE, share * STARTS_FROM * CERTAIN), STRAIGHT, FACE)
        assert (found is not None) == wanted


def test_where_a_face_is_expected_less_is_enough_than_for_a_new_one() -> None:
    assert GOES_ON_FROM < STARTS_FROM
    outlined = OUTLINE_FOLLOWED / LARGE_SHARE  # an outline is drawn at a share of the threshold itself
    between = shown(FACE, (max(GOES_ON_FROM, outlined) + STARTS_FROM) / 2 * CERTAIN)
    assert LOW.found_in(between, STRAIGHT, FACE) is None
    assert LOW.followed_in(between, STRAIGHT, FACE) is not None


def test_what_is_followed_lies_where_it_is_now() -> None:
    found = FIXED.followed_in(shown(FACE.moved(9, 5), 0.9), STRAIGHT, FACE)
    assert found is not None
    assert found.box.centre == pytest.approx(FACE.moved(9, 5).centre, abs=1)
    assert found.score == pytest.approx(0.9)


def test_nothing_is_found_where_nothing_is_shown() -> None:
    elsewhere = shown(Box(10, 10, 40, 40), 0.9)
    assert FIXED.found_in(elsewhere, STRAIGHT, FACE) is None
    assert FIXED.followed_in(elsewhere, STRAIGHT, FACE) is None


@pytest.mark.parametrize(("share", "seen"), [(0.7, False), (1.3, True)])
def test_a_crumb_of_a_face_is_no_sighting_of_it(share: float, seen: bool) -> None:
    side = FACE.side * (SHRINKS_TO * share) ** 0.5
    crumb = Box(120, 100, round(120 + side), round(100 + side)).grown(-1)  # one pixel is added when it is drawn
    assert (FIXED.followed_in(shown(crumb, 0.9), STRAIGHT, FACE) is not None) == seen
    assert FIXED.found_in(shown(crumb, 0.9), STRAIGHT, FACE) is not None


def test_neither_grows_without_bounds() -> None:
    everywhere = shown(Box(0, 0, SIDE, SIDE), 0.9)
    found, followed = FIXED.found_in(everywhere, STRAIGHT, FACE), FIXED.followed_in(everywhere, STRAIGHT, FACE)
    assert found is not None
    assert followed is not None
    assert found.box.side <= GROWS * FACE.side + 4
    assert followed.box.side <= GROWS_FOLLOWED * FACE.side + 4


def test_of_sightings_of_the_same_face_the_surest_is_kept() -> None:
    one, same, other = region(FACE, 0.7), region(FACE.moved(4, 2), 0.9), region(FACE.moved(90, 0), 0.6)
    assert [kept.score for kept in FIXED.distinct([one, same, other])] == [0.9, 0.6]


def test_a_part_of_a_certain_face_is_no_face() -> None:
    eye = region(Box(110, 90, 124, 100), 0.99)
    assert FIXED.distinct([eye, region(FACE, 0.7)])[0].box == FACE
    assert len(FIXED.distinct([eye, region(FACE, 0.7)])) == 1


def test_a_face_in_a_doubtful_cloud_is_one() -> None:
    eye = region(Box(110, 90, 124, 100), 0.99)
    assert {kept.score for kept in FIXED.distinct([eye, region(FACE, 0.4)])} == {0.99, 0.4}


def test_the_order_of_sightings_does_not_matter() -> None:
    some = [region(FACE.moved(8 * number, 3 * number), 0.55 + 0.02 * number) for number in range(12)]
    once = FIXED.distinct(some)
    assert FIXED.distinct(some[::-1]) == once
    assert FIXED.distinct(once) == once
    assert FIXED.distinct([]) == ()
