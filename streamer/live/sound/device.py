"""A microphone behind FFmpeg: a device of the system. Turns every way in which it fails into a line.

Knows nothing of what is done with its sound.
"""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import av

from faceerase.errors import SourceError, reason_of
from faceerase.log import get_logger
from faceerase.streamer.live.capture.device import Open, opened, why_not_opened
from faceerase.streamer.live.capture.place import Place
from faceerase.streamer.live.sound.arrival import Arrivals
from faceerase.streamer.live.sound.heard import Evener, Heard, channels_of

TOLD = (errno.ENOENT, errno.ENODEV, errno.EBUSY, errno.EACCES)
"""What FFmpeg knows of a sound card that does not open; as an error it says "input/output error", whatever it is."""

_log = get_logger(__name__)


class Device:
    """A ``Microphone`` that FFmpeg opens."""

    def __init__(self, place: Place, opens: Open = av.open, clock: Callable[[], float] = time.monotonic) -> None:
        """Open it.

        Raises:
            SourceError: it is missing, busy, forbidden, or gives no sound.
        """
        self._place, self._clock = place, clock
        try:
            with _said() as said:
                self._container = opened(place, opens)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            why = why_not_opened(_plainer(error, said()), place, "microphone")
            raise SourceError(f"{place.name}: {why}") from error
        self._closed = threading.Event()
        if not self._container.streams.audio:
            self._container.close()
            raise SourceError(f"{place.name}: gives no sound")
        self._channels = channels_of(self._container.streams.audio[0])

    @property
    def name(self) -> str:
        """Of the place."""
        return self._place.name

    @property
    def channels(self) -> int:
        """1 or 2; of more, two are mixed."""
        return self._channels

    def heard(self) -> Iterator[Heard]:
        """Yield pieces as they arrive, until the microphone is let go.

        Raises:
            SourceError: the microphone is gone.
        """
        stream = self._container.streams.audio[0]
        packets = self._container.demux(stream)
        evener, arrivals = Evener(self._channels), Arrivals()
        try:
            while not self._closed.is_set():
                try:
                    packet = next(packets, None)
                    arrived = self._clock()
                    frames = packet.decode() if packet is not None else []
                except av.error.InvalidDataError as error:
                    _log.debug("%s: a piece could not be decoded (%s)", self.name, error)
                    continue
                except (av.error.FFmpegError, OSError) as error:
                    raise SourceError(f"{self.name}: the microphone is gone ({reason_of(error)})") from error
                if packet is None:
                    raise SourceError(f"{self.name}: the microphone is gone (it gives no more sound)")
                for frame in frames:
                    samples = evener.even(frame)
                    if samples.size:
                        yield Heard(samples, arrivals.at(arrived, samples.shape[1]))
        finally:
            with suppress(av.error.FFmpegError, OSError, ValueError):
                self._container.close()

    def close(self) -> None:
        """Let the microphone go after the piece that it is about to give."""
        # Only the thread that reads may close: FFmpeg would read from what is not there any more.
        self._closed.set()


@contextmanager
def _said() -> Iterator[Callable[[], str]]:
    """Listen to what FFmpeg says, in this thread, beside its errors."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as lines:
            yield lambda: " ".join(line[2] for line in lines)
    finally:
        av.logging.set_level(level)


def _plainer(error: Exception, said: str) -> Exception:
    """Return an error by what was said where the error itself says nothing."""
    if getattr(error, "errno", None) != errno.EIO:
        return error
    number = next((number for number in TOLD if os.strerror(number) in said), None)
    return error if number is None else OSError(number, os.strerror(number))
