"""OpenEXR files around their pixels: the attributes of the header (openexr.com, "OpenEXR File Layout")."""

import struct
from collections.abc import Iterator

from faceerase.streamer.stills.extras import Extras

HEAD = 8
TILED, PARTS = 0x200, 0x1000
COMPRESSIONS = {0: "none", 1: "rle", 2: "zip1", 3: "zip16"}
LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}
"""Lines in a chunk of each compression."""

OTHER_COMPRESSION = "zip16"
"""For compressions that the encoder lacks: none that loses anything."""

HALF, FLOAT = 1, 2
SHOWN = frozenset({"R", "G", "B", "A", "Y"})
PIXELS = frozenset(
    {"channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio", "screenWindowCenter",
     "screenWindowWidth", "tiles", "type", "version", "chunkCount", "name", "gamma"}
)  # fmt: skip
"""Attributes that say how the pixels lie."""

ITSELF = b"lavc"
"""The writer that FFmpeg puts in, whatever it is told."""

KEPT = frozenset({"chromaticities", "timeCode", "framesPerSecond", "keyCode", "whiteLuminance", "adoptedNeutral"})


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    dropped, fields, compression, types, height = [], [], 0, {}, 0
    shape = b""
    start = end = HEAD
    for name, start, end, value in _attributes(data):
        if name in ("channels", "displayWindow"):
            shape += value
        if name == "compression":
            compression = value[0]
        elif name == "channels":
            types = _channels(value)
        elif name == "dataWindow":
            _, top, _, bottom = struct.unpack("<4i", value)
            height = bottom - top + 1
        elif name in KEPT:
            fields.append((0, data[start:end]))
        elif name not in PIXELS and value != ITSELF:
            dropped.append(f"header field {name}")
    dropped += [f"channel {name}" for name in types if name not in SHOWN]
    if data[5] << 8 & PARTS:
        dropped.append("further parts")
    half = all(kind == HALF for name, kind in types.items() if name in SHOWN)
    coding = ("compression", COMPRESSIONS.get(compression, OTHER_COMPRESSION)), ("format", "half" if half else "float")
    whole = data[5] << 8 & (TILED | PARTS) or _holds(data, end + 1, -(-height // LINES.get(compression, 1)))
    missing = "" if whole else "its end"  # of tiles and parts the decoder will say
    return Extras(
        dropped=tuple(dict.fromkeys(dropped)), coding=coding, fields=tuple(fields), shape=shape, missing=missing
    )


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with attributes of another one's header."""
    if not extras.fields:
        return data
    given = {attribute.split(b"\0", 1)[0]: attribute for _, attribute in extras.fields}
    own = list(_attributes(data))
    end = max(after for _, _, after, _ in own)
    kept = [data[start:after] for name, start, after, _ in own if name.encode("latin-1") not in given]
    header = data[:HEAD] + b"".join([*kept, *given.values()])
    table = _offsets(data, end + 1)
    moved = struct.pack(f"<{len(table)}Q", *(offset + len(header) - end for offset in table))
    return header + b"\0" + moved + data[end + 1 + len(moved) :]


def _attributes(data: bytes) -> Iterator[tuple[str, int, int, bytes]]:
    """Yield (name, start, end, value) of each attribute of the first header."""
    at = HEAD
    while at < len(data) and data[at]:
        name, kind, _ = data[at : at + 600].split(b"\0", 2)
        head = at + len(name) + len(kind) + 2
        (size,) = struct.unpack_from("<I", data, head)
        after = head + 4 + size
        yield name.decode("latin-1"), at, after, data[head + 4 : after]
        at = after


def _channels(value: bytes) -> dict[str, int]:
    channels, at = {}, 0
    while at < len(value) and value[at]:
        end = value.index(b"\0", at)
        channels[value[at:end].decode("latin-1")] = value[end + 1]
        at = end + 17
    return channels


def _offsets(data: bytes, at: int) -> tuple[int, ...]:
    """Return the places of the chunks of pixels; the first of them lies right behind this table."""
    (first,) = struct.unpack_from("<Q", data, at)
    return struct.unpack_from(f"<{(first - at) // 8}Q", data, at)


def _holds(data: bytes, at: int, chunks: int) -> bool:
    """Return whether all the chunks whose places stand in the table at a place are in the file."""
    try:
        last = max(struct.unpack_from(f"<{chunks}Q", data, at))
        (size,) = struct.unpack_from("<I", data, last + 4)
    except (struct.error, ValueError, OverflowError):
        return False
    return bool(last + 8 + size <= len(data))
