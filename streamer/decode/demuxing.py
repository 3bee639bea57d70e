"""Packets of a container, as PyAV gives them, without its fault. Knows nothing of what is in them."""

from collections.abc import Iterator, Sequence

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream


def demuxed(container: InputContainer, streams: Sequence[Stream] | None = None) -> "Iterator[Packet[Stream]]":
    """Yield the packets of some streams, or of all that were known from the start, and in the end an empty one each.

    PyAV fails over streams that appear later (FLV, MPEG): when all has been read it may want to end them, too.
    """
    packets = container.demux() if streams is None else container.demux(list(streams))
    try:
        yield from packets
    except IndexError:
        return
