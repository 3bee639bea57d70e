"""Which recording runs, if any, and those that are finished; begun and ended from any thread.

Knows nothing of who asks or of what is recorded.
"""

import threading
import time
from collections import deque
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from faceerase.configs.live import LiveEncodeConfig
from faceerase.errors import ConfigError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.codecs import encoder_for
from faceerase.streamer.encode.counting import CONSTANT_RATE
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.live.capture.hand_over import TICKS
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.outlets.take import Recording, Take
from faceerase.streamer.live.sound.heard import RATE, Heard

BEFORE_SECONDS = 1.0
"""Sound that is kept: a recording begins with a picture that was captured before it was begun."""

LATE_SECONDS = 0.3
"""How long the end of a recording waits for the sound that belongs to it."""


class Recorder:
    """Makes recordings of one camera."""

    def __init__(self, info: FilmInfo, encode: LiveEncodeConfig, folder: Path, channels: int | None = None) -> None:
        """Record what is like ``info``, with so many channels of sound, or none.

        Files without a name of their own go into ``folder``.
        """
        self._info = replace(info, time_base=TICKS, audio_rates=() if channels is None else (RATE,))
        self._channels = channels
        self._encode = encode
        self._folder = folder
        self._changing = threading.Lock()  # begun and ended one at a time, however long that takes
        self._lock = threading.Condition()  # held for moments: pictures wait for it
        self._take: Take | None = None
        self._until: float | None = None  # the end, while the sound before it is waited for
        self._lately: deque[Heard] = deque()
        self._finished: list[Recording] = []

    @property
    def running(self) -> bool:
        """Whether pictures are recorded now."""
        return self._take is not None

    @property
    def finished(self) -> tuple[Recording, ...]:
        """Recordings that have their names."""
        return tuple(self._finished)

    def start(self, target: Path | None = None) -> None:
        """Begin a recording; None: under a name that says when.

        Raises:
            ConfigError: one runs already, or the container counts frames and knows no times.
            SinkError: the place cannot be written to, or encoder and container don't go together.
        """
        with self._changing:
            if self._take is not None:
                raise ConfigError("a recording runs already; stop it first")
            target = target or _unused(self._folder / f"live-{datetime.now():%Y%m%d-%H%M%S}.mp4")
            if target.suffix.lower() in CONSTANT_RATE:
                raise ConfigError(f"{target}: a camera's pictures are not evenly spaced; name an .mp4, .mov or .mkv")
            clear_leftovers((target,))
            choice = encoder_for(self._info, self._encode, target.suffix)
            sink = FilmSink(target, self._info, choice, beside=None, channels=self._channels)
            take = Take(target, sink, self._channels)
            with self._lock:
                for heard in self._lately:
                    take.hear(heard)
                self._take, self._until = take, None

    def show(self, clean: Clean) -> None:
        """Record a picture if a recording runs.

        Raises:
            SinkError: an earlier picture could not be written.
        """
        with self._lock:
            if self._take is not None and (self._until is None or clean.captured < self._until):
                self._take.show(clean)

    def hear(self, heard: Heard) -> None:
        """Record a piece of sound if a recording runs."""
        with self._lock:
            if self._take is not None:
                self._take.hear(heard)
            self._lately.append(heard)
            while self._lately[0].end < heard.end - BEFORE_SECONDS:
                self._lately.popleft()
            self._lock.notify_all()

    def stop(self, at: float | None = None) -> Recording | None:
        """End the recording that runs, if any, at a moment of ``time.monotonic`` (None: now); return what it became.

        Raises:
            SinkError: it could not be written.
            VerificationError: it is not whole.
        """
        until = time.monotonic() if at is None else at
        with self._changing:
            with self._lock:
                if self._take is not None and self._channels is not None:
                    self._until = until
                    self._lock.wait_for(lambda: bool(self._lately) and self._lately[-1].end >= until, LATE_SECONDS)
                take, self._take = self._take, None
            if take is None:
                return None
            done = take.finish(until)
            if done is not None:
                self._finished.append(done)
            return done


def _unused(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_stem(f"{path.stem}-{number}")
    return candidate
