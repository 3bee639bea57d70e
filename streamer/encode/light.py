"""HDR10's static metadata on its way out: into the bitstream by encoder options, into the container by a template.

PyAV lets nobody give a new stream side data; a stream that is made like another one has the other's. So one is made up:
a Matroska file without frames, in memory. Knows nothing of films or frames.
"""

import io
import struct
from fractions import Fraction

import av
from av.container import InputContainer

from faceerase.streamer.decode.light import Light, Mastering

PARAMETERS = {"libx264": "x264-params", "libx265": "x265-params", "libsvtav1": "svtav1-params"}
"""Encoders that write it, and the option that takes it."""

MATROSKA = {
    "h264": "V_MPEG4/ISO/AVC", "hevc": "V_MPEGH/ISO/HEVC", "av1": "V_AV1", "vp9": "V_VP9", "prores": "V_PRORES",
    "ffv1": "V_FFV1",
}  # fmt: skip
"""What Matroska calls the codecs of films that have it."""


def with_light(encoder: str, options: dict[str, str], light: Light) -> dict[str, str]:
    """Return an encoder's options, with those by which it writes the metadata into the bitstream; given ones win."""
    name = PARAMETERS.get(encoder)
    parameters = _parameters(encoder, light)
    if name is None or not parameters:
        return options
    given = [options[name]] if options.get(name) else []
    return {**options, name: ":".join([*parameters, *given])}


def template(codec: str, width: int, height: int, light: Light) -> InputContainer | None:
    """Return a film without frames whose only stream is of a codec and has the metadata; the caller closes it.

    None where there is nothing to be had, or the codec is not one of ``MATROSKA``.
    """
    if light == Light() or codec not in MATROSKA:
        return None
    colour = b""
    if light.content is not None:
        colour += _integer("55BC", light.content[0]) + _integer("55BD", light.content[1])
    if light.mastering is not None:
        it = light.mastering
        values = [*it.red, *it.green, *it.blue, *it.white, it.brightest, it.darkest]
        colour += _element("55D0", b"".join(_real(f"{0x55D1 + at:X}", value) for at, value in enumerate(values)))
    video = _integer("B0", width) + _integer("BA", height) + _element("55B0", colour)
    track = _integer("D7", 1) + _integer("73C5", 1) + _integer("83", 1)  # number, identity, a video
    track += _element("86", MATROSKA[codec].encode()) + _element("E0", video)
    tracks = _element("1654AE6B", _element("AE", track))
    timing = _element("1549A966", _integer("2AD7B1", 1_000_000))
    cluster = _element("1F43B675", _integer("E7", 0))
    head = _element("1A45DFA3", _element("4282", b"matroska"))
    data = io.BytesIO(head + _element("18538067", timing + tracks + cluster))
    return av.open(data, "r", format="matroska")


def _parameters(encoder: str, light: Light) -> list[str]:
    parts = []
    if light.mastering is not None:
        name = "master-display" if encoder == "libx265" else "mastering-display"
        parts.append(f"{name}={_display(encoder, light.mastering)}")
    if light.content is not None:
        name = {"libx264": "cll", "libx265": "max-cll"}.get(encoder, "content-light")
        parts.append(f"{name}={light.content[0]},{light.content[1]}")
    return parts


def _display(encoder: str, it: Mastering) -> str:
    whole = encoder != "libsvtav1"  # x264 and x265 count in the units of H.264 and H.265, SVT-AV1 reads decimals

    def number(value: Fraction, units: int) -> str:
        return str(round(value * units)) if whole else f"{float(value):.12f}"

    def point(value: tuple[Fraction, Fraction]) -> str:
        return f"({number(value[0], 50_000)},{number(value[1], 50_000)})"

    light = f"({number(it.brightest, 10_000)},{number(it.darkest, 10_000)})"
    return f"G{point(it.green)}B{point(it.blue)}R{point(it.red)}WP{point(it.white)}L{light}"


def _element(identity: str, content: bytes) -> bytes:
    """Write an element of EBML: identity, length (in eight bytes), content."""
    return bytes.fromhex(identity) + (1 << 56 | len(content)).to_bytes(8, "big") + content


def _integer(identity: str, value: int) -> bytes:
    return _element(identity, value.to_bytes(8, "big"))


def _real(identity: str, value: Fraction) -> bytes:
    return _element(identity, struct.pack(">d", float(value)))
