"""What went in and did not come out is named: every frame once, with its number and time."""

import pickle
import re
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from faceerase.streamer.decode.clock import believable_rate
from faceerase.streamer.decode.losses import Losses

STEP = Fraction(1, 25)


def run(times: list[Fraction], lost: set[int], errors: bool = False, strict: bool = True) -> list[str]:
    losses = Losses(strict, timed=True, step=STEP)
    for time in times:
        losses.expect(time)
    for number, time in enumerate(sorted(times)):
        if number not in lost:
            losses.given(time)
        elif errors:
            losses.failed(time, "broken")
    return losses.spans()


def numbers(words: list[str]) -> set[int]:
    found = set()
    for text in words:
        first, last = re.match(r"frames? (\d+)(?: to (\d+))?", text).groups()  # type: ignore[union-attr]
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_nothing_is_lost() -> None:
    assert run([number * STEP for number in range(10)], set()) == []


def test_a_span_has_numbers_and_times() -> None:
    times = [number * STEP for number in range(10)]
    assert run(times, {3, 4, 5, 8}) == [
        "frames 3 to 5 (0.120 s to 0.200 s): cannot be decoded",
        "frame 8 (0.320 s): cannot be decoded",
    ]


def test_the_decoders_reason_is_told() -> None:
    times = [number * STEP for number in range(10)]
    assert run(times, {3}, errors=True, strict=False) == ["frame 3 (0.120 s): cannot be decoded (broken)"]


def test_gaps_count_only_in_a_damaged_file() -> None:
    for damaged, expected in ((False, []), (True, ["frames 2 to 4 (0.080 s to 0.160 s): not in the file, which is "
                                                   "damaged there"])):  # fmt: skip
        losses = Losses(True, timed=True, step=STEP)
        if damaged:
            losses.damaged()
        for number in (0, 1, 5, 6):
            losses.expect(number * STEP)
            losses.given(number * STEP)
        assert losses.spans() == expected


@settings(deadline=None)
@given(st.data())
def test_every_lost_frame_is_named_and_no_other(data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=40))
    times, now = [], Fraction(0)
    for step in steps:
        times.append(now)
        now += step * STEP
    lost = data.draw(st.sets(st.integers(0, len(times) - 1)))
    order = data.draw(st.permutations(times))
    assert numbers(run(order, lost, errors=data.draw(st.booleans()))) == lost


@given(
    st.lists(st.none() | st.fractions(min_value=0, max_value=10**12), max_size=3),
    st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=10),
    st.fractions(min_value=Fraction(1, 10**9), max_value=1000),
)
def test_a_rate_is_always_one_that_a_film_can_have(
    told: list[Fraction | None], times: list[int | None], tick: Fraction
) -> None:
    rate = believable_rate(told, times, tick)
    assert Fraction(1, 86_401) < rate < 1001


def test_gaps_are_counted_and_some_are_shown() -> None:
    losses = Losses(True, timed=True, step=STEP)
    for number in range(200):
        if number % 20 != 10:
            losses.given(number * STEP)
    assert len(losses.gaps()) == 6
    assert losses.gaps()[-1] == "… and 5 more such gaps"


def test_an_uneven_film_is_not_remembered_gap_by_gap() -> None:
    def size(frames: int) -> int:
        losses = Losses(True, timed=True, step=STEP)
        for number in range(frames):
            losses.given(2 * number * STEP)
        return len(pickle.dumps(losses))

    assert size(1000) < size(100) + 100
