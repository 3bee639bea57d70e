"""When each frame is shown: FFmpeg's presentation times where they make sense, else repaired from the DTS.

A pure rule with its state passed in and out. Knows nothing of files or pictures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from faceerase.streamer.decode.limits import GREATEST_RATE, LEAST_RATE

RATES = (
    *(Fraction(count, 1001) for count in (24_000, 30_000, 48_000, 60_000, 120_000)),
    *(Fraction(count) for count in (24, 25, 30, 48, 50, 60, 100, 120)),
)
"""What films run at."""

Clock = Literal["pts", "dts"]

Stamp = tuple[int | None, int | None]
"""(pts, dts) of a decoded frame, in the stream's time base."""


def choose_clock(stamps: Sequence[Stamp], stores_pts: bool = True) -> Clock:
    """Return which time of the first decoded frames can be trusted.

    Some containers (AVI) store no presentation times, and what FFmpeg guesses for films with B-frames runs backwards;
    the DTS that leaves the decoder with each frame does not. ``stores_pts`` is false for such containers.
    """
    presented = [pts for pts, _ in stamps]
    if stores_pts and None not in presented and _grows(presented):
        return "pts"
    # The last frames, flushed out of the decoder at the end, carry no DTS of their own.
    decoded = [dts for _, dts in stamps if dts is not None]
    usable = len(decoded) * 2 > len(stamps) and _grows(decoded)
    return "dts" if usable else "pts"


def lag_of(clock: Clock, stamps: Sequence[Stamp], stores_pts: bool = True) -> int:
    """Return how long after its DTS each frame is shown where the DTS count, so that the sound stays beside them."""
    first = next(iter(stamps), (None, None))
    if clock == "pts" or not stores_pts or first[0] is None or first[1] is None:
        return 0
    return first[0] - first[1]


def exact_rate(told: Fraction) -> Fraction:
    """Return the usual rate that a header means: FFmpeg tells 59.94 in Matroska as 19001/317, others write 2997/100."""
    nearest = min(RATES, key=lambda rate: abs(rate - told))
    return nearest if abs(nearest / told - 1) < Fraction(1, 100_000) else told


def believable_rate(told: Iterable[Fraction | None], times: Sequence[int | None], tick: Fraction) -> Fraction:
    """Return the first rate that a header tells and that a film can have; else that of its first frames; else 25.

    Args:
        told: frames a second; None or 0: not told.
        times: presentation times of the first frames, in units of ``tick``.
        tick: seconds.
    """
    steps = sorted(after - before for before, after in pairwise(t for t in times if t is not None) if after > before)
    measured = 1 / (steps[len(steps) // 2] * tick) if steps else None
    for rate in (*told, measured):
        if rate and LEAST_RATE <= rate <= GREATEST_RATE:
            return exact_rate(rate)
    return Fraction(25)


@dataclass(frozen=True, slots=True)
class Timed:
    """The time chosen for a frame, and whether it had to be repaired."""

    pts: int
    repaired: bool


def next_time(clock: Clock, stamp: Stamp, last: int | None, step: int) -> Timed:
    """Return the time of the next frame, always later than ``last``; ``step`` is the usual distance (≥ 1)."""
    pts, dts = stamp
    wanted, other = (pts, dts) if clock == "pts" else (dts, pts)
    for value in (wanted, other):
        if value is not None and (last is None or value > last):
            return Timed(value, repaired=clock == "dts" or value != wanted)
    return Timed(0 if last is None else last + step, repaired=True)


def _grows(times: Sequence[int | None]) -> bool:
    known = [time for time in times if time is not None]
    return all(before < after for before, after in pairwise(known))
