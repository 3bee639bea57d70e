"""A part of a film: what it is cut to, and its packets without the others, at their times in it.

Knows nothing of pictures or outputs.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from faceerase.streamer.decode.clock import Clock
from faceerase.streamer.decode.demuxing import demuxed
from faceerase.streamer.decode.opening import main_video, open_film

INTERLEAVED_SECONDS = 10
"""Further apart than this no file stores what belongs together."""

GREATEST_DENOMINATOR = 2**31 - 1
"""Of a time base in FFmpeg."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a film is taken, in seconds of the source.

    Attributes:
        begin: the first moment that belongs to it; None: the very beginning, sound before the picture included.
        end: the first moment that does not; None: everything.
        shift: the time of the part's first frame, which becomes 0.
        skipped: how long the film runs before that frame.
    """

    begin: Fraction | None
    end: Fraction | None
    shift: Fraction
    skipped: Fraction = Fraction(0)

    def holds(self, time: Fraction) -> bool:
        """Whether something that begins at ``time`` belongs to it."""
        return (self.begin is None or time >= self.begin) and not self.is_over(time)

    def is_over(self, time: Fraction) -> bool:
        """Whether ``time`` lies behind it."""
        return self.end is not None and time >= self.end

    def frames_of(self, count: int, rate: Fraction) -> int:
        """Guess how many of a film's ``count`` frames belong to it; 0: not known."""
        left = count - round(self.skipped * rate)
        return max(0, left if self.end is None else min(left, round((self.end - self.shift) * rate)))


WHOLE = Cut(None, None, Fraction(0))
"""Everything, at the film's own times."""


def packets_of(
    container: InputContainer, stream: VideoStream, cut: Cut, clock: Clock, path: Path
) -> Iterator["Packet[Stream]"]:
    """Yield the packets of all streams; for a part, from the key frame before it to where no frame of it can follow.

    Without presentation times (``dts``) a film is read from its start: its times cannot be told in the middle.
    """
    if cut == WHOLE or clock == "dts":
        yield from demuxed(container)
        return
    started = True
    if cut.begin is not None:
        key = _key_before(path, stream.index, cut.begin)
        if key is not None:
            container.seek(key, stream=stream)
            started = False
    for packet in demuxed(container):
        if packet.stream.index == stream.index:
            started = started or packet.is_keyframe
            if not started:
                continue
        yield packet
        over = packet.dts is not None and cut.is_over(packet.dts * packet.time_base)
        if over and packet.stream.index == stream.index:
            end: Packet[Stream] = Packet()  # empty: what is still in the decoder comes out
            end.stream = stream
            yield end
            return


def excerpt(container: InputContainer, streams: list[Stream], cut: Cut) -> Iterator["Packet[Stream]"]:
    """Yield the packets of some streams that begin within a cut, at their times in the part, exactly."""
    if cut == WHOLE:
        yield from demuxed(container, streams)
        return
    if cut.begin is not None and cut.begin > INTERLEAVED_SECONDS:
        # A file that cannot be searched is read from its start
        with suppress(av.error.FFmpegError):
            container.seek(int((cut.begin - INTERLEAVED_SECONDS) * av.time_base))
    for packet in demuxed(container, streams):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or not packet.size:
            continue
        time = stamp * packet.time_base
        if cut.is_over(time - INTERLEAVED_SECONDS):
            return
        if packet.stream.type == "subtitle":
            packet = _clipped(packet, cut)
            time = (packet.pts or 0) * packet.time_base
        if cut.holds(time):
            yield shifted(packet, cut.shift)


def shifted(packet: "Packet[Stream]", shift: Fraction) -> "Packet[Stream]":
    """Return a packet moved to the front, by a whole number of ticks where FFmpeg can count so finely."""
    old = packet.time_base
    finest = lcm(old.denominator, shift.denominator)
    new = Fraction(1, finest) if finest <= GREATEST_DENOMINATOR else old
    factor, ticks = int(old / new), round(shift / new)
    pts, dts, duration = packet.pts, packet.dts, packet.duration
    packet.time_base = new
    packet.pts = None if pts is None else pts * factor - ticks
    packet.dts = None if dts is None else dts * factor - ticks
    packet.duration = (duration or 0) * factor
    return packet


def _clipped(packet: "Packet[Stream]", cut: Cut) -> "Packet[Stream]":
    """Return a line of text as far as it is shown within a cut: one that stands there already begins with it."""
    tick = packet.time_base
    begin, end = (packet.pts or 0), (packet.pts or 0) + (packet.duration or 0)
    if cut.begin is not None and begin * tick < cut.shift < end * tick:
        begin = ceil(cut.shift / tick)
    if cut.end is not None and end * tick > cut.end:
        end = floor(cut.end / tick)
    packet.pts = packet.dts = begin
    packet.duration = max(0, end - begin)
    return packet


def _key_before(path: Path, number: int, moment: Fraction) -> int | None:
    """Return, in the picture's time base, where to seek so that the next key frame is not after a moment.

    None: nowhere but at the film's start. A transport stream has no index: a search lands anywhere.
    """
    back = Fraction(0)
    with open_film(path) as container:
        stream = main_video(container, path, number)
        tick = stream.time_base or Fraction(1, 90_000)
        start = (stream.start_time or 0) * tick
        while moment - back > start:
            target = int((moment - back) / tick)
            try:
                container.seek(target, stream=stream)
                key = next(
                    (packet for packet in demuxed(container, [stream]) if packet.is_keyframe and packet.size), None
                )
            except av.error.FFmpegError:
                return None
            if key is not None and key.pts is not None and key.pts * tick <= moment:
                return target
            back = max(Fraction(1), 2 * back)
    return None
