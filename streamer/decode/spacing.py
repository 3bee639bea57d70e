"""Whether a film's frames are evenly spaced, and at which rate: told from its packets, before anything is decoded.

Knows nothing of containers that ask for it.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


def first_fields(ticks: NDArray[np.int64], tick: Fraction, rate: Fraction) -> NDArray[np.int64]:
    """Return times without those that follow half a frame after another: a picture's second field in its own packet."""
    kept: list[int] = []
    for time in ticks.tolist():
        if not kept or (time - kept[-1]) * tick * rate > Fraction(3, 5):
            kept.append(time)
    return np.array(kept, np.int64)


def even_rate(ticks: NDArray[np.int64], tick: Fraction, rates: Sequence[Fraction]) -> Fraction | None:
    """Return the first rate that times agree with to a tick, else the best of those within half a frame; None: none.

    Args:
        ticks: growing times in units of ``tick``.
        tick: seconds.
        rates: to be tried, the likeliest first.
    """
    errors = [(float(np.abs(_errors(ticks, tick, rate)).max(initial=0)), float(1 / (rate * tick))) for rate in rates]
    for rate, (error, step) in zip(rates, errors, strict=True):
        if error <= 1 and error < step / 2:
            return rate
    fitting = [(error / step, rate) for rate, (error, step) in zip(rates, errors, strict=True) if error < step / 2]
    return min(fitting)[1] if fitting else None


def first_uneven(ticks: NDArray[np.int64], tick: Fraction, rate: Fraction) -> int:
    """Return the number of the first frame that is not at its place at a rate; there is one."""
    return int((np.abs(_errors(ticks, tick, rate)) * float(rate * tick) >= 0.5).argmax())


def _errors(ticks: NDArray[np.int64], tick: Fraction, rate: Fraction) -> NDArray[np.float64]:
    step = float(1 / (rate * tick))
    return (ticks - ticks[:1]) - np.arange(len(ticks)) * step
