"""Whether frames that were copied come out of the decoder again just as they were. Knows nothing of packets."""

from collections.abc import Iterable
from zlib import crc32

import av
import numpy as np

from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import layout_of, plane_views


class Checksums:
    """What frames looked like, by their numbers in the film that is written."""

    def __init__(self) -> None:
        self._noted: dict[int, int] = {}

    def note(self, number: int, picture: av.VideoFrame) -> None:
        """Remember a frame's samples."""
        self._noted[number] = checksum(picture)

    def forget(self, first: int) -> None:
        """Forget the frames from a number on."""
        for number in [number for number in reversed(self._noted) if number >= first]:
            del self._noted[number]

    def first_difference(self, frames: Iterable[Frame]) -> int | None:
        """Return the first frame of a film that does not look as it was noted, or that is not there."""
        missing = set(self._noted)
        for frame in frames:
            noted = self._noted.get(frame.index)
            if noted is not None and noted != checksum(frame.picture):
                return frame.index
            missing.discard(frame.index)
        return min(missing, default=None)


def checksum(picture: av.VideoFrame) -> int:
    """Return a CRC-32 over the samples of all planes, in order."""
    value = 0
    for plane in plane_views(picture, layout_of(picture)):
        value = crc32(np.ascontiguousarray(plane).view(np.uint8).data, value)
    return value
