"""Containers that count frames and begin everything at 0 (AVI, MXF): what they can hold of a film's times.

What they cannot is refused before the first frame is decoded, or said. Knows nothing of encoders or pictures.
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceerase.errors import SinkError
from faceerase.streamer.decode.clock import RATES
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.decode.spacing import even_rate, first_fields, first_uneven
from faceerase.streamer.decode.timeline import timeline_of
from faceerase.streamer.encode.from_zero import FromZero

CONSTANT_RATE = frozenset({".avi", ".mxf"})

HOLDS_ONLY = {".mxf": RATES}
"""Containers that hold certain rates and no others."""

ELSEWHERE = "name an .mp4, .mov or .mkv"


def at_even_rate(info: FilmInfo, target: Path) -> FilmInfo:
    """Return what is known of a film, with the rate at which its frames are counted in a target.

    Raises:
        SinkError: its frames are not evenly spaced, or the target does not hold their rate.
        SourceError: the film cannot be read again.
    """
    suffix = target.suffix.lower()
    if suffix not in CONSTANT_RATE:
        return info
    ticks = timeline_of(info).ticks
    if len(ticks) == 0:
        return replace(info, frame_count=0)  # times that are to be repaired: the frames themselves will tell
    held = HOLDS_ONLY.get(suffix)
    near = sorted(RATES, key=lambda rate: abs(rate - info.rate))
    mean = _mean_rate(ticks, info)
    rates = [info.rate, *near, mean] if held is None else [rate for rate in near if rate in held]
    fields = first_fields(ticks, info.time_base, info.rate)
    for times, tried in ((ticks, rates[:1]), (fields, rates[:1]), (ticks, rates)):
        rate = even_rate(times, info.time_base, tried)
        if rate is not None:
            return replace(info, rate=rate, frame_count=len(times))
    if held is not None and even_rate(ticks, info.time_base, [info.rate, mean]) is not None:
        known = ", ".join(f"{float(one):.5g}" for one in sorted(held))
        raise SinkError(
            f"{target}: {float(info.rate):.5g} frames/s is no rate of this container, which holds {known}; {ELSEWHERE}"
        )
    number = max(first_uneven(ticks, info.time_base, one) for one in (info.rate, mean, *RATES))
    raise uneven(target, int(ticks[number]) * info.time_base)


def _mean_rate(ticks: NDArray[np.int64], info: FilmInfo) -> Fraction:
    if len(ticks) < 2:
        return info.rate
    return Fraction(len(ticks) - 1) / (int(ticks[-1] - ticks[0]) * info.time_base)


def sound_for(info: FilmInfo, target: Path) -> FromZero:
    """Return what lays the sound of a film, whose rate is even, for such a container."""
    cut = Cut(None, None, first_time(info)) if info.cut == WHOLE else info.cut
    # MXF holds picture and sound frame by frame: it ends where the sound does.
    length = info.frame_count / info.rate if info.frame_count and target.suffix.lower() in HOLDS_ONLY else None
    return FromZero(cut, length, target)


def first_time(info: FilmInfo) -> Fraction:
    """Return when the first frame of a film, or of its part, is shown, in seconds; parts begin at 0."""
    return info.start if info.cut == WHOLE else Fraction(0)


def uneven(target: Path, time: Fraction) -> SinkError:
    """Return the error for a frame that is not at its place."""
    return SinkError(
        f"{target}: at {float(time):.3f} s the film's frames are not evenly spaced, which this container cannot hold; "
        f"{ELSEWHERE}"
    )
