"""Whether frames that were copied come out of the decoder again just as they were. Knows nothing of packets.

Eight bytes a frame are all that is kept for the length of a film: 5 MB for three hours at 60 frames a second.
"""

from array import array
from collections.abc import Iterable
from zlib import crc32

import av
import numpy as np

from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import layout_of, plane_views

_NOT_NOTED = -1


class Checksums:
    """What frames looked like, by their numbers in the film that is written."""

    def __init__(self) -> None:
        self._noted = array("q")

    def note(self, number: int, picture: av.VideoFrame) -> None:
        """Remember a frame's samples; numbers grow."""
        self._noted.extend([_NOT_NOTED] * (number - len(self._noted)))
        self._noted.append(checksum(picture))

    def forget(self, first: int) -> None:
        """Forget the frames from a number on."""
        del self._noted[first:]

    def first_difference(self, frames: Iterable[Frame]) -> int | None:
        """Return the first frame of a film that does not look as it was noted, or that is not there."""
        reached = 0
        for frame in frames:
            number, reached = frame.index, frame.index + 1
            noted = self._noted[number] if number < len(self._noted) else _NOT_NOTED
            if noted not in {_NOT_NOTED, checksum(frame.picture)}:
                return number
        left = range(reached, len(self._noted))
        return next((number for number in left if self._noted[number] != _NOT_NOTED), None)


def checksum(picture: av.VideoFrame) -> int:
    """Return a CRC-32 over the samples of all planes, in order."""
    value = 0
    for plane in plane_views(picture, layout_of(picture)):
        value = crc32(np.ascontiguousarray(plane).view(np.uint8).data, value)
    return value
