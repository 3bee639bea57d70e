"""The stage that makes masks of maps: whose rule counts, and in which pixels a face is measured."""

from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import pytest

from faceerase.configs.film import MaskConfig
from faceerase.contract import ModelContract
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.stage import LookedAt
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.pipeline import mask

Maker = Callable[..., ModelContract]
from typing import Any

from faceerase.errors import ConfigError


def masked(contract: ModelContract, config: MaskConfig, min_face: float = 16) -> FrameMask:
    """A map at half the frame's size: one face of 0.6, 12 map pixels high, on 0.02."""
    map_ = np.full((60, 80), 0.02, np.float32)
    map_[20:32, 30:42] = 0.6
    frame = Frame(0, 0, Fraction(1, 25), av.VideoFrame(160, 120, "gray"))
    (item,) = mask([LookedAt(frame, map_, 3)], config, contract, min_face, 160)
    assert item.frame is frame
    assert item.tiles == 3
    return item.mask


def test_the_models_own_threshold_counts(make_contract: Maker) -> None:
    assert len(masked(make_contract(threshold=0.5), MaskConfig()).regions) == 1
    assert len(masked(make_contract(threshold=0.95), MaskConfig()).regions) == 0


def test_unless_another_is_asked_for(make_contract: Maker) -> None:
    assert len(masked(make_contract(threshold=0.95), MaskConfig(threshold=0.5)).regions) == 1
    assert len(masked(make_contract(threshold=0.5), MaskConfig(threshold=0.95)).regions) == 0


@pytest.mark.parametrize("rule", ["histogram", "otsu", "fixed", "hysteresis"])
def test_every_rule_finds_a_clear_face(make_contract: Maker, rule: str) -> None:
    found = masked(make_contract(threshold_rule="fixed"), MaskConfig.model_validate({"rule": rule}))
    (region,) = found.regions
    assert region.score == pytest.approx(0.6)
    assert found.mask[20:32, 30:42].all()


def test_specks_are_measured_in_the_films_pixels(make_contract: Maker) -> None:
    assert len(masked(make_contract(), MaskConfig(), min_face=70).regions) == 1  # 24 of at least 21 film pixels
    assert len(masked(make_contract(), MaskConfig(), min_face=90).regions) == 0  # of at least 27


def test_the_margin_is_asked_for(make_contract: Maker) -> None:
    narrow, wide = (int(masked(make_contract(), MaskConfig(margin=share)).mask.sum()) for share in (0, 1))
    assert 144 <= narrow < wide


@pytest.mark.parametrize("threshold", [1.0, 50.0, float("inf")])
def test_a_threshold_that_nothing_can_reach_is_refused(threshold: float, make_contract: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError):
        list(mask([], MaskConfig(threshold=threshold), make_contract(), 16, 64))
