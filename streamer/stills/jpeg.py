"""JPEG files around their coded picture: markers and segments (ITU-T T.81, JFIF, EXIF, ICC.1 annex B)."""

import re
import struct
from collections.abc import Iterator

from faceerase.streamer.stills.exif import exif_of, said_by
from faceerase.streamer.stills.extras import Extras

START, END, SCAN, COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
EXIF, XMP, PROFILE = b"Exif\0\0", b"http://ns.adobe.com/x", b"ICC_PROFILE\0"
JFIF = b"JFIF\0"
DENSITY = 7
"""Where pixels an inch, or a centimetre, stand in a JFIF segment: unit, across, down."""

APPLICATIONS = range(0xE0, 0xF0)
LONGEST = 65_500
"""Of the content of a segment, with room for its head."""

_NEXT = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
"""A marker among entropy-coded data."""


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    orientation, dropped, profile, end = 1, [], {}, 0
    fields = []
    for marker, content, after in _segments(data):
        if marker == END:
            end = after
        elif marker == COMMENT:
            dropped.append("comment")
        elif content.startswith(EXIF):
            orientation, said = said_by(content[len(EXIF) :])
            dropped.append(said)
        elif content.startswith(PROFILE):
            profile[content[len(PROFILE)]] = content[len(PROFILE) + 2 :]
        elif marker in APPLICATIONS:
            if content.startswith(JFIF):
                fields = [(DENSITY, content[DENSITY : DENSITY + 5])]
            dropped.append(_application(marker, content))
    if end and data[end:].strip(b"\0"):
        dropped.append("what lies behind the picture (further pictures, a film)")
    icc = b"".join(profile[number] for number in sorted(profile))
    words = tuple(dict.fromkeys(word for word in dropped if word))
    return Extras(
        orientation, icc, words, fields=tuple(fields), shape=_frame(data)[1:], missing="" if end else "its end"
    )


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with an orientation and a colour profile put in."""
    at = 2
    if data[2:4] == b"\xff\xe0":
        for place, value in extras.fields:
            data = data[: 6 + place] + value + data[6 + place + len(value) :]
        at += 2 + struct.unpack_from(">H", data, 4)[0]
    added = b""
    if extras.orientation != 1:
        added += _segment(0xE1, EXIF + exif_of(extras.orientation))
    parts = [extras.icc[start : start + LONGEST] for start in range(0, len(extras.icc), LONGEST)]
    for number, part in enumerate(parts, 1):
        added += _segment(0xE2, PROFILE + bytes([number, len(parts)]) + part)
    return data[:at] + added + data[at:]


def components(data: bytes) -> int:
    """Return how many components the picture has: 1 gray, 3 colour, 4 the inks of print; 0 where it does not say."""
    return (_frame(data)[6:7] or b"\0")[0]


def _frame(data: bytes) -> bytes:
    """Return the marker and the content of the frame header: depth, size, components and their sampling."""
    for marker, content, _ in _segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return bytes([marker]) + content
    return b""


def _application(marker: int, content: bytes) -> str:
    if content.startswith(XMP):
        return "XMP"
    if content.startswith(b"Photoshop 3.0"):
        return "IPTC"
    if content.startswith(b"MPF\0"):
        return "an index of further pictures"
    if content.startswith(JFIF):
        return "thumbnail picture" if any(content[12:14]) else ""
    if content.startswith(b"JFXX\0"):
        return "thumbnail picture"
    if content.startswith(b"Adobe"):
        return ""  # how the colours are coded; the encoder says its own
    return f"application data {marker - 0xE0}"


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield (marker, content, where it ends) up to the end of the picture."""
    at = 2
    while (found := _NEXT.search(data, at)) is not None:
        marker, at = found.group(1)[0], found.end()
        if marker == END:
            yield marker, b"", at
            return
        if marker == START or marker == 0x01:
            continue
        if at + 2 > len(data):
            return
        (length,) = struct.unpack_from(">H", data, at)
        yield marker, data[at + 2 : at + length], at + length
        at += length


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
