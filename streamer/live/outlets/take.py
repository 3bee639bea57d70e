"""One recording: frames at the times of the wall clock, encoded in a thread of their own, whole or not there.

Knows nothing of cameras or of who wants it.
"""

import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from faceerase.errors import SinkError, reason_of
from faceerase.streamer.decode.completeness import tagged_length
from faceerase.streamer.frame import Frame
from faceerase.streamer.live.capture.hand_over import TICKS
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.sound.heard import RATE, Heard
from faceerase.streamer.live.sound.lane import Lane
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.seams import FrameSink

WAITING = 12
"""Frames that may wait for the encoder."""

PIECES = 1000
"""Of sound that may wait: 10 s and more. What is too much makes a gap, which is told."""

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


class SoundingSink(FrameSink, Protocol):
    """Where frames and sound go."""

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Take the sound that follows, (channels, n)."""
        ...


class Take:
    """Records into a sink."""

    def __init__(self, target: Path, sink: SoundingSink, channels: int | None = None) -> None:
        """Begin; the first frame is at 0. ``channels``: of the sound; None: there is none."""
        self._target = target
        self._sink = sink
        self._waiting: queue.Queue[Clean | _End] = queue.Queue()
        self._pieces: deque[Heard] = deque(maxlen=PIECES)
        self._lane = Lane(channels) if channels is not None else None
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

    def hear(self, heard: Heard) -> None:
        """Record a piece of sound, with the frames that are shown meanwhile."""
        self._pieces.append(heard)

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
        self._sound(clean.captured)
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
        told = self._end_sound(self._first + float(self._length))
        self._remarks = [*self._sink.finish(), *told]
        self._sink.publish()

    def _sound(self, until: float) -> None:
        """Lay the pieces that were over at a moment; later ones wait: the end may come before them."""
        for heard in self._over(until):
            self._lay(heard)

    def _end_sound(self, until: float) -> list[str]:
        """Lay what was heard before the end, and silence to there; return remarks."""
        if self._lane is None or self._first is None:
            return []
        for heard in self._over(None):
            left = round((until - heard.at) * RATE)
            if left > 0:
                self._lay(replace(heard, samples=heard.samples[:, :left]))
        for silence in self._lane.end(until - self._first):
            self._sink.hear(silence)
        return self._lane.remarks

    def _over(self, until: float | None) -> Iterator[Heard]:
        while self._pieces and (until is None or self._pieces[0].end <= until):
            yield self._pieces.popleft()

    def _lay(self, heard: Heard) -> None:
        assert self._lane is not None, "it was said that there is sound"
        assert self._first is not None, "pieces are laid beside a picture"
        for samples in self._lane.lay(heard.at - self._first, heard.samples, heard.anew):
            self._sink.hear(samples)

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
            return round(tagged_length(picture) or (film.duration or 0) / av.time_base, 3)
    except (av.error.FFmpegError, OSError) as error:
        raise SinkError(f"{path}: cannot be read again ({reason_of(error)})") from error


def _since(first: float, moment: float) -> Fraction:
    return Fraction(round((moment - first) / TICKS)) * TICKS
