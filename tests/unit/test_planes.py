"""Planes as arrays: shared memory, every layout, and formats that are re-packed without loss."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.errors import SourceError
from faceerase.streamer.planes import (
    HALVES,
    REPACKED,
    is_planar,
    layout_of,
    plane_views,
    to_planar,
)

PictureMaker = Callable[..., av.VideoFrame]
Samples = NDArray[Any]

# format: depth, block, number of planes, planes of colour
LAYOUTS = {
    "yuv420p": (8, (2, 2), 3, (0, 1, 2)),
    "yuv422p": (8, (2, 1), 3, (0, 1, 2)),
    "yuv444p": (8, (1, 1), 3, (0, 1, 2)),
    "yuv411p": (8, (4, 1), 3, (0, 1, 2)),
    "yuv440p": (8, (1, 2), 3, (0, 1, 2)),
    "yuv420p10le": (10, (2, 2), 3, (0, 1, 2)),
    "yuv422p10le": (10, (2, 1), 3, (0, 1, 2)),
    "yuv444p12le": (12, (1, 1), 3, (0, 1, 2)),
    "gray": (8, (1, 1), 1, (0,)),
    "gray10le": (10, (1, 1), 1, (0,)),
    "gbrp": (8, (1, 1), 3, (0, 1, 2)),
    "gbrp10le": (10, (1, 1), 3, (0, 1, 2)),
    "yuva420p": (8, (2, 2), 4, (0, 1, 2)),
    "gbrap": (8, (1, 1), 4, (0, 1, 2)),
}
FLOATS = {
    "grayf32le": (32, (1, 1), 1, (0,)),
    "gbrpf32le": (32, (1, 1), 3, (0, 1, 2)),
    "gbrapf32le": (32, (1, 1), 4, (0, 1, 2)),
}
SIZES = [(64, 48), (63, 47), (1, 1), (17, 2)]


@pytest.mark.parametrize("pixel_format", LAYOUTS)
def test_the_layout_of_a_format(noise_picture: PictureMaker, pixel_format: str) -> None:
    depth, block, planes, colour = LAYOUTS[pixel_format]
    picture = noise_picture(pixel_format)
    layout = layout_of(picture)
    assert (layout.depth, layout.block, layout.colour) == (depth, block, colour)
    assert layout.rgb == pixel_format.startswith("gbr")
    assert layout.chroma == ((1, 2) if planes >= 3 and not layout.rgb else ())
    assert len(plane_views(picture, layout)) == planes


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("pixel_format", LAYOUTS)
def test_views_have_the_size_and_type_of_their_plane(
    noise_picture: PictureMaker, pixel_format: str, width: int, height: int
) -> None:
    picture = noise_picture(pixel_format, width, height)
    layout = layout_of(picture)
    across, down = layout.block
    for number, view in enumerate(plane_views(picture, layout)):
        chroma = number in layout.chroma
        assert view.shape == ((-(-height // down), -(-width // across)) if chroma else (height, width))
        assert view.dtype == (np.uint8 if layout.depth == 8 else np.uint16)
        assert int(view.max()) < 1 << layout.depth


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("pixel_format", LAYOUTS)
def test_editing_a_view_edits_the_frame_and_nothing_else(
    noise_picture: PictureMaker, pixel_format: str, width: int, height: int
) -> None:
    picture = noise_picture(pixel_format, width, height)
    layout = layout_of(picture)
    views = plane_views(picture, layout)
    before = [view.copy() for view in views]
    for view in views:
        view[-1, -1] ^= 1
    for view, old, again in zip(views, before, plane_views(picture, layout), strict=True):
        assert np.shares_memory(view, again)
        assert np.argwhere(again != old).tolist() == [[old.shape[0] - 1, old.shape[1] - 1]]


@pytest.mark.parametrize("pixel_format", LAYOUTS)
def test_a_planar_picture_is_left_as_it_is(noise_picture: PictureMaker, pixel_format: str) -> None:
    picture = noise_picture(pixel_format)
    assert is_planar(picture.format)
    assert to_planar(picture) is picture


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le"])
def test_black_is_limited_range_black_and_no_colour(noise_picture: PictureMaker, pixel_format: str) -> None:
    layout = layout_of(noise_picture(pixel_format))
    scale = 1 << (layout.depth - 8)
    assert [layout.neutral(plane) for plane in (0, 1, 2)] == [16 * scale, 128 * scale, 128 * scale]


def test_black_is_zero_in_rgb(noise_picture: PictureMaker) -> None:
    layout = layout_of(noise_picture("gbrp10le"))
    assert [layout.neutral(plane) for plane in (0, 1, 2)] == [0, 0, 0]


@pytest.mark.parametrize(
    "pixel_format",
    [
        "rgbf32le",
        "gbrpf16be",
        "yuv444p10msble",
        "gbrp12msble",
        "xyz12le",
        "bayer_rggb8",
        "rgb4_byte",
        "rgb8",
        "rgb565le",
        "rgb555be",
        "gray32le",
    ],
)
def test_what_cannot_be_held_without_loss_is_refused(pixel_format: str) -> None:
    picture = av.VideoFrame(64, 48, pixel_format)
    with pytest.raises(SourceError, match=pixel_format):
        to_planar(picture)


def test_a_packed_picture_has_no_layout() -> None:
    with pytest.raises(SourceError, match="rgb24 is not planar"):
        layout_of(av.VideoFrame(64, 48, "rgb24"))


# How the samples of packed formats lie, written down apart from FFmpeg.


def lines(picture: av.VideoFrame, plane: int, dtype: str) -> Samples:
    memory = picture.planes[plane]
    return np.frombuffer(memoryview(memory), dtype).reshape(memory.height, -1)


def semi_planar(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    width = picture.format.chroma_width(picture.width)
    luma = lines(picture, 0, dtype)[:, : picture.width] >> shift
    chroma = lines(picture, 1, dtype)[:, : 2 * width] >> shift
    return [luma, chroma[:, order.index("u") :: 2], chroma[:, order.index("v") :: 2]]


def packed_yuv(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    cells = -(-picture.width // 2)
    samples = lines(picture, 0, dtype)[:, : 4 * cells] >> shift
    first = order.index("y")
    luma = samples[:, first::2][:, : picture.width]
    return [luma, samples[:, order.index("u") :: 4], samples[:, order.index("v") :: 4]]


def packed_rgb(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    del shift
    samples = lines(picture, 0, dtype)[:, : len(order) * picture.width]
    return [samples[:, order.index(colour) :: len(order)] for colour in "gbra" if colour in order]


def packed_10_bit_rgb(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    del order, shift
    words = lines(picture, 0, dtype)[:, : picture.width]
    return [(words >> 10) & 1023, words & 1023, (words >> 20) & 1023]


def words_of_three(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    """Three samples of ten bits in a word of 32, lowest first, ``shift`` unused bits below them."""
    words = lines(picture, 0, dtype)[:, : picture.width] >> shift
    return [(words >> (10 * order.index(part))) & 1023 for part in ("yuv" if "y" in order else "gbr")]


def packed_444(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    samples = lines(picture, 0, dtype)[:, : len(order) * picture.width] >> shift
    return [samples[:, order.index(part) :: len(order)] for part in "yuva" if part in order]


def gray_and_alpha(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    del order, shift
    samples = lines(picture, 0, dtype)[:, : 2 * picture.width]
    return [*[samples[:, ::2]] * 3, samples[:, 1::2]]


def one_bit(picture: av.VideoFrame, order: str, dtype: str, shift: int) -> list[Samples]:
    del shift
    bits = np.unpackbits(lines(picture, 0, dtype), axis=1)[:, : picture.width]
    return [(bits == int(order)) * 255]


EIGHT_BIT: dict[str, tuple[Callable[..., list[Samples]], str, str, int]] = {
    "nv12": (semi_planar, "uv", "u1", 0),
    "nv21": (semi_planar, "vu", "u1", 0),
    "nv16": (semi_planar, "uv", "u1", 0),
    "nv24": (semi_planar, "uv", "u1", 0),
    "nv42": (semi_planar, "vu", "u1", 0),
    "yuyv422": (packed_yuv, "yuyv", "u1", 0),
    "uyvy422": (packed_yuv, "uyvy", "u1", 0),
    "yvyu422": (packed_yuv, "yvyu", "u1", 0),
    "rgb24": (packed_rgb, "rgb", "u1", 0),
    "bgr24": (packed_rgb, "bgr", "u1", 0),
    "rgb0": (packed_rgb, "rgb-", "u1", 0),
    "bgr0": (packed_rgb, "bgr-", "u1", 0),
    "0rgb": (packed_rgb, "-rgb", "u1", 0),
    "0bgr": (packed_rgb, "-bgr", "u1", 0),
    "rgba": (packed_rgb, "rgba", "u1", 0),
    "bgra": (packed_rgb, "bgra", "u1", 0),
    "argb": (packed_rgb, "argb", "u1", 0),
    "abgr": (packed_rgb, "abgr", "u1", 0),
    "vyu444": (packed_444, "vyu", "u1", 0),
    "vuyx": (packed_444, "vuy-", "u1", 0),
    "vuya": (packed_444, "vuya", "u1", 0),
    "ayuv": (packed_444, "ayuv", "u1", 0),
    "uyva": (packed_444, "uyva", "u1", 0),
    "ya8": (gray_and_alpha, "", "u1", 0),
    "monow": (one_bit, "0", "u1", 0),
    "monob": (one_bit, "1", "u1", 0),
}
DEEPER: dict[str, tuple[Callable[..., list[Samples]], str, str, int]] = {
    "p010le": (semi_planar, "uv", "<u2", 6),
    "p012le": (semi_planar, "uv", "<u2", 4),
    "p016le": (semi_planar, "uv", "<u2", 0),
    "p210le": (semi_planar, "uv", "<u2", 6),
    "p410le": (semi_planar, "uv", "<u2", 6),
    "y210le": (packed_yuv, "yuyv", "<u2", 6),
    "rgb48le": (packed_rgb, "rgb", "<u2", 0),
    "bgr48le": (packed_rgb, "bgr", "<u2", 0),
    "rgba64le": (packed_rgb, "rgba", "<u2", 0),
    "x2rgb10le": (packed_10_bit_rgb, "", "<u4", 0),
    "x2bgr10le": (words_of_three, "rgb", "<u4", 0),
    "p212le": (semi_planar, "uv", "<u2", 4),
    "p216le": (semi_planar, "uv", "<u2", 0),
    "p412le": (semi_planar, "uv", "<u2", 4),
    "p416le": (semi_planar, "uv", "<u2", 0),
    "y212le": (packed_yuv, "yuyv", "<u2", 4),
    "y216le": (packed_yuv, "yuyv", "<u2", 0),
    "bgra64le": (packed_rgb, "bgra", "<u2", 0),
    "v30xle": (words_of_three, "uyv", "<u4", 2),
    "xv30le": (words_of_three, "uyv", "<u4", 0),
    "xv36le": (packed_444, "uyv-", "<u2", 4),
    "xv48le": (packed_444, "uyv-", "<u2", 0),
    "ayuv64le": (packed_444, "ayuv", "<u2", 0),
    "ya16le": (gray_and_alpha, "", "<u2", 0),
}
WITH_PALETTE = {"pal8"}
SAMPLES = {**EIGHT_BIT, **DEEPER}


def noise(pixel_format: str, width: int, height: int, color_range: int) -> av.VideoFrame:
    picture = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(5)
    for plane in picture.planes:
        plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    picture.pts, picture.time_base, picture.color_range = 7, Fraction(1, 30), color_range
    return picture


def assert_repacked_without_loss(pixel_format: str, width: int, height: int, color_range: int) -> None:
    picture = noise(pixel_format, width, height, color_range)
    samples, order, dtype, shift = SAMPLES[pixel_format]
    expected = samples(picture, order, dtype, shift)
    planar = to_planar(picture)
    assert planar.format.name == REPACKED[pixel_format]
    assert (planar.width, planar.height) == (width, height)
    assert (planar.pts, planar.time_base) == (7, Fraction(1, 30))
    views = plane_views(planar, layout_of(planar))
    for plane, (view, wanted) in enumerate(zip(views, expected, strict=True)):
        assert np.array_equal(view, wanted), f"plane {plane}"


def test_every_repacked_format_is_tested_here() -> None:
    assert set(REPACKED) == set(SAMPLES) | WITH_PALETTE


@pytest.mark.parametrize("color_range", [0, 1, 2])
@pytest.mark.parametrize("pixel_format", SAMPLES)
def test_repacking_loses_nothing(pixel_format: str, color_range: int) -> None:
    assert_repacked_without_loss(pixel_format, 64, 47, color_range)


@pytest.mark.parametrize(("width", "height"), [(63, 47), (17, 2), (854, 48)])
@pytest.mark.parametrize("pixel_format", EIGHT_BIT)
def test_repacking_loses_nothing_at_odd_sizes(pixel_format: str, width: int, height: int) -> None:
    assert_repacked_without_loss(pixel_format, width, height, 1)


@pytest.mark.parametrize("pixel_format", ["nv12", "nv16", "yuyv422", "uyvy422", "rgb24", "bgra", "rgb48le", "p016le"])
def test_and_the_way_back_gives_the_very_bytes(pixel_format: str) -> None:
    picture = noise(pixel_format, 64, 48, 1)
    back = to_planar(picture).reformat(format=pixel_format)
    for plane in range(len(picture.planes)):
        assert np.array_equal(lines(back, plane, "u1"), lines(picture, plane, "u1"))


def test_a_palette_is_looked_up() -> None:
    picture = av.VideoFrame(16, 4, "pal8")
    indices, palette = picture.planes
    indices.update(bytes(range(indices.buffer_size)))
    colours = np.random.default_rng(2).integers(0, 256, (256, 4), dtype=np.uint8)  # blue, green, red, alpha
    palette.update(colours.tobytes().ljust(palette.buffer_size, b"\0"))
    picture.time_base = Fraction(1, 25)
    views = plane_views(planar := to_planar(picture), layout_of(planar))
    shown = colours[lines(picture, 0, "u1")[:, :16]]
    for view, channel in zip(views, (1, 0, 2, 3), strict=True):
        assert np.array_equal(view, shown[..., channel])


@pytest.mark.parametrize("pixel_format", ["yuv420p10be", "yuv444p16be", "gray16be", "gbrp10be"])
def test_big_endian_becomes_little_endian(pixel_format: str) -> None:
    picture = av.VideoFrame(64, 47, pixel_format)
    depth = picture.format.components[0].bits
    rng = np.random.default_rng(6)
    for plane in picture.planes:
        plane.update(rng.integers(0, 1 << depth, plane.buffer_size // 2, dtype=np.uint16).astype(">u2").tobytes())
    picture.time_base = Fraction(1, 25)
    planar = to_planar(picture)
    assert planar.format.name == pixel_format.replace("be", "le")
    for number, view in enumerate(plane_views(planar, layout_of(planar))):
        assert np.array_equal(view, lines(picture, number, ">u2")[:, : view.shape[1]])


BIG_ENDIAN = {"rgb48be": (packed_rgb, "rgb"), "rgba64be": (packed_rgb, "rgba")}


@pytest.mark.parametrize("pixel_format", BIG_ENDIAN)
def test_big_endian_packed_formats_become_planes_at_once(pixel_format: str) -> None:
    picture = noise(pixel_format, 64, 47, 1)
    samples, order = BIG_ENDIAN[pixel_format]
    planar = to_planar(picture)
    for view, wanted in zip(plane_views(planar, layout_of(planar)), samples(picture, order, ">u2", 0), strict=True):
        assert np.array_equal(view, wanted)


@pytest.mark.parametrize(("width", "height"), [(854, 480), (1366, 768)])
@pytest.mark.parametrize("pixel_format", ["p010le", "p210le", "y210le"])
def test_repacking_is_the_same_every_time(pixel_format: str, width: int, height: int) -> None:
    picture = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(5)
    for plane in picture.planes:
        plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    picture.time_base = Fraction(1, 30)
    expected = picture.reformat(format=REPACKED[pixel_format], threads=1)
    wanted = [view.copy() for view in plane_views(expected, layout_of(expected))]
    for _ in range(60):
        planar = to_planar(picture)
        views = plane_views(planar, layout_of(planar))
        assert all(np.array_equal(view, other) for view, other in zip(views, wanted, strict=True))


@pytest.mark.parametrize("pixel_format", FLOATS)
def test_floats_are_planes_too(pixel_format: str) -> None:
    depth, block, planes, colour = FLOATS[pixel_format]
    picture = av.VideoFrame(63, 47, pixel_format)
    layout = layout_of(picture)
    assert (layout.depth, layout.block, layout.colour) == (depth, block, colour)
    assert (layout.floating, layout.white, layout.neutral(0)) == (True, 1, 0)
    views = plane_views(picture, layout)
    assert [(view.shape, view.dtype) for view in views] == [((47, 63), np.dtype(np.float32))] * planes
    assert to_planar(picture) is picture


@pytest.mark.parametrize(("name", "planes"), [("grayf16le", 1), ("gbrpf16le", 3), ("gbrapf16le", 4)])
def test_floats_of_16_bits_become_the_same_values_of_32(name: str, planes: int) -> None:
    picture = av.VideoFrame(63, 47, name)
    values = [np.random.default_rng(n).normal(0.5, 40, (47, 63)).astype("<f2") for n in range(planes)]
    for plane, samples in zip(picture.planes, values, strict=True):
        rows = np.zeros((47, plane.line_size // 2), "<f2")
        rows[:, :63] = samples
        plane.update(rows.tobytes())
    picture.time_base = Fraction(1, 24)
    assert not is_planar(picture.format)
    planar = to_planar(picture)
    assert planar.format.name == HALVES[name]
    for view, samples in zip(plane_views(planar, layout_of(planar)), values, strict=True):
        assert np.array_equal(view, samples.astype(np.float32))


@pytest.mark.parametrize("color_range", [0, 1, 2])
@pytest.mark.parametrize("pixel_format", ["ya8", "ya16le", "ya16be"])
def test_gray_with_alpha_stands_in_all_three_colours(pixel_format: str, color_range: int) -> None:
    picture = noise(pixel_format, 63, 47, color_range)
    dtype = "u1" if pixel_format == "ya8" else ">u2" if pixel_format.endswith("be") else "<u2"
    both = lines(picture, 0, dtype)
    planar = to_planar(picture)
    assert (planar.format.name, planar.pts) == ("gbrap" if pixel_format == "ya8" else "gbrap16le", 7)
    for view, first in zip(plane_views(planar, layout_of(planar)), (0, 0, 0, 1), strict=True):
        assert np.array_equal(view, both[:, first::2][:, :63])
