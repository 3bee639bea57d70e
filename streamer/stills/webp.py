"""WebP files around their coded picture: RIFF chunks (RFC 9649)."""

import struct
from collections.abc import Iterator

from faceerase.streamer.stills.exif import exif_of, said_by
from faceerase.streamer.stills.extras import Extras

HEAD = 12
PIXELS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH"})
HAS_PROFILE, HAS_ALPHA, HAS_EXIF = 0x20, 0x10, 0x08


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    orientation, dropped, icc, lossless = 1, [], b"", False
    for name, content in _chunks(data):
        if name == b"EXIF":
            orientation, said = said_by(content.removeprefix(b"Exif\0\0"))
            dropped.append(said)
        elif name == b"ICCP":
            icc = content
        elif name == b"XMP ":
            dropped.append("XMP")
        elif name in (b"ANIM", b"ANMF"):
            dropped.append("further pictures (an animation)")
        elif name not in PIXELS:
            dropped.append(f"data ({name.decode('latin-1')})")
        lossless |= name == b"VP8L"
    promised = struct.unpack_from("<I", data, 4)[0] + 8 if len(data) >= HEAD else HEAD
    if len(data) > promised + 1:
        dropped.append("what lies behind the picture")
    words = tuple(dict.fromkeys(word for word in dropped if word))
    coding = (("lossless", "1" if lossless else "0"),)
    shape = repr(_canvas(dict(_chunks(data)))).encode()
    return Extras(orientation, icc, words, coding, shape=shape, missing="" if len(data) >= promised else "its end")


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with an orientation and a colour profile put in."""
    if extras.orientation == 1 and not extras.icc:
        return data
    chunks = dict(_chunks(data))
    flags, size = _canvas(chunks)
    flags |= HAS_PROFILE * bool(extras.icc) | HAS_EXIF * (extras.orientation != 1)
    canvas = struct.pack("<I", flags) + b"".join(struct.pack("<I", side - 1)[:3] for side in size)
    out = _chunk(b"VP8X", canvas)
    if extras.icc:
        out += _chunk(b"ICCP", extras.icc)
    out += b"".join(_chunk(name, content) for name, content in chunks.items() if name != b"VP8X")
    if extras.orientation != 1:
        out += _chunk(b"EXIF", exif_of(extras.orientation))
    return b"RIFF" + struct.pack("<I", len(out) + 4) + b"WEBP" + out


def _canvas(chunks: dict[bytes, bytes]) -> tuple[int, tuple[int, int]]:
    """Return the flags and the size of a picture as its first chunk says."""
    if b"VP8X" in chunks:
        (flags,) = struct.unpack_from("<I", chunks[b"VP8X"])
        width, height = (int.from_bytes(chunks[b"VP8X"][at : at + 3], "little") + 1 for at in (4, 7))
        return flags, (width, height)
    if b"VP8L" in chunks:
        (bits,) = struct.unpack_from("<I", chunks[b"VP8L"], 1)
        return HAS_ALPHA * (bits >> 28 & 1), ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", chunks[b"VP8 "], 6)
    return 0, (width & 0x3FFF, height & 0x3FFF)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = HEAD
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
