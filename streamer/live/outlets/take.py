"""One recording: frames at the times of the wall clock, encoded in a thread of their own, whole or not there.

Knows nothing of cameras or of who wants it.
"""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av

from faceerase.errors import SinkError, reason_of
from faceerase.streamer.frame import Frame
from faceerase.streamer.live.capture.hand_over import TICKS
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.seams import FrameSink

WAITING = 12
"""Frames that may wait for the encoder."""

LEAST = Fraction(1, 1000)
"""Seconds from one frame to the next, at least."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A finished recording.

    Attributes:
        path: its file.
        frames: in it.
        seconds: that its picture lasts, as the file says.
        clock: seconds of the clock from its first picture to its end.
        dropped: frames that the encoder had no time for.
        remarks: for people.
    """

    path: Path
    frames: int
    seconds: float
    clock: float
    dropped: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _End:
    at: float


class Take:
    """Records into a ``FrameSink``."""

    def __init__(self, target: Path, sink: FrameSink) -> None:
        """Begin; the first frame is at 0."""
        self._target = target
        self._sink = sink
        self._waiting: queue.Queue[Clean | _End] = queue.Queue()
        self._error: BaseException | None = None
        self._remarks: Sequence[str] = ()
        self._first: float | None = None
        self._held: tuple[Frame, Matte] | None = None
        self._frames = self._dropped = 0
        self._length = Fraction(0)
        self._clock = 0.0
        self._thread = threading.Thread(target=self._work, name="faceerase-recording", daemon=True)
        self._thread.start()

    def show(self, clean: Clean) -> None:
        """Record a frame, or drop it where the encoder is far behind.

        Raises:
            SinkError: an earlier one could not be written.
        """
        if self._error is not None:
            raise self._error
        if self._waiting.qsize() >= WAITING:
            self._dropped += 1
        else:
            self._waiting.put(clean)

    def finish(self, at: float) -> Recording | None:
        """End the recording at a moment (``time.monotonic``), give it its name, say what it is; None: it was empty.

        Raises:
            SinkError: it could not be written.
            VerificationError: it is not whole.
        """
        self._waiting.put(_End(at))
        self._thread.join()
        if self._error is not None:
            raise self._error
        if not self._frames:
            return None
        seconds = length_of(self._target)
        return Recording(self._target, self._frames, seconds, self._clock, self._dropped, tuple(self._remarks))

    def _work(self) -> None:
        try:
            while True:
                item = self._waiting.get()
                if isinstance(item, _End):
                    self._end(item.at)
                    return
                self._write(item)
        except BaseException as error:  # handed on, never swallowed
            self._sink.abandon()
            self._error = error

    def _write(self, clean: Clean) -> None:
        if self._first is None:
            self._first = clean.captured
        at = max(_since(self._first, clean.captured), self._length)
        frame = replace(clean.frame, index=self._frames, pts=round(at / TICKS))
        self._let_go(at)
        self._held = (frame, clean.matte)
        self._frames += 1
        self._length = at + LEAST

    def _end(self, at: float) -> None:
        if self._first is None:
            self._sink.abandon()
            return
        self._clock = round(at - self._first, 3)
        self._length = max(_since(self._first, at), self._length)
        self._let_go(self._length)
        self._remarks = self._sink.finish()
        self._sink.publish()

    def _let_go(self, until: Fraction) -> None:
        """Write the frame in hand, now that it is known how long it was shown."""
        if self._held is None:
            return
        frame, matte = self._held
        frame.picture.duration = max(1, round(until / TICKS) - frame.pts)
        self._sink.write(frame, matte)
        self._held = None


def length_of(path: Path) -> float:
    """Return how long a film's picture lasts, in seconds, as the file says.

    Raises:
        SinkError: it cannot be read.
    """
    try:
        with av.open(str(path)) as film:
            picture = film.streams.video[0]
            if picture.duration is not None and picture.time_base is not None:
                return round(float(picture.duration * picture.time_base), 3)
            return round((film.duration or 0) / av.time_base, 3)
    except (av.error.FFmpegError, OSError) as error:
        raise SinkError(f"{path}: cannot be read again ({reason_of(error)})") from error


def _since(first: float, moment: float) -> Fraction:
    return Fraction(round((moment - first) / TICKS)) * TICKS
