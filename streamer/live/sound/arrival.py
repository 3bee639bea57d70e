"""When sound was heard, told by when it arrived: the card's own clock runs on, arrivals are late by turns.

Knows nothing of devices.
"""

from collections import deque

from faceerase.streamer.live.sound.heard import RATE

WINDOW = 1.0
"""Seconds over which the promptest arrival counts. What is late for longer is a gap."""


class Arrivals:
    """Counts samples, and sets their count to the clock."""

    def __init__(self) -> None:
        self._count = 0
        self._offsets: deque[tuple[float, float]] = deque()

    def at(self, arrived: float, samples: int) -> float:
        """Return when the first of the next ``samples`` was heard, which were there at ``arrived`` (seconds)."""
        begin = self._count
        self._count += samples
        # Nothing arrives before it was heard: whoever was the least late is nearest to the truth.
        self._offsets.append((arrived, arrived - self._count / RATE))
        while arrived - self._offsets[0][0] > WINDOW:
            self._offsets.popleft()
        return min(offset for _, offset in self._offsets) + begin / RATE
