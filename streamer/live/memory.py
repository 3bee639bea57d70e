"""How much memory this program holds: now, minute by minute, at most. Knows nothing of what it holds.

Told by Linux (``/proc/self``); elsewhere it is not known.
"""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OWN = Path("/proc/self")

MINUTE = 60.0

KEPT = 24 * 60
"""Minutes that are kept: of a day."""


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of this program that lie in memory: now, after each minute (the last day's), at most; None: not known."""

    resident: float | None
    minutes: tuple[float, ...]
    peak: float | None


class Gauge:
    """Takes note of the memory once a minute."""

    def __init__(self, own: Path = OWN) -> None:
        """Read below ``own``, as ``/proc/self`` is laid out."""
        self._own = own
        self._minutes: deque[float] = deque(maxlen=KEPT)
        self._next: float | None = None

    def take(self, now: float) -> None:
        """Note, if a minute is over; ``now``: seconds of any clock."""
        if self._next is None:
            self._next = now + MINUTE
        if now < self._next:
            return
        self._next = max(self._next + MINUTE, now)
        resident = _told(self._own / "status", "VmRSS")
        if resident is not None:
            self._minutes.append(resident)

    @property
    def memory(self) -> Memory:
        """As it is."""
        status = self._own / "status"
        return Memory(_told(status, "VmRSS"), tuple(self._minutes), _told(status, "VmHWM"))


def _told(status: Path, name: str) -> float | None:
    """Return what a line such as ``VmRSS:  1234 kB`` says, in MiB."""
    with suppress(OSError, ValueError, IndexError):
        for line in status.read_text().splitlines():
            if line.startswith(f"{name}:"):
                return round(int(line.split()[1]) / 1024, 1)
    return None
