"""When each frame is shown: the film's own times where they can be trusted, and never one that runs backward."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from faceerase.streamer.decode.clock import Clock, Stamp, choose_clock, exact_rate, lag_of, next_time

STEP = 40


def run(stamps: list[Stamp], clock: Clock | None = None) -> tuple[list[int], int]:
    """Times of a film's frames, and how many of them were repaired."""
    chosen = clock or choose_clock(stamps)
    times: list[int] = []
    repaired = 0
    for stamp in stamps:
        timed = next_time(chosen, stamp, times[-1] if times else None, STEP)
        times.append(timed.pts)
        repaired += timed.repaired
    return times, repaired


def test_growing_presentation_times_are_kept() -> None:
    stamps: list[Stamp] = [(0, -80), (40, -40), (80, 0), (160, 40), (1000, 80)]
    assert choose_clock(stamps) == "pts"
    assert run(stamps) == ([0, 40, 80, 160, 1000], 0)


def test_times_before_zero_are_kept() -> None:
    assert run([(-80, None), (-40, None), (0, None)]) == ([-80, -40, 0], 0)


def test_an_avi_whose_times_run_backward_is_told_by_its_dts() -> None:
    stamps: list[Stamp] = [(1, 0), (2, 1), (4, 2), (3, 3), (5, 4), (7, 5), (6, 6)]
    assert choose_clock(stamps) == "dts"
    assert run(stamps) == ([0, 1, 2, 3, 4, 5, 6], 7)


def test_the_last_frames_out_of_the_decoder_may_lack_a_dts() -> None:
    stamps: list[Stamp] = [(1, 0), (2, 1), (4, 2), (3, 3), (5, None)]
    assert choose_clock(stamps) == "dts"
    times, _ = run(stamps)
    assert times[:4] == [0, 1, 2, 3]
    assert times[4] > 3


def test_without_any_times_frames_follow_at_the_usual_distance() -> None:
    assert run([(None, None)] * 4) == ([0, 40, 80, 120], 4)


def test_a_missing_time_is_repaired_and_the_others_kept() -> None:
    assert run([(0, None), (40, None), (None, None), (120, None)], "pts") == ([0, 40, 80, 120], 1)


def test_a_missing_presentation_time_is_taken_from_the_dts() -> None:
    assert run([(0, 0), (40, 40), (None, 81)], "pts") == ([0, 40, 81], 1)


def test_a_repeated_time_is_repaired() -> None:
    assert run([(0, None), (0, None), (0, None)], "pts") == ([0, 40, 80], 2)


def test_one_frame_has_its_own_time() -> None:
    assert run([(1234, 1000)]) == ([1234], 0)


def test_dts_come_as_late_as_the_first_frame_is_shown() -> None:
    stamps: list[Stamp] = [(200, 0), (240, 40), (240, 80)]
    assert choose_clock(stamps) == "dts"
    assert lag_of("dts", stamps) == 200
    assert lag_of("dts", stamps, stores_pts=False) == 0
    assert lag_of("pts", stamps) == 0
    assert lag_of("dts", [(None, 0)]) == lag_of("dts", []) == 0


@pytest.mark.parametrize(
    ("told", "meant"),
    [("19001/317", "60000/1001"), ("2997/100", "30000/1001"), ("25", "25"), ("12.5", "12.5"), ("24.5", "24.5")],
)
def test_headers_round_rates(told: str, meant: str) -> None:
    assert exact_rate(Fraction(told)) == Fraction(meant)


def test_no_frame_no_question() -> None:
    assert choose_clock([]) == "pts"


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_file_says_times_grow(seed: int) -> None:
    rng = random.Random(seed)

    def stamp(number: int) -> int | None:
        return None if rng.random() < 0.2 else number * STEP + rng.randint(-3 * STEP, 3 * STEP)

    stamps = [(stamp(number), stamp(number)) for number in range(60)]
    for clock in (None, "pts", "dts"):
        times, _ = run(stamps, clock)  # type: ignore[arg-type]
        assert len(times) == 60
        assert all(before < after for before, after in pairwise(times))
