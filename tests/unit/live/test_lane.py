"""Sound lies where the clock says, whatever a microphone's own clock does."""

from collections.abc import Iterable

import numpy as np
import pytest

from faceerase.streamer.live.sound.heard import RATE
from faceerase.streamer.live.sound.lane import JUMP, SLACK, STRETCH, Lane, stretched

PIECE = 960


def laid(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros((1, 0), np.float32), *parts], axis=1)


def marked(number: int, size: int = PIECE) -> np.ndarray:
    return np.full((1, size), float(number), np.float32)


def test_what_comes_in_time_is_laid_as_it_is() -> None:
    lane = Lane(1)
    out = laid(part for number in range(50) for part in lane.lay(number * PIECE / RATE, marked(number)))
    assert (out[0] == np.repeat(np.arange(50), PIECE)).all()
    assert lane.remarks == []


def test_what_was_heard_before_the_beginning_is_cut_off() -> None:
    lane = Lane(1)
    out = laid(part for number in range(-3, 3) for part in lane.lay((number - 0.5) * PIECE / RATE, marked(number)))
    assert (out[0, : PIECE // 2] == 0).all()
    assert out.shape[1] == round(2.5 * PIECE)
    assert lane.remarks == []


def test_sound_that_begins_later_begins_there_to_the_sample() -> None:
    lane = Lane(1)
    out = laid(lane.lay(0.0301, marked(1)))
    assert int(np.argmax(out[0])) == round(0.0301 * RATE)


@pytest.mark.parametrize("drift", [300e-6, -300e-6])
def test_a_card_that_runs_fast_or_slow_stays_in_place(drift: float) -> None:
    lane, total = Lane(1), 0
    pieces = round(300 * RATE / PIECE)  # five minutes: 90 ms apart where nobody minds
    for number in range(pieces):
        at = number * PIECE / RATE * (1 + drift)
        assert abs(total - at * RATE) <= SLACK + 2
        total += laid(lane.lay(at, marked(1))).shape[1]
    assert lane.remarks == []


def test_no_piece_is_stretched_further_than_can_be_heard() -> None:
    lane = Lane(1)
    laid(lane.lay(0.0, marked(1)))
    late = laid(lane.lay(PIECE / RATE + 0.025, marked(2)))
    assert PIECE < late.shape[1] <= PIECE * (1 + STRETCH) + 1


def test_a_gap_is_silent_and_told() -> None:
    lane = Lane(1)
    laid(lane.lay(0.0, marked(1)))
    out = laid(lane.lay(PIECE / RATE + 2.5, marked(2)))
    assert (out[0, : round(2.5 * RATE)] == 0).all()
    assert (out[0, round(2.5 * RATE) :] == 2).all()
    assert lane.remarks == ["sound: the microphone gave nothing once; 2.5 s are silent"]


@pytest.mark.parametrize("off", [-600, 600])
def test_what_begins_anew_begins_there_to_the_sample(off: int) -> None:
    lane = Lane(1)
    laid(lane.lay(0.0, marked(1, 2 * PIECE)))
    out = laid(lane.lay((2 * PIECE + off) / RATE, marked(2, 2 * PIECE), anew=True))
    assert out.shape[1] == 2 * PIECE + off
    assert (out[0, max(0, off) :] == 2).all()
    assert lane.remarks == []


def test_what_comes_twice_is_dropped_and_told() -> None:
    lane = Lane(1)
    laid(lane.lay(0.0, marked(1, RATE)))
    assert laid(lane.lay(0.2, marked(2))).shape[1] == 0
    assert (laid(lane.lay(0.8, marked(3, RATE)))[0] == 3).all()
    assert laid(lane.end(1.8)).shape[1] == 0
    assert lane.remarks == ["sound: 0.2 s came twice or too late, and were dropped"]


def test_it_lasts_to_the_end() -> None:
    lane = Lane(2)
    out = list(lane.end(2.5))
    assert sum(part.shape[1] for part in out) == round(2.5 * RATE)
    assert all(part.shape[0] == 2 for part in out)
    assert max(part.shape[1] for part in out) <= RATE, "hours of silence are not made at once"


def test_the_end_may_be_a_little_early() -> None:
    lane = Lane(1)
    laid(lane.lay(0.0, marked(1, RATE)))
    assert laid(lane.end(1.0 + JUMP / RATE / 2)).shape[1] == JUMP // 2
    assert lane.remarks == []


def test_stretched_sound_is_the_same_sound() -> None:
    times = np.arange(PIECE) / RATE
    tone = np.sin(2 * np.pi * 440 * times, dtype=np.float64).astype(np.float32)[None]
    longer = stretched(tone, PIECE + 4)
    expected = np.sin(2 * np.pi * 440 * np.linspace(0, times[-1], PIECE + 4))
    assert np.abs(longer[0] - expected).max() < 0.001
