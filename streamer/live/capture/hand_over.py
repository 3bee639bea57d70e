"""Where one thread hands pictures to another: the newest wins, those that nobody took are dropped and counted.

Knows nothing of cameras or of what is done with pictures.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import av

from faceerase.errors import SourceError
from faceerase.streamer.decode.info import FilmInfo

TICKS = Fraction(1, 90_000)
"""Seconds: the time base of everything that is captured."""

POLL_SECONDS = 0.2
"""How long is waited for a picture before somebody is asked whether it is to go on."""


@dataclass(frozen=True, slots=True, repr=False)
class Captured:
    """A planar picture, not yet looked at, and when it was captured, in seconds of ``time.monotonic``."""

    picture: av.VideoFrame
    at: float


class Camera(Protocol):
    """Where live pictures come from."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    @property
    def info(self) -> FilmInfo:
        """What its pictures are like."""
        ...

    def pictures(self) -> Iterator[Captured]:
        """Yield pictures as they are captured, until a film is over.

        Raises:
            SourceError: the camera is gone.
        """
        ...

    def close(self) -> None:
        """Let the camera go; ``pictures`` ends soon."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture, and its number among all that were captured, from 0."""

    number: int
    captured: Captured


class HandOver:
    """Room for one picture of the camera ``name``."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._waiting: Taken | None = None
        self._ended = False
        self._error: BaseException | None = None
        self.captured = 0
        self.dropped = 0
        self.latest = time.monotonic()

    def put(self, captured: Captured) -> None:
        """Leave a picture; one that still lies there is dropped."""
        with self._changed:
            self.dropped += self._waiting is not None
            self._waiting = Taken(self.captured, captured)
            self.captured += 1
            self.latest = time.monotonic()
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Say that no picture follows, and why."""
        with self._changed:
            self._ended, self._error = True, self._error or error
            self._changed.notify_all()

    @property
    def over(self) -> bool:
        """Whether no picture follows."""
        return self._ended

    def pictures(self, silence: float | None) -> Iterator[Taken | None]:
        """Yield the newest picture whenever somebody has time for it, to the end; None while there is none.

        Args:
            silence: seconds without a picture after which the camera is gone; None: it is waited for.

        Raises:
            SourceError: the camera is gone.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or self._ended, POLL_SECONDS)
                taken, self._waiting = self._waiting, None
                if taken is None and self._error is not None:
                    raise self._error
                if taken is None and self._ended:
                    return
                if taken is None and silence is not None and time.monotonic() - self.latest > silence:
                    raise SourceError(f"{self._name}: the camera is gone (no picture for {silence:g} s)")
            yield taken
