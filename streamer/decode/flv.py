"""The tags of an FLV file: whether each one begins where the one before ends, and in how many of them pictures are.

FFmpeg passes over what it does not understand without a word. Knows nothing of what is in the pictures.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD, LENGTH = 11, 4
"""Bytes of a tag's head, and of the length that is repeated behind its body (Adobe, FLV 10.1, E.3 and E.4)."""

SOUND, PICTURE, AMF3, SCRIPT = 8, 9, 15, 18
KIND, RESERVED = 0x1F, 0xC0

COMMAND = 5
"""Instead of a kind of frame: no picture, but something that a player is to do."""

AVC, NALS = 7, 1
"""A codec whose tags say what is in them, and what they say where it is a picture."""

SIZE_NAME = b"\0\x08filesize\0"
"""How the first tag names the file's length in bytes, a double that follows (E.5)."""

FIRST_BYTES = 4096

AVC_HEAD = 5
ENHANCED = 0x80


@dataclass(frozen=True, slots=True)
class Tags:
    """What is in a file.

    Attributes:
        pictures: tags that a picture is in; None: not to be told.
        broken: the byte at which a tag should begin and none does; None: the tags reach to the file's end.
    """

    pictures: int | None
    broken: int | None


def bytes_missing(path: Path) -> int:
    """Return how much longer a file should be by what its first tag says; 0 where that does not say.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(FIRST_BYTES)
    at = head.find(SIZE_NAME) + len(SIZE_NAME)
    if at < len(SIZE_NAME) or at + 8 > len(head):
        return 0
    promised = struct.unpack_from(">d", head, at)[0]
    return max(0, int(promised) - path.stat().st_size) if 0 < promised < float(1 << 53) else 0


def tags_of(path: Path) -> Tags:
    """Walk through the tags of an FLV file; reads their heads alone.

    Raises:
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    pictures: int | None = 0
    with path.open("rb") as file:
        start = struct.unpack(">5xI", file.read(9).ljust(9, b"\0"))[0]
        at, before = start + LENGTH, 0
        while at < size:
            file.seek(at - LENGTH)
            repeated, *head = struct.unpack(">I11B", file.read(LENGTH + HEAD).ljust(LENGTH + HEAD, b"\xff"))
            length = int.from_bytes(bytes(head[1:4]), "big")
            end = at + HEAD + length
            if not _is_tag(head, repeated == before) or end > size:
                return Tags(pictures, at)
            if head[0] & KIND == PICTURE and pictures is not None:
                pictures = _count(file, length, pictures)
            at, before = end + LENGTH, HEAD + length
    return Tags(pictures, None)


def _is_tag(head: list[int], length_repeated: bool) -> bool:
    """Return whether a tag's head is one; its last three bytes are 0, unless the writer was sloppy in that only."""
    known = head[0] & KIND in {SOUND, PICTURE, AMF3, SCRIPT} and not head[0] & RESERVED
    return known and (length_repeated or not any(head[8:]))


def _count(file: BinaryIO, length: int, pictures: int) -> int | None:
    first, second = file.read(2).ljust(2, b"\0") if length else (COMMAND << 4, 0)
    if first & ENHANCED:
        return None
    if first >> 4 == COMMAND or length < 2:
        return pictures
    return pictures + (first & 0x0F != AVC or (second == NALS and length > AVC_HEAD))
