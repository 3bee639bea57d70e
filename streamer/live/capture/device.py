"""A camera behind FFmpeg: a device of the system, or one in the network. Turns every way in which it fails into a line.

Knows nothing of what is done with its pictures.
"""

import errno
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av

from faceerase.errors import SourceError, reason_of
from faceerase.log import get_logger
from faceerase.streamer.decode.clock import exact_rate
from faceerase.streamer.decode.display import PROGRESSIVE
from faceerase.streamer.decode.info import FilmInfo, is_full_range
from faceerase.streamer.decode.light import Light
from faceerase.streamer.live.capture.hand_over import TICKS, Captured
from faceerase.streamer.live.capture.place import Place
from faceerase.streamer.planes import to_planar

OPEN_SECONDS, READ_SECONDS = 10.0, 5.0
"""How long a camera may take to open, and from one picture to the next."""

USUAL_RATE = Fraction(30)
"""Of cameras that don't tell."""

GROUPS = {"camera": "video", "microphone": "audio"}
"""Whose members may use it, on Linux."""

_log = get_logger(__name__)

Open = Callable[..., Any]
"""``av.open``, or what stands in for it in a test."""


class Device:
    """A ``Camera`` that FFmpeg opens."""

    def __init__(self, place: Place, opens: Open = av.open) -> None:
        """Open it, and wait for its first picture.

        Raises:
            SourceError: it is missing, busy, forbidden, or gives no pictures.
        """
        self._place = place
        try:
            self._container = opened(place, opens)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceError(f"{place.name}: {why_not_opened(error, place)}") from error
        self._closed = threading.Event()
        self._captured = self._capture()
        self._first: Captured | None = next(self._captured, None)
        if self._first is None:
            raise SourceError(f"{place.name}: gives no pictures")
        rate = self._container.streams.video[0].average_rate
        self._info = info_of(place, self._first.picture, exact_rate(rate) if rate else USUAL_RATE)

    @property
    def name(self) -> str:
        """Of the place, without a password."""
        return self._place.name

    @property
    def info(self) -> FilmInfo:
        """What its pictures are like."""
        return self._info

    def pictures(self) -> Iterator[Captured]:
        """Yield pictures as they arrive, until the camera is let go.

        Raises:
            SourceError: the camera is gone, or its pictures are others now.
        """
        info = self._info
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        for captured in self._captured:
            picture = captured.picture
            if (picture.width, picture.height, picture.format.name) != (info.width, info.height, info.planar_format):
                raise SourceError(
                    f"{self.name}: its pictures were {info.width}×{info.height} {info.planar_format} and are "
                    f"{picture.width}×{picture.height} {picture.format.name} now; begin again"
                )
            yield captured
        if not self._closed.is_set():
            raise SourceError(f"{self.name}: the camera is gone (it gives no more pictures)")

    def close(self) -> None:
        """Let the camera go after the picture that it is about to give."""
        # Only the thread that reads may close: FFmpeg would read from what is not there any more.
        self._closed.set()

    def _capture(self) -> Iterator[Captured]:
        try:
            yield from self._arriving()
        finally:
            with suppress(av.error.FFmpegError, OSError, ValueError):
                self._container.close()

    def _arriving(self) -> Iterator[Captured]:
        if not self._container.streams.video:
            raise SourceError(f"{self.name}: gives no pictures")
        stream = self._container.streams.video[0]
        stream.thread_type = "SLICE"  # threads by frames hold some back
        packets = self._container.demux(stream)
        while not self._closed.is_set():
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                at = time.monotonic()
                pictures = packet.decode()
            except av.error.InvalidDataError as error:
                _log.debug("%s: a picture could not be decoded (%s)", self.name, error)
                continue
            except EOFError:
                return
            except (av.error.FFmpegError, OSError) as error:
                raise SourceError(f"{self.name}: the camera is gone ({reason_of(error)})") from error
            for picture in pictures:
                yield Captured(to_planar(picture), at)


def opened(place: Place, opens: Open) -> Any:
    """Return the container that FFmpeg opens at a place; raises what it raises."""
    return opens(place.url, format=place.format, options=dict(place.options), timeout=(OPEN_SECONDS, READ_SECONDS))


def why_not_opened(error: Exception, place: Place, what: Literal["camera", "microphone"] = "camera") -> str:
    """Return what a person can do about a camera or microphone that cannot be opened."""
    number = getattr(error, "errno", None)
    if place.kind == "device" and number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"no such {what}; 'faceerase live --list' names those that are here"
    if number == errno.EBUSY:
        return f"busy: another program uses this {what}; close that one first"
    if isinstance(error, PermissionError):
        return f"no permission to use it (on Linux: be in the group '{GROUPS[what]}')"
    if place.kind == "device" and number == errno.EINVAL:
        return f"refuses what is asked of it ({', '.join('='.join(pair) for pair in place.options)})"
    return f"cannot be opened ({reason_of(error)})"


def info_of(place: Place, picture: av.VideoFrame, rate: Fraction) -> FilmInfo:
    """Return what is known of a camera by one planar picture of it."""
    return FilmInfo(
        path=Path(place.name),
        stream_index=-1,
        codec="rawvideo",
        profile=None,
        width=picture.width,
        height=picture.height,
        pixel_format=picture.format.name,
        planar_format=picture.format.name,
        time_base=TICKS,
        rate=rate,
        frame_count=0,
        aspect=None,
        full_range=is_full_range(picture),
        color_range=int(picture.color_range),
        color_primaries=int(picture.color_primaries),
        color_trc=int(picture.color_trc),
        colorspace=int(picture.colorspace),
        display_matrix=None,
        field_order=PROGRESSIVE,
        light=Light(),
        chroma_location=None,
        clock="pts",
        lag=0,
        audio_rates=(),
        start=Fraction(0),
    )
