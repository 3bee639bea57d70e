"""Time codes: frames counted as HH:MM:SS:FF, with and without drop-frame, after SMPTE ST 12-1. Pure functions.

Knows nothing of films or files.
"""

import re
from fractions import Fraction

_NTSC = Fraction(1000, 1001)
_CODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.,])(\d{2,3})")

DROPPED = {30: 2, 60: 4}
"""Numbers that drop-frame leaves out at the start of every minute but each tenth, by nominal frames a second."""


def counting_rate(rate: Fraction) -> Fraction:
    """Return the rate at which the frames of a film are counted.

    That is the film's own where it is a whole number or 1000/1001 of one; else, as of films of variable rate, the
    nearest whole number, so that a second of the code is a second of the clock.
    """
    for known in (rate, rate / _NTSC):
        if known.denominator == 1 and known > 0:
            return rate
    return Fraction(max(1, round(rate)))


def may_drop(rate: Fraction) -> bool:
    """Whether drop-frame exists at a rate: at 30000/1001 and 60000/1001."""
    return rate / _NTSC in DROPPED


def frame_at(seconds: Fraction, rate: Fraction) -> int:
    """Return the number of the frame that is shown a time after the first one."""
    return round(seconds * rate)


def time_code(number: int, rate: Fraction, start: int = 0, drop_frame: bool = False) -> str:
    """Return the time code of a frame; it begins anew after 24 hours.

    Args:
        number: of the frame, from 0.
        rate: one that ``counting_rate`` returns.
        start: number that the first frame's time code stands for.
        drop_frame: numbers are left out so that the code follows the clock; the last separator is ``;`` then.

    Raises:
        ValueError: there is no drop-frame at this rate.
    """
    nominal = _nominal(rate)
    skipped = _skipped(rate) if drop_frame else 0
    ten_minutes, minute = 600 * nominal - 9 * skipped, 60 * nominal - skipped
    count = (number + start) % (144 * ten_minutes)
    tens, rest = divmod(count, ten_minutes)
    # The first minute of ten is whole, the others begin ``skipped`` numbers later.
    count += skipped * (9 * tens + max(0, rest - skipped) // minute)
    seconds, frames = divmod(count, nominal)
    minutes, hours = seconds // 60 % 60, seconds // 3600
    return f"{hours:02}:{minutes:02}:{seconds % 60:02}{';' if drop_frame else ':'}{frames:02}"


def read_time_code(code: str, rate: Fraction) -> tuple[int, bool]:
    """Return the number that a time code stands for, and whether it is a drop-frame code.

    Args:
        code: ``HH:MM:SS:FF``; with ``;``, ``.`` or ``,`` before the frames it is drop-frame, as FFmpeg reads it.
        rate: one that ``counting_rate`` returns.

    Raises:
        ValueError: it is no time code, or none of this rate.
    """
    found = _CODE.fullmatch(code.strip())
    if found is None:
        raise ValueError(f"{code!r} is no time code (HH:MM:SS:FF)")
    hours, minutes, seconds, frames = (int(found[part]) for part in (1, 2, 3, 5))
    nominal, drop_frame = _nominal(rate), found[4] != ":"
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= nominal:
        raise ValueError(f"{code!r} is no time code at {nominal} frames a second")
    skipped = _skipped(rate) if drop_frame else 0
    if seconds == 0 and minutes % 10 and frames < skipped:
        raise ValueError(f"{code!r} is one of the codes that drop-frame leaves out")
    count = ((60 * hours + minutes) * 60 + seconds) * nominal + frames
    total = 60 * hours + minutes
    return count - skipped * (total - total // 10), drop_frame


def _nominal(rate: Fraction) -> int:
    return round(rate)


def _skipped(rate: Fraction) -> int:
    if not may_drop(rate):
        raise ValueError(f"drop-frame exists at 29.97 and 59.94 frames a second, not at {float(rate):.3f}")
    return DROPPED[round(rate)]
