"""Moments of a film as people write them: seconds, hours with a fraction, or SMPTE time codes; as exact seconds.

Counted from the film's first frame. Pure. Knows nothing of files.
"""

import re
from fractions import Fraction

from faceerase.errors import ConfigError
from faceerase.streamer.timecode import counting_rate, read_time_code

SLACK = Fraction(1, 2000)
"""Seconds are compared to the millisecond: what a tool shows as 0.033 is a frame at 0.0333…"""

_SECONDS = re.compile(r"(?:(?P<hours>\d+):(?P<minutes>[0-5]\d):)?(?P<seconds>\d+(?:\.\d+)?)")
_CODE = re.compile(r"\d+(?::\d+){2}[:;]\d+")


def boundary(text: str, rate: Fraction) -> Fraction:
    """Return the time in seconds from which frames belong to a moment; a time code names a frame, by its number.

    Args:
        text: ``12.5``, ``HH:MM:SS``, ``HH:MM:SS.mmm``, ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` (drop-frame).
        rate: of the film, for time codes.

    Raises:
        ConfigError: none of these, or there is no such time code at this rate.
    """
    said = _SECONDS.fullmatch(text)
    if said is not None and not (said["hours"] and Fraction(said["seconds"]) >= 60):
        whole = int(said["hours"] or 0) * 3600 + int(said["minutes"] or 0) * 60
        return whole + Fraction(said["seconds"]) - SLACK
    if _CODE.fullmatch(text) is None:
        raise ConfigError(f"{text}: not a time; seconds (12.5), HH:MM:SS.mmm, or a time code HH:MM:SS:FF")
    counted = counting_rate(rate)
    try:
        number, _ = read_time_code(text, counted)
    except ValueError as error:
        raise ConfigError(f"{text}: no such time code in a film of {float(rate):.3f} frames/s ({error})") from error
    # Half a frame before: whatever the file's ticks rounded it to, exactly this frame is the first.
    return (number - Fraction(1, 2)) / counted
