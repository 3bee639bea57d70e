"""Whether a file holds all of what its header promises: a film that was cut off ends like a whole one.

FFmpeg reads such a file to its end without an error. Knows nothing of frames.
"""

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

SLACK_SECONDS = 0.5
"""Headers round and count padding; what is missing for less than this is not called missing."""


class Completeness:
    """Watches packets go by, and says at the end what is missing."""

    def __init__(self, container: InputContainer, video: VideoStream) -> None:
        self._container = container
        self._missing = _beyond_the_end(container, video)
        self._end = 0.0

    def see(self, packet: "Packet[Stream]") -> None:
        """Take note of a packet of any stream."""
        if packet.pts is not None and packet.size:
            self._end = max(self._end, float((packet.pts + (packet.duration or 0)) * packet.time_base))

    def verdict(self) -> str | None:
        """Return what is missing, or None."""
        if self._missing:
            return f"the file is cut off: {self._missing} of the frames that its index names are not in it"
        promised = self._container.duration
        # Matroska's header holds a duration; elsewhere it may be a guess from the bit rate. FFmpeg counts from time 0,
        # other writers from the first frame, which promises less.
        if "matroska" not in self._container.format.name or not promised:
            return None
        promised_end = promised / 1_000_000
        if self._end < promised_end - SLACK_SECONDS:
            return f"the file is cut off: its header promises {promised_end:.3f} s, it ends at {self._end:.3f} s"
        return None


def _beyond_the_end(container: InputContainer, video: VideoStream) -> int:
    """Count the samples of an MP4 or MOV index that lie behind the file's end."""
    if "mp4" not in container.format.name:
        return 0
    size = container.size
    return sum(entry.pos + entry.size > size for entry in video.index_entries)
