"""How bright a film was meant to be shown: HDR10's static metadata, read from a decoded frame, exact.

Decoders put here what stands in the bitstream and what stands in the container. Knows nothing of encoders.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction

import av
from av.sidedata.sidedata import Type

from faceerase.streamer.decode.side_data import side_data_of

Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Mastering:
    """The display that a film was graded on (SMPTE ST 2086); a pair of parts may be unknown.

    Attributes:
        red, green, blue, white: CIE 1931 (x, y).
        darkest: its black, in cd/m².
        brightest: its white, in cd/m².
    """

    red: Point
    green: Point
    blue: Point
    white: Point
    darkest: Fraction
    brightest: Fraction


@dataclass(frozen=True, slots=True)
class Light:
    """``mastering``; and ``content``: greatest light level of a pixel and of a frame (MaxCLL, MaxFALL), in cd/m²."""

    mastering: Mastering | None = None
    content: tuple[int, int] | None = None


def light_of(picture: av.VideoFrame) -> Light:
    """Return the static HDR metadata of a frame; nothing where there is none, or only half of a display's."""
    mastering = content = None
    for data in side_data_of(picture):
        if data.type is Type.MASTERING_DISPLAY_METADATA:
            mastering = _mastering(bytes(data))
        elif data.type is Type.CONTENT_LIGHT_LEVEL:
            content = struct.unpack_from("=II", bytes(data))
    return Light(mastering, content if content and any(content) else None)  # 0 is "unknown" in the standards


def _mastering(data: bytes) -> Mastering | None:
    """Read FFmpeg's ``AVMasteringDisplayMetadata``: ten rationals (R, G, B, white, least, greatest), two flags."""
    numbers = struct.unpack_from("=22i", data)
    if not (numbers[20] and numbers[21] and all(numbers[1:20:2])):
        return None
    values = [Fraction(numbers[at], numbers[at + 1]) for at in range(0, 20, 2)]
    red, green, blue, white = zip(values[0:8:2], values[1:8:2], strict=True)
    return Mastering(red, green, blue, white, values[8], values[9])
