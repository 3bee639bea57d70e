"""DPX files around their pixels: the header (SMPTE ST 268-1), whose time code and colour fields FFmpeg drops.

What can name people or devices (file, creator, project, device, slate) stays out.
"""

import struct

from faceerase.streamer.stills.extras import Extras

GENERIC, WHOLE = 1664, 2048
"""Bytes of the header without, and with, the fields of film and television."""

UNDEFINED = b"\xff" * (WHOLE - GENERIC)

NUMBERS = (
    (768, 2), (784, 4), (788, 4), (792, 4), (796, 4), (1628, 4), (1632, 4),
    (1712, 4), (1716, 4), (1720, 4), (1724, 4), (1728, 4),
    (1920, 4), (1924, 4), *((at, 4) for at in range(1932, 1976, 4)),
)  # fmt: skip
"""(place, bytes) of numbers that are kept: orientation, levels, pixel aspect; of film; of television."""

BYTES = ((801, 1), (802, 1), (1664, 16), (1928, 4))
"""(place, bytes) of fields without an order that are kept: transfer, colorimetry; key code; interlace, field."""

NAMED = ((36, 124, "names"), (160, 460, "names"), (1432, 100, "names"), (1556, 64, "device"), (1732, 132, "slate"))
"""(place, bytes, in words) of texts that are left out."""


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    big = data[:4] == b"SDPX"
    header = data[:WHOLE] if offset_of(data, big) >= WHOLE else data[:GENERIC] + UNDEFINED
    fields = [(at, header[at : at + size] if big else header[at : at + size][::-1]) for at, size in NUMBERS]
    fields += [(at, header[at : at + size]) for at, size in BYTES]
    dropped = [word for at, size, word in NAMED if _says_something(header[at : at + size])]
    if offset_of(data, big) > WHOLE and _says_something(data[WHOLE : offset_of(data, big)]):
        dropped.append("user data")
    return Extras(
        dropped=tuple(dict.fromkeys(dropped)), big_endian=big, fields=tuple(fields), shape=data[770:780] + data[800:804]
    )


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with the fields of another one's header."""
    if not extras.fields:
        return data
    big = data[:4] == b"SDPX"
    order = ">" if big else "<"
    offset = offset_of(data, big)
    header = bytearray(data[:GENERIC] + UNDEFINED)
    numbers = {at for at, _ in NUMBERS}
    for at, value in extras.fields:
        header[at : at + len(value)] = value if big or at not in numbers else value[::-1]
    pixels = data[offset:]
    lengths = {4: WHOLE, 16: WHOLE + len(pixels), 24: GENERIC, 28: WHOLE - GENERIC, 808: WHOLE}
    for place, length in lengths.items():
        struct.pack_into(f"{order}I", header, place, length)
    return bytes(header) + pixels


def offset_of(data: bytes, big: bool) -> int:
    """Return where the pixels begin."""
    return int.from_bytes(data[4:8], "big" if big else "little")


def _says_something(text: bytes) -> bool:
    return bool(text.strip(b"\0\xff "))
