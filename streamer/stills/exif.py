"""EXIF, and the directories of TIFF that it is made of: what is in it, and one that holds an orientation alone.

Knows nothing of the files around it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

ORIENTATION, EXIF, PLACE, MAKER_NOTE = 0x0112, 0x8769, 0x8825, 0x927C
SHORT, LONG = 3, 4
SIZES = {1: 1, 2: 1, SHORT: 2, LONG: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of a value of each type of field."""

TELLING = {
    0x010F: "device", 0x0110: "device", 0x013B: "names", 0x8298: "names", 0x0132: "time", 0x9003: "time",
    0xA430: "names", 0xA431: "device", PLACE: "place", MAKER_NOTE: "maker's note",
}  # fmt: skip
"""Fields that tell something of people, and what."""


@dataclass(frozen=True, slots=True)
class Field:
    """An entry of a directory: tag, type, number of values, and their bytes."""

    tag: int
    kind: int
    count: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory; ``order`` is ``<`` or ``>``, ``following`` the place of the next one, 0 for none."""

    order: str
    fields: dict[int, Field]
    following: int

    def number(self, tag: int, otherwise: int = 0) -> int:
        """Return the first value of a field of whole numbers."""
        field = self.fields.get(tag)
        if field is None or field.kind not in (SHORT, LONG) or not field.value:
            return otherwise
        return int.from_bytes(field.value[: SIZES[field.kind]], "little" if self.order == "<" else "big")


def directory_at(data: bytes, at: int | None = None) -> Directory:
    """Return the directory at a place of TIFF data, or its first.

    Raises:
        ValueError: there is none.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise ValueError("neither TIFF nor EXIF")
    try:
        if at is None:
            (at,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        fields = {field.tag: field for field in _fields(data, order, at + 2, count)}
        (following,) = struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)
    except struct.error as error:
        raise ValueError("a directory lies beyond the end") from error
    return Directory(order, fields, following)


def _fields(data: bytes, order: str, at: int, count: int) -> Iterator[Field]:
    for number in range(count):
        tag, kind, values = struct.unpack_from(f"{order}HHI", data, at + 12 * number)
        size = SIZES.get(kind, 1) * values
        place = at + 12 * number + 8
        if size > 4:
            (place,) = struct.unpack_from(f"{order}I", data, place)
        yield Field(tag, kind, values, data[place : place + size])


def said_by(exif: bytes) -> tuple[int, str]:
    """Return the orientation in EXIF data, and in words what else is in it."""
    try:
        first = directory_at(exif)
        fields = set(first.fields)
        if first.number(EXIF):
            fields |= set(directory_at(exif, first.number(EXIF)).fields)
    except ValueError:
        return 1, "EXIF (damaged)"
    telling = [TELLING[tag] for tag in TELLING if tag in fields]
    if first.following:
        telling.append("thumbnail picture")
    words = ", ".join(dict.fromkeys(telling))
    only_orientation = fields == {ORIENTATION} and not first.following
    said = "" if only_orientation else f"EXIF ({words})" if words else "EXIF"
    return upright(first.number(ORIENTATION, 1)), said


def upright(orientation: int) -> int:
    """Return an orientation that exists: 1 for what does not."""
    return orientation if 1 <= orientation <= 8 else 1


def exif_of(orientation: int) -> bytes:
    """Return EXIF data that hold an orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, SHORT, 1, orientation, 0, 0)
