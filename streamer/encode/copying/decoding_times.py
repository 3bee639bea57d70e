"""When each packet is to be decoded, where packets of several origins go into one stream. Knows nothing of them."""

from collections import deque


class DecodingTimes:
    """The n-th packet is decoded when the n-th frame less ``delay`` is shown: never later than it is shown itself."""

    def __init__(self, delay: int, step: int) -> None:
        """Begin; ``step`` is the usual distance of two frames, for what lies before the first."""
        self._step = step
        self._ahead = delay
        self._shown: deque[int] = deque()

    def shown_at(self, pts: int) -> None:
        """Take note of the next frame as they are shown, before its packet is asked for."""
        self._shown.append(pts)

    def next(self) -> int:
        """Return the DTS of the next packet."""
        if self._ahead:
            self._ahead -= 1
            return self._shown[0] - (self._ahead + 1) * self._step
        return self._shown.popleft()
