"""The objects of a stream in an ASF or WMV file, by their numbers: a frame each.

FFmpeg passes over damaged ones without a word. Knows nothing of what is in them. (Microsoft, ASF specification, 5.2)
"""

import struct
from collections.abc import Iterator
from pathlib import Path

FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
"""Identifiers of objects."""

HEAD_BYTES = 1 << 20
"""Of a file: the header ends before."""

PACKET_SIZE_AT, COUNT_AT, PACKETS_AT = 92, 40, 50
"""Bytes from where an object begins: the size of a packet, in one; how many there are and the first, in the other."""

SHORTEST = 64
"""Bytes; no packet with anything in it is shorter, and no head of one longer."""

SIZES = (0, 1, 2, 4)
"""Bytes of a number, by the two bits that tell."""


def objects_of(path: Path, stream: int) -> int | None:
    """Return how many objects of a stream there were when a file was written; None: it does not tell.

    Raises:
        OSError: the file cannot be read.
        ValueError: what it says of them cannot be.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        properties, data = head.find(FILE_PROPERTIES), head.find(DATA)
        if properties < 0 or data < 0 or len(head) < max(properties + PACKET_SIZE_AT + 4, data + PACKETS_AT):
            return None
        size = struct.unpack_from("<I", head, properties + PACKET_SIZE_AT)[0]
        file.seek(data + PACKETS_AT)
        last: int | None = None
        count = 0
        for _ in range(struct.unpack_from("<Q", head, data + COUNT_AT)[0]):
            packet = file.read(size)
            if len(packet) < size or not size:
                return None  # cut off, which is told by its length
            for number, among in _numbers(packet, stream):
                step = 1 if last is None else (number - last) % among
                if step > among // 2:
                    return None  # numbers that run back are of another kind
                count, last = count + step, number
    return count or None


def _numbers(packet: bytes, stream: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers of a stream's objects that a packet has parts of, and how many numbers there are."""
    if len(packet) < SHORTEST:
        return
    at = 1 + (packet[0] & 0x0F) if packet[0] & 0x80 else 0
    lengths, kinds = packet[at], packet[at + 1]
    at += 2 + SIZES[lengths >> 5 & 3] + SIZES[lengths >> 1 & 3]
    padding = _number(packet, at, lengths >> 3)
    at += SIZES[lengths >> 3 & 3] + 6
    several = lengths & 1
    parts, length_kind = (packet[at] & 0x3F, packet[at] >> 6) if several else (1, 0)
    at += several
    for _ in range(parts):
        if at + 1 > len(packet) - padding:
            raise ValueError("a part that does not fit into its packet")
        of, at = packet[at] & 0x7F, at + 1
        number, wide = _number(packet, at, kinds >> 4), SIZES[kinds >> 4 & 3]
        at += wide + SIZES[kinds >> 2 & 3]
        told = _number(packet, at, kinds)
        at += SIZES[kinds & 3] + told
        length = _number(packet, at, length_kind) if several else len(packet) - padding - at
        at += SIZES[length_kind & 3] if several else 0
        at += length
        if length < 0 or at > len(packet) - padding:
            raise ValueError("a part that does not fit into its packet")
        if of == stream and wide:
            yield number, 256**wide


def _number(packet: bytes, at: int, kind: int) -> int:
    return int.from_bytes(packet[at : at + SIZES[kind & 3]], "little")
