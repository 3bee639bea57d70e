"""How a source's pictures are coded, as far as copying them has to know.

Where one needs nothing before it, what else is in it, and how it goes between pictures of an encoder. Knows nothing of
files.
"""

from dataclasses import dataclass
from typing import Protocol

from faceerase.streamer.encode.copying import jpeg, nal


class Coding(Protocol):
    """One per kind of codec."""

    def fresh(self, data: bytes, key: bool) -> bool:
        """Whether a picture needs nothing of what was before it, nor does anything that follows."""
        ...

    def why_not(self, data: bytes) -> str | None:
        """Return why a picture cannot be copied, or None."""
        ...

    def copied(self, data: bytes, first: bool) -> bytes:
        """Return a picture of the source as it is written; ``first`` of a group."""
        ...

    def encoded(self, data: bytes, header: bytes) -> bytes:
        """Return the first picture of a new encoder with a header as it is written."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Codecs whose packets stand for themselves: ProRes, DNxHD, FFV1, and JPEG with a look into each."""

    is_jpeg: bool = False

    def fresh(self, data: bytes, key: bool) -> bool:
        """Whether the container calls it a key frame."""
        return key

    def why_not(self, data: bytes) -> str | None:
        """Return why a picture cannot be copied, or None."""
        return jpeg.why_not(data) if self.is_jpeg else None

    def copied(self, data: bytes, first: bool) -> bytes:
        """Return the very bytes."""
        return data

    def encoded(self, data: bytes, header: bytes) -> bytes:
        """Return the very bytes."""
        return data


class InUnits:
    """H.264 and H.265: written with start codes, and with their parameter sets before each fresh picture."""

    def __init__(self, codec: str, extradata: bytes) -> None:
        """Read the header.

        Raises:
            ValueError, IndexError: it is none.
        """
        self._family = nal.FAMILIES[codec]
        self._codec = codec
        self._length_size, self._sets = nal.header_of(codec, extradata)
        self._changing = False

    def fresh(self, data: bytes, key: bool) -> bool:
        """Whether it is an IDR picture; recovery points and CRA pictures lean on what was before them."""
        family = self._family
        return any(family.kind(unit) in family.fresh and not family.layer(unit) for unit in self._units(data))

    def why_not(self, data: bytes) -> str | None:
        """Return why a picture cannot be copied, or None."""
        try:
            units = nal.split(data, self._length_size)
        except ValueError as error:
            return str(error)
        sets = [unit for unit in units if self._family.kind(unit) in self._family.sets]
        self._changing = self._changing or any(unit not in self._sets for unit in sets)
        if self._changing and self.fresh(data, True) and not self._family.complete(sets):
            return "their parameter sets change on the way"
        return nal.why_not(self._family, units)

    def copied(self, data: bytes, first: bool) -> bytes:
        """Return the same units with start codes, parameter sets before the first."""
        units = self._units(data)
        return nal.join(nal.with_sets(self._family, units, self._sets) if first else units)

    def encoded(self, data: bytes, header: bytes) -> bytes:
        """Return the encoder's packet, its parameter sets in front."""
        _, sets = nal.header_of(self._codec, header)
        return nal.join(nal.with_sets(self._family, nal.split(data, 0), sets))

    def _units(self, data: bytes) -> list[bytes]:
        try:
            return nal.split(data, self._length_size)
        except ValueError:
            return []


def coding_of(codec: str, extradata: bytes) -> Coding | None:
    """Return how a codec (FFmpeg's canonical name) is copied; None: it is not, or its header cannot be read."""
    if codec in nal.FAMILIES:
        try:
            return InUnits(codec, extradata)
        except (ValueError, IndexError):
            return None
    return Plain(codec == "mjpeg") if codec in {"prores", "dnxhd", "ffv1", "mjpeg"} else None
