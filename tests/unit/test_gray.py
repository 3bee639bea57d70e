"""The gray picture: the luma plane itself, in its own range and depth."""

from collections.abc import Callable

import av
import numpy as np
import pytest

from faceerase.streamer.look.gray import BT709_GBR, gray_of
from faceerase.streamer.planes import layout_of, plane_views

PictureMaker = Callable[..., av.VideoFrame]


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p12le", "gray", "gray10le", "yuva420p"])
def test_the_gray_picture_is_the_luma_plane_and_shares_its_memory(
    noise_picture: PictureMaker, pixel_format: str
) -> None:
    picture = noise_picture(pixel_format, 63, 47)
    gray = gray_of(picture, full_range=False)
    luma = plane_views(picture, layout_of(picture))[0]
    assert gray.samples.shape == (47, 63)
    assert np.shares_memory(gray.samples, luma)


@pytest.mark.parametrize(("pixel_format", "depth"), [("yuv420p", 8), ("yuv420p10le", 10), ("yuv444p12le", 12)])
def test_limited_range_is_stretched(noise_picture: PictureMaker, pixel_format: str, depth: int) -> None:
    gray = gray_of(noise_picture(pixel_format), full_range=False)
    scale = 1 << (depth - 8)
    samples = np.array([[0, 16, 125.5, 235, 255]]) * scale
    assert gray.full_range(samples).tolist() == [[0, 0, 128, 255, 255]]


@pytest.mark.parametrize(("pixel_format", "depth"), [("yuvj420p", 8), ("gray", 8), ("yuv420p10le", 10)])
def test_full_range_is_taken_as_it_is(noise_picture: PictureMaker, pixel_format: str, depth: int) -> None:
    gray = gray_of(noise_picture(pixel_format), full_range=True)
    top = (1 << depth) - 1
    assert gray.full_range(np.array([[0, top / 5, top]])).tolist() == [[0, 51, 255]]
    assert gray.full_range(gray.samples).dtype == np.uint8


@pytest.mark.parametrize("full_range", [True, False])
@pytest.mark.parametrize(("pixel_format", "depth"), [("gbrp", 8), ("gbrp10le", 10), ("gbrap", 8)])
def test_rgb_goes_through_one_luma_conversion(
    noise_picture: PictureMaker, pixel_format: str, depth: int, full_range: bool
) -> None:
    picture = noise_picture(pixel_format, 63, 47)
    green, blue, red = (view.astype(np.float64) for view in plane_views(picture, layout_of(picture))[:3])
    gray = gray_of(picture, full_range)
    luma = (0.7152 * green + 0.0722 * blue + 0.2126 * red) * 255 / ((1 << depth) - 1)
    assert np.abs(gray.full_range(gray.samples) - luma).max() <= 1.5


def test_the_luma_weights_make_white_white() -> None:
    assert sum(BT709_GBR) == pytest.approx(1)


@pytest.mark.parametrize("pixel_format", ["grayf32le", "gbrpf32le"])
def test_light_is_shown_as_a_screen_shows_it(pixel_format: str) -> None:
    picture = av.VideoFrame(5, 1, pixel_format)
    light = np.array([[0, 0.2140, 1, 40, np.nan]], np.float32)
    for view in plane_views(picture, layout_of(picture)):
        view[...] = light
    gray = gray_of(picture, full_range=True)
    assert gray.full_range(gray.samples).tolist() == [[0, 127, 255, 255, 0]]
