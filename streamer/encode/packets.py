"""Packets of a file as they are copied: read to the end, with decoding times, in the order of time.

Knows nothing of where they go.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import pairwise
from math import inf
from typing import TypeAlias

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from faceerase.streamer.decode.demuxing import demuxed

Numbered: TypeAlias = "tuple[int, Packet[Stream]]"
"""A packet, and the number of its stream in the film that it belongs to."""


Select = Callable[[InputContainer, list[Stream]], "Iterator[Packet[Stream]]"]
"""Gives the packets of some streams that are copied, at the times that they are to have."""


def everything(container: InputContainer, streams: list[Stream]) -> "Iterator[Packet[Stream]]":
    """Give all packets as they are."""
    return demuxed(container, streams)


def packets_of(
    container: InputContainer, streams: list[Stream], select: Select = everything
) -> "Iterator[Packet[Stream]]":
    """Yield the packets of some streams, as far as the file can be read."""
    if not streams:
        return
    packets = select(container, streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.EOFError):
            return
        except av.error.FFmpegError:
            # What cannot be read of the picture is reported by the source; the sound ends where the file ends.
            return
        # Flushing packets are empty; a missing DTS alone means nothing (Matroska's first key frame has none).
        if packet.size:
            yield packet


def with_dts(packets: "Iterable[Packet[Stream]]") -> "Iterator[Packet[Stream]]":
    """Yield packets of a picture with the decoding times that Matroska does not store for the first of them."""
    waiting: list[Packet[Stream]] = []
    for packet in packets:
        waiting.append(packet)
        if packet.dts is None:
            continue
        for later, earlier in pairwise(reversed(waiting)):
            assert later.dts is not None
            earlier.dts = later.dts - max(1, earlier.duration or 0)
        yield from waiting
        waiting.clear()
    yield from waiting


def moment_of(packet: "Packet[Stream]") -> float | None:
    """Return when a packet is due, in seconds of the film."""
    stamp = packet.dts if packet.dts is not None else packet.pts
    return None if stamp is None else float(stamp * packet.time_base)


def in_time(*sources: Iterable[Numbered]) -> Iterator[Numbered]:
    """Yield the packets of several files in the order in which they are due."""

    def due(item: Numbered) -> float:
        moment = moment_of(item[1])
        return -inf if moment is None else moment

    return merge(*sources, key=due)
