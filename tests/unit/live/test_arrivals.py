"""When sound was heard, told by when it arrived."""

import numpy as np
import pytest

from faceerase.streamer.live.sound.arrival import WINDOW, Arrivals
from faceerase.streamer.live.sound.heard import RATE

PIECE = 960
LENGTH = PIECE / RATE


def test_who_is_late_by_turns_is_told_in_time() -> None:
    arrivals, late = Arrivals(), np.random.default_rng(5).uniform(0, 0.05, 500)
    late[::10] = 0
    told = [arrivals.at(100 + (number + 1) * LENGTH + late[number], PIECE) for number in range(500)]
    heard = [100 + number * LENGTH for number in range(500)]
    assert told[10:] == pytest.approx(heard[10:], abs=1e-6)


def test_a_clock_that_drifts_is_followed() -> None:
    arrivals, slow = Arrivals(), 1 + 200e-6
    for number in range(round(600 / LENGTH)):
        told = arrivals.at((number + 1) * LENGTH * slow, PIECE)
        assert told == pytest.approx(number * LENGTH * slow, abs=2 * WINDOW * 200e-6)


def test_samples_that_were_lost_are_a_gap_when_a_second_has_passed() -> None:
    arrivals = Arrivals()
    for number in range(100):
        arrivals.at((number + 1) * LENGTH, PIECE)
    for number in range(100):
        told = arrivals.at((100 + number + 1) * LENGTH + 0.7, PIECE)
    assert told == pytest.approx(199 * LENGTH + 0.7)


def test_a_long_silence_is_a_gap_at_once() -> None:
    arrivals = Arrivals()
    arrivals.at(LENGTH, PIECE)
    assert arrivals.at(10.0, PIECE) == pytest.approx(10.0 - LENGTH)
    assert len(arrivals._offsets) == 1
