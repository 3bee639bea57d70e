"""One sequence of packets made of stretches of two origins, copied and encoded. Knows nothing of why it changes.

Each encoded stretch goes through an encoder of its own, so that nothing leans across a joint.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.streamer.encode.copying.coding import Coding
from faceerase.streamer.encode.copying.decoding_times import DecodingTimes
from faceerase.streamer.encode.copying.groups import Coded


class Track(Protocol):
    """An encoder and its stream."""

    stream: VideoStream

    @property
    def header(self) -> bytes:
        """The encoder's extradata."""
        ...

    def encode(self, picture: av.VideoFrame | None) -> "Sequence[Packet[VideoStream]]":
        """Return the packets that a picture brings about; None: all that are left."""
        ...

    def renew(self) -> None:
        """Take a new encoder in the place of one that has ended."""
        ...


class Splice:
    """Gives the packets of pictures that come in the order in which they are shown."""

    def __init__(self, track: Track, coding: Coding, times: DecodingTimes, time_base: Fraction) -> None:
        """Begin; ``time_base`` is that of all times here."""
        self._track, self._coding, self._times, self._time_base = track, coding, times, time_base
        self._encoding = self._used = self._begins = False

    def encode(self, picture: av.VideoFrame) -> "list[Packet[VideoStream]]":
        """Return the packets that a picture brings about.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        if not self._encoding:
            if self._used:
                self._track.renew()
            self._encoding = self._used = self._begins = True
        assert picture.pts is not None
        self._times.shown_at(picture.pts)
        return self._encoded(picture)

    def copy(self, pictures: Sequence[Coded]) -> "list[Packet[VideoStream]]":
        """Return the packets of a group of pictures, as they are to be decoded.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        packets = self.finish()
        for pts in sorted(picture.pts for picture in pictures):
            self._times.shown_at(pts)
        for number, picture in enumerate(pictures):
            data = self._coding.copied(picture.data, first=number == 0)
            packets.append(self._packet(picture.pts, picture.duration, data, fresh=number == 0))
        return packets

    def finish(self) -> "list[Packet[VideoStream]]":
        """Return all packets that an encoder still holds.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        if not self._encoding:
            return []
        packets = self._encoded(None)
        self._encoding = False
        return packets

    def _encoded(self, picture: av.VideoFrame | None) -> "list[Packet[VideoStream]]":
        packets = []
        for packet in self._track.encode(picture):
            if self._begins:
                self._begins = False
                assert packet.pts is not None
                data = self._coding.encoded(bytes(packet), self._track.header)
                packets.append(self._packet(packet.pts, packet.duration or 0, data, fresh=True))
            else:
                packet.dts = self._times.next()
                packets.append(packet)
        return packets

    def _packet(self, pts: int, duration: int, data: bytes, fresh: bool) -> "Packet[VideoStream]":
        packet = cast("Packet[VideoStream]", Packet(data))
        packet.pts, packet.dts, packet.duration = pts, self._times.next(), duration
        packet.time_base, packet.is_keyframe = self._time_base, fresh
        packet.stream = self._track.stream
        return packet
