"""How long pictures take from capture to where they are shown: median, p95, worst, in memory that does not grow.

Knows nothing of pictures.
"""

from dataclasses import dataclass

import numpy as np

LONGEST = 10_000
"""Milliseconds; what takes longer is counted there."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from capture to the last outlet: of half of all pictures at most, of 95 of 100, of the slowest."""

    median: float
    p95: float
    worst: float


class Stopwatch:
    """Counts how long pictures took, to the millisecond."""

    def __init__(self) -> None:
        self._counts = np.zeros(LONGEST + 1, np.int64)
        self._worst = 0.0

    def take(self, seconds: float) -> None:
        """Take note of a picture."""
        self._counts[min(LONGEST, max(0, round(seconds * 1000)))] += 1
        self._worst = max(self._worst, seconds * 1000)

    @property
    def latency(self) -> Latency:
        """Of all pictures so far; zeros before the first."""
        return Latency(self._share(0.5), self._share(0.95), round(self._worst, 1))

    def _share(self, share: float) -> float:
        total = int(self._counts.sum())
        return float(np.searchsorted(np.cumsum(self._counts), share * total)) if total else 0.0
