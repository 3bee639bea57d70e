"""When a film that stands in for a camera began, and began again: what sounds beside it begins then too.

Knows nothing of films.
"""

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Round:
    """The ``number``-th time (from 1) that a film begins, and when, in seconds of ``time.monotonic``.

    One that was held up seems to have begun later.
    """

    number: int
    at: float


class Rounds:
    """The newest round, told from one thread to others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest = Round(0, 0.0)

    @property
    def newest(self) -> Round:
        """The last one that began, or is about to; its number is 0 before the first."""
        return self._newest

    def begin(self, at: float) -> None:
        """Say that it begins (again) at a moment."""
        with self._changed:
            self._newest = Round(self._newest.number + 1, at)
            self._changed.notify_all()

    def hold_up(self, seconds: float) -> None:
        """Say that all that is left of this round comes so much later."""
        with self._changed:
            self._newest = replace(self._newest, at=self._newest.at + seconds)

    def wait(self, number: int, timeout: float) -> bool:
        """Wait for a round later than ``number``, for ``timeout`` seconds; return whether there is one."""
        with self._changed:
            return self._changed.wait_for(lambda: self._newest.number > number, timeout)
