"""Encodes FFV1 as a source was: with the options by which the encoder writes the source's very header.

The header is range coded; instead of reading it, likely options are tried. Knows nothing of films.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

SLICES = ("4", "6", "9", "12", "16", "20", "24", "30")
CODERS = ("range_def", "rice", "range_tab")


def options_like(
    header: bytes, size: tuple[int, int], pixel_format: str, options: Mapping[str, str]
) -> dict[str, str] | None:
    """Return an encoder's options under which its header is a film's; None: no likely ones do that.

    Args:
        header: extradata of the film; empty: an old version without.
        size: width and height in pixels.
        pixel_format: that is encoded.
        options: that are asked for; they stay.
    """
    for likely in _likely(bool(header)):
        tried = {**likely, **options}
        if _header(size, pixel_format, tried) == header:
            return tried
    return None


def _likely(has_header: bool) -> Iterator[dict[str, str]]:
    if not has_header:
        yield {"level": "1", "g": "1"}
        return
    yield {}
    for slices, check, gop, coder, context in product((*SLICES, None), "10", ("1", "12"), CODERS, "01"):
        usual = {"level": "3", "slicecrc": check, "g": gop, "coder": coder, "context": context}
        yield usual | ({"slices": slices} if slices else {})


def _header(size: tuple[int, int], pixel_format: str, options: dict[str, str]) -> bytes | None:
    context = av.CodecContext.create("ffv1", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt, context.time_base = pixel_format, Fraction(1, 25)
    context.flags |= Flags.global_header
    context.options = options
    try:
        context.open()
    except (av.error.FFmpegError, ValueError):
        return None
    return context.extradata or b""
