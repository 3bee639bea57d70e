"""PNG files around their coded picture: chunks (ISO/IEC 15948, third edition)."""

import struct
import zlib
from collections.abc import Iterator

from faceerase.streamer.stills.exif import exif_of, said_by
from faceerase.streamer.stills.extras import Extras

HEAD = 8
PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"sBIT",
     b"bKGD", b"pHYs", b"hIST", b"sPLT"}
)  # fmt: skip
"""Chunks that say how the pixels are to be shown."""

RESOLUTION = b"pHYs"
TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
MOVING = frozenset({b"acTL", b"fcTL", b"fdAT"})
GREATEST_PROFILE = 1 << 24


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    orientation, dropped, icc, end = 1, [], b"", 0
    fields = []
    for name, content, after in _chunks(data):
        if name == b"IEND":
            end = after
        elif name == b"eXIf":
            orientation, said = said_by(content)
            dropped.append(said)
        elif name == b"iCCP":
            icc = _profile(content)
        elif name == RESOLUTION:
            fields.append((0, content))
        elif name in TEXTS:
            keyword = content.split(b"\0", 1)[0].decode("latin-1")
            dropped.append("XMP" if keyword == "XML:com.adobe.xmp" else f"text ({keyword})")
        elif name == b"tIME":
            dropped.append("time")
        elif name in MOVING:
            dropped.append("further pictures (an animation)")
        elif name not in PIXELS:
            dropped.append(f"data ({name.decode('latin-1')})")
    if end and data[end:].strip(b"\0"):
        dropped.append("what lies behind the picture")
    words = tuple(dict.fromkeys(word for word in dropped if word))
    return Extras(
        orientation,
        icc,
        words,
        fields=tuple(fields),
        shape=data[HEAD + 8 : HEAD + 21],
        missing="" if end else "its end",
    )


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with an orientation and a colour profile put in."""
    out = data[:HEAD]
    for name, content, _ in _chunks(data):
        if (name == b"sRGB" and extras.icc) or (name == RESOLUTION and extras.fields):
            continue  # only one of the two may be there
        out += _chunk(name, content)
        if name != b"IHDR":
            continue
        out += b"".join(_chunk(RESOLUTION, value) for _, value in extras.fields)
        if extras.icc:
            out += _chunk(b"iCCP", b"icc\0\0" + zlib.compress(extras.icc))
        if extras.orientation != 1:
            out += _chunk(b"eXIf", exif_of(extras.orientation))
    return out


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield (name, content, where it ends) of each whole chunk up to the last."""
    at = HEAD
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        after = at + 12 + length
        if after > len(data):
            return
        yield name, data[at + 8 : at + 8 + length], after
        if name == b"IEND":
            return
        at = after


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), name) + content + struct.pack(">I", zlib.crc32(name + content))


def _profile(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content.split(b"\0", 1)[1][1:], GREATEST_PROFILE)
    except (zlib.error, IndexError):
        return b""
