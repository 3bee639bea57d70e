"""The units that H.264 and H.265 are made of (annex B of both): apart, together, and what kinds there are.

Knows nothing of files or of what is in a picture.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

START = b"\x00\x00\x00\x01"

ATSC = bytes((0xB5, 0x00, 0x31))
"""Country and provider of the user data that FFmpeg reads: captions, active format."""

USER_DATA_REGISTERED = 4
"""SEI message (H.264 D.1.6, H.265 D.2.6)."""


@dataclass(frozen=True, slots=True)
class Family:
    """The numbers of the kinds of units in a codec.

    Attributes:
        sets: parameter sets, in the order in which they are sent.
        fresh: pictures before which nothing is remembered (IDR).
        sei: supplemental information.
        known: of which a decoder of one picture makes use.
        header: bytes before a unit's payload.
    """

    sets: tuple[int, ...]
    fresh: frozenset[int]
    sei: frozenset[int]
    known: frozenset[int]
    header: int

    def kind(self, unit: bytes) -> int:
        """Return the kind of a unit."""
        return unit[0] & 0x1F if self.header == 1 else unit[0] >> 1 & 0x3F

    def layer(self, unit: bytes) -> int:
        """Return of which layer of pictures a unit is; 0: the one that is looked at."""
        return 0 if len(unit) < 2 or self.header == 1 else (unit[0] & 1) << 5 | unit[1] >> 3

    def complete(self, units: Iterable[bytes]) -> bool:
        """Whether parameter sets of every kind are among some units."""
        return {self.kind(unit) for unit in units} >= set(self.sets)


FAMILIES = {
    "h264": Family((7, 8), frozenset({5}), frozenset({6}), frozenset({1, *range(5, 13)}), 1),
    "hevc": Family((32, 33, 34), frozenset({19, 20}), frozenset({39, 40}),
                   frozenset({*range(10), *range(16, 22), *range(32, 41)}), 2),
}  # fmt: skip
"""By FFmpeg's canonical name. Not among the known: second views, auxiliary pictures, Dolby Vision, what is not said."""


def split(data: bytes, length_size: int) -> list[bytes]:
    """Return the units of a packet; ``length_size`` bytes tell the length of each, 0: start codes part them.

    Raises:
        ValueError: they do not fill the packet.
    """
    if not length_size:
        return [unit for unit in (part.rstrip(b"\x00") for part in re.split(b"\x00\x00\x01", data)) if unit]
    units, at = [], 0
    while at < len(data):
        end = at + length_size + int.from_bytes(data[at : at + length_size], "big")
        if end > len(data):
            raise ValueError("a unit that goes beyond its packet")
        units.append(data[at + length_size : end])
        at = end
    return [unit for unit in units if unit]


def join(units: Iterable[bytes]) -> bytes:
    """Return units with start codes."""
    return b"".join(START + unit for unit in units)


def header_of(codec: str, extradata: bytes) -> tuple[int, tuple[bytes, ...]]:
    """Return how long the lengths of units are in a film (0: start codes), and the parameter sets of its header.

    Raises:
        ValueError, IndexError: it is no such header.
    """
    family = FAMILIES[codec]
    if not extradata or extradata[:3] in {b"\x00\x00\x00", b"\x00\x00\x01"}:
        return 0, tuple(unit for unit in split(extradata, 0) if family.kind(unit) in family.sets)
    if codec == "h264":  # ISO/IEC 14496-15, 5.3.3.1
        units, at = _listed(extradata, 6, extradata[5] & 0x1F)
        return (extradata[4] & 3) + 1, (*units, *_listed(extradata, at + 1, extradata[at])[0])
    units, at = [], 23  # 8.3.3.1
    for _ in range(extradata[22]):
        more, at = _listed(extradata, at + 3, int.from_bytes(extradata[at + 1 : at + 3], "big"))
        units += more
    return (extradata[21] & 3) + 1, tuple(unit for unit in units if family.kind(unit) in family.sets)


def with_sets(family: Family, units: Sequence[bytes], sets: Sequence[bytes]) -> list[bytes]:
    """Return the units of a fresh picture with parameter sets in front, unless it brings all kinds of its own."""
    return list(units) if family.complete(units) else [*sets, *units]


def why_not(family: Family, units: Iterable[bytes]) -> str | None:
    """Return why a picture cannot be copied unseen; None: it holds what is looked at and nothing else."""
    for unit in units:
        if family.kind(unit) not in family.known or len(unit) <= family.header or family.layer(unit):
            return "a further picture or something unknown is coded beside them"
        if family.kind(unit) in family.sei and _tells_more(unit[family.header :]):
            return "they carry user data that cannot be read here"
    return None


def _tells_more(payload: bytes) -> bool:
    """Whether supplemental information holds registered user data that FFmpeg does not read."""
    payload = payload.replace(b"\x00\x00\x03", b"\x00\x00")
    at = 0
    while at + 2 < len(payload):
        kind, at = _counted(payload, at)
        size, at = _counted(payload, at)
        if kind == USER_DATA_REGISTERED and payload[at : at + 3] != ATSC:
            return True
        at += size
    return False


def _counted(payload: bytes, at: int) -> tuple[int, int]:
    value = 0
    while at < len(payload) - 1 and payload[at] == 0xFF:
        value, at = value + 0xFF, at + 1
    return value + payload[at], at + 1


def _listed(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    units = []
    for _ in range(count):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        units.append(data[at + 2 : end])
        at = end
    return units, at
