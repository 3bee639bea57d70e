"""What a written film has kept of its source's picture, told from the two files, so that nothing is lost in silence.

Knows nothing of encoders, or of why something was lost.
"""

from collections.abc import Iterator
from fractions import Fraction

import av

from faceerase.streamer.decode import chroma
from faceerase.streamer.decode.display import BOTTOM_FIRST, PROGRESSIVE, TOP_FIRST, Matrix
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.light import Mastering

UNSPECIFIED = 2
"""In H.273's tables of primaries, transfer characteristics and matrices."""


def unknown(info: FilmInfo) -> list[str]:
    """Return remarks on what of a source's picture cannot be known, and so not be kept."""
    if info.chroma_location is not None:
        return []
    return [f"chroma location unknown: neither the {info.codec} stream nor its container says where chroma lies"]


def not_kept(before: FilmInfo, after: FilmInfo) -> list[str]:
    """Return remarks on what of the picture is not as it was; what the source does not say is not missed."""
    return [f"{what} not kept: {one} became {other}" for what, one, other in _differences(before, after)]


def _differences(before: FilmInfo, after: FilmInfo) -> Iterator[tuple[str, str, str]]:
    if (before.width, before.height) != (after.width, after.height):
        yield "picture size", f"{before.width}×{before.height}", f"{after.width}×{after.height}"
    if (before.aspect or 1) != (after.aspect or 1):
        yield "sample aspect ratio", _ratio(before.aspect), _ratio(after.aspect)
    if before.display_matrix != after.display_matrix:
        yield "display matrix", _matrix(before.display_matrix), _matrix(after.display_matrix)
    if before.field_order != PROGRESSIVE and _first_field(before.field_order) != _first_field(after.field_order):
        yield "field order", _first_field(before.field_order), _first_field(after.field_order)
    if before.full_range != after.full_range:
        yield "colour range", _range(before.full_range), _range(after.full_range)
    for what in ("color_primaries", "color_trc", "colorspace"):
        one, other = getattr(before, what), getattr(after, what)
        # Matrix 0 is RGB's, which some codecs say and some imply
        if one not in (UNSPECIFIED, 0) and one != other:
            yield NAMES[what], str(one), str(other)
    here, there = before.chroma_location, after.chroma_location
    # The left is what is meant where nothing is said
    if here not in (None, chroma.UNSPECIFIED, there) and (here, there) != ("left", None):
        yield "chroma location", str(here), there or "unknown"
    if has_alpha(before.pixel_format) and not has_alpha(after.pixel_format):
        yield "alpha", before.pixel_format, after.pixel_format
    if before.light.mastering is not None and before.light.mastering != after.light.mastering:
        yield "mastering display", _display(before.light.mastering), _display(after.light.mastering)
    if before.light.content is not None and before.light.content != after.light.content:
        yield "content light level", _levels(before.light.content), _levels(after.light.content)


NAMES = {"color_primaries": "colour primaries", "color_trc": "transfer characteristics", "colorspace": "colour matrix"}


def has_alpha(pixel_format: str) -> bool:
    """Whether a pixel format has a transparency beside its colours."""
    return any(component.is_alpha for component in av.VideoFormat(pixel_format).components)


def _ratio(aspect: Fraction | None) -> str:
    return f"{aspect.numerator}:{aspect.denominator}" if aspect else "1:1"


def _matrix(matrix: Matrix | None) -> str:
    return "none" if matrix is None else str(matrix)


def _range(full: bool) -> str:
    return "full" if full else "limited"


def _first_field(order: int) -> str:
    if order in TOP_FIRST:
        return "top field first"
    if order in BOTTOM_FIRST:
        return "bottom field first"
    return "progressive" if order == PROGRESSIVE else "interlaced, order unknown"


def _display(it: Mastering | None) -> str:
    if it is None:
        return "none"
    points = " ".join(f"{float(x):.5f},{float(y):.5f}" for x, y in (it.red, it.green, it.blue, it.white))
    return f"{points} {float(it.darkest):.5f}–{float(it.brightest):g} cd/m²"


def _levels(content: tuple[int, int] | None) -> str:
    return "none" if content is None else f"{content[0]}/{content[1]} cd/m²"
