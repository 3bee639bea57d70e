"""Decides frame by frame what is copied and what is encoded.

A group of coded pictures is copied where every frame of it was looked at and nothing is erased in any; until that is
known its frames wait. Knows nothing of files.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import av
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.streamer.encode.copying.checksums import Checksums
from faceerase.streamer.encode.copying.groups import TOO_LONG, Coded, Group
from faceerase.streamer.encode.copying.splice import Splice
from faceerase.streamer.frame import Frame

WAITING_BYTES = 1 << 30
"""Decoded pictures that wait for a decision; 250 frames of 1080p, 8 bits, are 0.8 GB."""

NOT_WHOLE = "their group of pictures did not come whole out of the decoder"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A frame whose fate is not known, and its picture as it would be encoded."""

    frame: Frame
    picture: av.VideoFrame


class Copier:
    """Takes frames in the order in which they are shown, and gives packets."""

    def __init__(self, groups: Iterator[Group], splice: Splice) -> None:
        """Begin; ``groups`` are those of the source, ``splice`` makes the output's packets."""
        self.checksums = Checksums()
        self.frames = self.copied = self.leaning = 0
        self.reasons: Counter[str] = Counter()
        self._groups, self._splice = groups, splice
        self._group: Group | None = None
        self._next = next(groups, None)
        self._why: str | None = NOT_WHOLE
        self._waiting: list[Waiting] = []

    def take(self, frame: Frame, picture: av.VideoFrame, why_not: str | None) -> "list[Packet[VideoStream]]":
        """Return the packets that can be written now.

        Args:
            frame: of the source, after what was to be erased.
            picture: the same as it is encoded, at its time in the output.
            why_not: why it cannot be copied; None: it is just as it was decoded.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        packets = []
        while self._next is not None and frame.pts >= self._next.start:
            packets += self._encode_all()
            self._group, self._next = self._next, next(self._groups, None)
            self.leaning += self._group.leaning
            size = len(self._group.pictures) * sum(plane.buffer_size for plane in picture.planes)
            self._why = self._group.why_not or (TOO_LONG if size > WAITING_BYTES else None)
        self._waiting.append(Waiting(frame, picture))
        self.frames += 1
        self._why = self._why or why_not
        if self._why is not None or self._group is None:
            return packets + self._encode_all()
        self.checksums.note(self.frames - 1, frame.picture)
        if len(self._waiting) < len(self._group.pictures):
            return packets
        whole = tuple(waiting.frame.pts for waiting in self._waiting) == self._group.times
        packets += self._copy_all(self._group) if whole else self._encode_all()
        self._why = NOT_WHOLE  # whatever else is shown in its time was not coded in it
        return packets

    def finish(self) -> "list[Packet[VideoStream]]":
        """Return all packets that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        return self._encode_all() + self._splice.finish()

    def remark(self) -> str:
        """Say what was copied, and why the rest was not."""
        why = "".join(f"; {count} not: {reason}" for reason, count in self.reasons.most_common())
        open_ones = f" ({self.leaning} key frames lean on others and begin no group)" if self.leaning and why else ""
        return f"smart copy: {self.copied} of {self.frames} frames copied as they are{why}{open_ones}"

    def _copy_all(self, group: Group) -> "list[Packet[VideoStream]]":
        waiting = {item.frame.pts: item for item in self._waiting}
        self.copied += len(self._waiting)
        self._waiting.clear()
        return self._splice.copy([_in_time(picture, waiting[picture.pts]) for picture in group.pictures])

    def _encode_all(self) -> "list[Packet[VideoStream]]":
        packets: list[Packet[VideoStream]] = []
        for waiting in self._waiting:
            packets += self._splice.encode(waiting.picture)
        if self._waiting:
            self.reasons[self._why or NOT_WHOLE] += len(self._waiting)
            self.checksums.forget(self.frames - len(self._waiting))
            self._waiting.clear()
        return packets


def _in_time(coded: Coded, waiting: Waiting) -> Coded:
    """Return a coded picture at its time in the output."""
    pts, time_base = waiting.picture.pts, waiting.picture.time_base
    assert pts is not None
    assert time_base is not None
    return replace(coded, pts=pts, duration=round(coded.duration * waiting.frame.time_base / time_base))
