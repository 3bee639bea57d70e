"""TIFF files around their coded picture: the first directory (TIFF 6.0); further ones are further pictures."""

import struct

from faceerase.streamer.stills.exif import (
    EXIF,
    MAKER_NOTE,
    ORIENTATION,
    PLACE,
    SHORT,
    SIZES,
    Directory,
    Field,
    directory_at,
    upright,
)
from faceerase.streamer.stills.extras import Extras

COMPRESSION, PROFILE, UNDEFINED = 259, 34675, 7
CODINGS = {1: "raw", 5: "lzw", 8: "deflate", 32946: "deflate", 32773: "packbits"}
OTHER_CODING = "lzw"
"""For compressions that the encoder lacks: none that loses anything."""

WORDS = {
    270: "description", 271: "device", 272: "device", 285: "page name", 305: "software", 306: "time", 315: "names",
    316: "device", 330: "further pictures", 700: "XMP", 33432: "names", 33723: "IPTC", 34377: "Photoshop's data",
    EXIF: "EXIF", PLACE: "place", MAKER_NOTE: "maker's note",
}  # fmt: skip

RATIONAL = 5
RESOLUTION = {282: RATIONAL, 283: RATIONAL, 296: SHORT}
COLOUR = {529: RATIONAL, 531: SHORT, 532: RATIONAL}
"""Tags, and their types, that are kept; of YUV: its matrix, where its chroma lies, black and white."""

BLACK_AND_WHITE = 532
FULL_RANGE = struct.pack(
    "<12I", *(number for pair in ((0, 255), (128, 255), (128, 255)) for value in pair for number in (value, 1))
)
"""What the encoder does not say: 0 is black and 255 white."""

SHAPE = (256, 257, 258, 262, 277, 339, 530)
"""Tags of width, height, bits, colours, samples, their kind, and the sampling of chroma."""

LAST_COMMON = 32767
"""Tags beyond are private ones."""

PIXELS = frozenset({32995, 32996, 32997, 32998, PROFILE})
"""Private tags that say how the pixels are to be shown."""


def read(data: bytes) -> Extras:
    """Return what lies beside the picture in a file."""
    try:
        first = directory_at(data)
    except ValueError:
        return Extras(missing="its directory")
    dropped = [WORDS[tag] for tag in first.fields if tag in WORDS]
    dropped += [f"data (tag {tag})" for tag in first.fields if tag > LAST_COMMON and tag not in {*WORDS, *PIXELS}]
    if first.following:
        dropped.append("further pages")
    profile = first.fields.get(PROFILE)
    return Extras(
        orientation=upright(first.number(ORIENTATION, 1)),
        icc=profile.value if profile else b"",
        dropped=tuple(dict.fromkeys(dropped)),
        fields=tuple((tag, _little(first, tag)) for tag in RESOLUTION | COLOUR if tag in first.fields),
        shape=repr([_little(first, tag) for tag in SHAPE if tag in first.fields]).encode(),
        coding=(("compression_algo", CODINGS.get(first.number(COMPRESSION, 1), OTHER_CODING)),),
    )


def write(data: bytes, extras: Extras) -> bytes:
    """Return a file with an orientation and a colour profile put in."""
    first = directory_at(data)
    fields = dict(first.fields)
    if extras.orientation != 1:
        value = struct.pack(f"{first.order}H", extras.orientation)
        fields[ORIENTATION] = Field(ORIENTATION, SHORT, 1, value)
    if extras.icc:
        fields[PROFILE] = Field(PROFILE, UNDEFINED, len(extras.icc), extras.icc)
    is_yuv = BLACK_AND_WHITE in fields
    given = ({BLACK_AND_WHITE: FULL_RANGE} if is_yuv else {}) | dict(extras.fields)
    for tag, kind in (RESOLUTION | (COLOUR if is_yuv else {})).items():
        if tag in given and first.order == "<":
            fields[tag] = Field(tag, kind, len(given[tag]) // SIZES[kind], given[tag])
    return data if fields == first.fields else _with_directory(data, Directory(first.order, fields, first.following))


def _little(directory: Directory, tag: int) -> bytes:
    """Return the value of a field of whole numbers or fractions, little-endian."""
    field = directory.fields[tag]
    if directory.order == "<":
        return field.value
    size = 2 if field.kind == SHORT else 4
    return b"".join(field.value[at : at + size][::-1] for at in range(0, len(field.value), size))


def _with_directory(data: bytes, directory: Directory) -> bytes:
    """Return TIFF data with another first directory, which lies at the end."""
    order, fields = directory.order, directory.fields
    body = bytearray(data + b"\0" * (len(data) % 2))
    entries = []
    for tag in sorted(fields):
        field = fields[tag]
        value = field.value.ljust(4, b"\0")
        if len(value) > 4:
            value = struct.pack(f"{order}I", len(body))
            body += field.value + b"\0" * (len(field.value) % 2)
        entries.append(struct.pack(f"{order}HHI", tag, field.kind, field.count) + value)
    struct.pack_into(f"{order}I", body, 4, len(body))
    body += struct.pack(f"{order}H", len(entries)) + b"".join(entries)
    return bytes(body + struct.pack(f"{order}I", directory.following))
