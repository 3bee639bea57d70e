"""What each container can hold of a film's times, and how it is opened so that it does.

Knows nothing of encoders or pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
from av.container import OutputContainer

from faceerase.errors import SinkError, reason_of
from faceerase.streamer.encode.codecs import KEPT
from faceerase.streamer.encode.counting import CONSTANT_RATE, uneven
from faceerase.streamer.encode.holds import FORMATS, held_by

ISO_MEDIA = frozenset({".mp4", ".mov", ".m4v"})

GREATEST_TIMESCALE = 2**31 - 1
"""Time scales of ISO media files are signed 32-bit numbers in FFmpeg."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How a container counts time.

    ``constant_rate``: it counts frames, so that there is no start offset, no gap, and no reordering.
    """

    time_base: Fraction
    constant_rate: bool


def timing_of(target: Path, time_base: Fraction, rate: Fraction) -> Timing:
    """Return how the container of a target counts the time of a film."""
    if target.suffix.lower() in CONSTANT_RATE:
        return Timing(1 / rate, constant_rate=True)
    return Timing(time_base, constant_rate=False)


def refuse_unheld(target: Path, encoder: str) -> None:
    """Refuse what a container does not hold, or holds so that it cannot be read again.

    Raises:
        SinkError: naming what it holds.
    """
    held = held_by(target.suffix.lower())
    if held is None or av.Codec(encoder, "w").canonical_name in held:
        return
    works = ", ".join(sorted(held & set(KEPT)))
    raise SinkError(
        f"{target}: {encoder} does not go into {target.suffix} files; --codec auto does, or one of {works}; "
        "or name an .mkv"
    )


def open_container(url: str, target: Path, time_base: Fraction, audio_rates: Sequence[int]) -> OutputContainer:
    """Return the container at ``url``, of the kind that ``target`` names.

    Args:
        url: where it is written.
        target: the name it will have, for messages.
        time_base: of the film's picture.
        audio_rates: sampling rates of the copied audio streams.

    Raises:
        SinkError: there is no container of this kind, or the place cannot be written to.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMATS:
        raise SinkError(f"{target}: no container of this kind is known; name one of {', '.join(sorted(FORMATS))}")
    # Times before zero (the priming samples of AAC) stay there: shifting everything would re-time the picture.
    options = {"fflags": "+bitexact", "avoid_negative_ts": "disabled"}
    if suffix in ISO_MEDIA:
        ticks = time_base.denominator
        # The movie's scale places start offsets: it must count in picture ticks and in audio samples.
        movie = lcm(ticks, *audio_rates)
        options |= {
            "video_track_timescale": str(ticks),
            "movie_timescale": str(movie if movie <= GREATEST_TIMESCALE else ticks),
            "movflags": "+faststart",
        }
    try:
        return av.open(url, "w", format=FORMATS.get(suffix), options=options)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise SinkError(f"{target}: cannot be opened for writing ({reason_of(error)})") from error


class FrameCounter:
    """Times of a container that counts frames: 0, 1, 2, … whatever the film's first time was."""

    def __init__(self, rate: Fraction, target: Path, first: Fraction | None = None) -> None:
        """Begin to count, at the film's ``first`` time; None: the next frame is its first."""
        self._rate = rate
        self._target = target
        self._first = first
        self._last: int | None = -1 if first is None else None
        self.offset = first or Fraction(0)

    def count(self, time: Fraction) -> int:
        """Return the number of the frame shown at ``time`` (seconds).

        Raises:
            SinkError: the film's frames are not evenly spaced.
        """
        if self._first is None:
            self._first = self.offset = time
        number = round((time - self._first) * self._rate)
        if self._last is not None and number != self._last + 1:
            raise uneven(self._target, time)
        self._last = number
        return number
