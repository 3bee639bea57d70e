"""Formats of more bits: every value has one of its own, and its brightness."""

from collections.abc import Callable

import av
import numpy as np
import pytest

from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.pixels import convert
from faceerase.streamer.planes import layout_of, plane_views

DEEPER = [
    ("yuv422p", "yuv422p10le"), ("yuv420p9le", "yuv420p10le"), ("gray", "gray10le"), ("gray9le", "gray16le"),
    ("gbrp", "gbrp10le"), ("gbrp14le", "gbrp16le"), ("yuva444p", "yuva444p10le"), ("yuv420p14le", "yuv420p16le"),
]  # fmt: skip


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize(("shallow", "deep"), DEEPER)
def test_a_deeper_format_keeps_every_value_apart(
    noise_picture: Callable[..., av.VideoFrame], shallow: str, deep: str, full_range: bool
) -> None:
    picture = noise_picture(shallow, 65, 49, color_range=1 + full_range)
    before = layout_of(picture)
    old = [view.copy() for view in plane_views(picture, before)]
    converted = convert(picture, EncoderChoice("any", deep, full_range, ()))
    after = layout_of(converted)
    more, top = after.depth - before.depth, (1 << after.depth) - 1
    for number, (one, other) in enumerate(zip(old, plane_views(converted, after), strict=True)):
        assert np.array_equal(other >> more, one)
        spread = number == 3 or (full_range and number not in before.chroma)
        white = other[one == (1 << before.depth) - 1]
        assert (white == (top if spread else (top >> more) << more)).all()
        if not spread:
            assert not (other & ((1 << more) - 1)).any()


def test_the_same_format_is_the_same_picture(noise_picture: Callable[..., av.VideoFrame]) -> None:
    picture = noise_picture("yuv420p")
    assert convert(picture, EncoderChoice("any", "yuv420p", False, ())) is picture


def test_the_deprecated_names_change_no_sample(noise_picture: Callable[..., av.VideoFrame]) -> None:
    picture = noise_picture("yuvj420p", color_range=2)
    old = [view.copy() for view in plane_views(picture, layout_of(picture))]
    new = convert(picture, EncoderChoice("any", "yuv420p", True, ()))
    assert all(np.array_equal(a, b) for a, b in zip(old, plane_views(new, layout_of(new)), strict=True))
