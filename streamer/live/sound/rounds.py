"""When a film that stands in for a camera began, and began again: what sounds beside it begins then too.

Knows nothing of films.
"""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """The ``number``-th time (from 1) that a film begins, and when, in seconds of ``time.monotonic``."""

    number: int
    at: float


class Rounds:
    """The newest beginning, told from one thread to others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest = Round(0, 0.0)

    def begin(self, at: float) -> None:
        """Say that it begins (again) at a moment."""
        with self._changed:
            self._newest = Round(self._newest.number + 1, at)
            self._changed.notify_all()

    def after(self, number: int, timeout: float) -> Round | None:
        """Return the newest round as soon as one later than ``number`` is known; None after ``timeout`` seconds."""
        with self._changed:
            known = self._changed.wait_for(lambda: self._newest.number > number, timeout)
            return self._newest if known else None
