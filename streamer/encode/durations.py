"""How long each frame is shown, told to its packet: until the next one, and the last as long as its source says.

Without it the last frame of an uneven film lasts as long as its frames do on average. Knows nothing of encoders.
"""

from av.packet import Packet
from av.video.stream import VideoStream


class Durations:
    """Frames go in as they are shown, packets as they are to be decoded; all in units of one time base."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._latest: int | None = None
        self._said = 0

    def shown(self, pts: int, said: int) -> None:
        """Take note of the next frame; ``said`` is how long its source shows it, 0: not known.

        Raises:
            ValueError: it is not later than the one before.
        """
        if self._latest is not None:
            if pts <= self._latest:
                raise ValueError("its time is not later than that of the frame before")
            self._known[self._latest] = pts - self._latest
        self._latest, self._said = pts, said

    def ended(self) -> None:
        """Say that the latest frame was the last."""
        if self._latest is not None and self._said > 0:
            self._known[self._latest] = self._said

    def tell(self, packet: "Packet[VideoStream]") -> None:
        """Tell the packet of a frame how long that is shown, if it is known."""
        duration = self._known.pop(packet.pts, None) if packet.pts is not None else None
        if duration is not None:
            packet.duration = duration
