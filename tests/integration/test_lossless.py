"""From film to film without a network: outside the matte every sample is the decoder's own, in every format.

FFV1 holds most formats as they are; the others are re-packed without loss, and that is said.
"""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from passing import pass_through

from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import LISTED_ONLY
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.planes import REPACKED, PlaneArray, is_planar, layout_of, plane_views

WIDTH, HEIGHT = 65, 49
MASK = FrameMask((Region(Box(21, 9, 44, 37), np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 1.0, 1),))

FFV1 = [
    video_format.name
    for video_format in av.Codec("ffv1", "w").video_formats or []
    if (is_planar(video_format) or video_format.name in REPACKED) and video_format.name not in LISTED_ONLY["ffv1"]
]
"""Whatever FFV1 encodes; what it only lists is floating point."""

RAW = ["nv12", "nv21", "uyvy422", "yuyv422", "rgb24", "bgr24", "argb", "rgba", "rgb48be", "gbrp", "gbrap", "vuya",
       "yuv422p10be", "gray16be", "gray10be", "monow"]  # fmt: skip
"""Those that the muxer of raw pictures has a name for."""


def noise(pixel_format: str, seed: int) -> av.VideoFrame:
    """A picture that uses the whole depth of its format."""
    picture = av.VideoFrame(WIDTH, HEIGHT, pixel_format)
    rng = np.random.default_rng(seed)
    bits = max(component.bits for component in picture.format.components)
    for plane in picture.planes:
        if bits > 8:
            samples = rng.integers(0, 1 << bits, plane.buffer_size // 2)
            plane.update(samples.astype(">u2" if picture.format.is_big_endian else "<u2").tobytes())
        else:
            plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    picture.pts, picture.time_base = seed, Fraction(1, 25)
    return picture


def write(path: Path, codec: str, pixel_format: str, color_range: int = 1) -> Path:
    with av.open(str(path), "w") as film:
        stream = film.add_stream(codec, rate=25, options={"threads": "1"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, pixel_format
        context.color_range = color_range
        for number in range(3):
            picture = noise(pixel_format, number)
            picture.color_range = color_range
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


def anonymise(source: Path, target: Path, codec: str) -> tuple[list[str], list[Matte]]:
    anonymizer, mattes = PlaneAnonymizer("inpaint"), []

    def erase(frame: Frame) -> tuple[Frame, Matte]:
        clean, matte = anonymizer.erase(frame, MASK)
        mattes.append(matte)
        return clean, matte

    passed = pass_through(source, target, erase=erase, codec=codec)
    return [*passed.choice.remarks, *passed.film.remarks, *passed.told], mattes


def planes(path: Path) -> tuple[FilmInfo, list[tuple[PlaneArray, ...]]]:
    film = FilmSource(path)
    pictures = [frame.picture for frame in film.frames()]
    return film.info, [tuple(view.copy() for view in plane_views(p, layout_of(p))) for p in pictures]


def erased(matte: Matte, plane: PlaneArray) -> NDArray[np.bool_]:
    """Return which samples of a plane belong to an erased cell."""
    if plane.shape == matte.cells.shape:
        return matte.cells > 0
    return matte.luma() > 0


def assert_same_outside(source: Path, target: Path, mattes: list[Matte]) -> None:
    before, after = planes(source), planes(target)
    assert after[0].planar_format == before[0].planar_format
    assert after[0].full_range == before[0].full_range
    colours = 1 if "gray" in before[0].planar_format else 3
    for matte, one, other in zip(mattes, before[1], after[1], strict=True):
        assert not matte.empty
        for number, (old, new) in enumerate(zip(one, other, strict=True)):
            gone = erased(matte, old)
            assert np.array_equal(old[~gone], new[~gone]), f"plane {number}"
            if number < colours:
                assert (old[gone] != new[gone]).mean() > 0.4
            else:
                assert np.array_equal(old, new), "alpha is no picture"


@pytest.mark.parametrize("pixel_format", FFV1)
def test_ffv1_holds_every_format_to_the_bit(tmp_path: Path, pixel_format: str) -> None:
    becomes_rgb = pixel_format == "ya8"
    source = write(tmp_path / "in.mkv", "ffv1", pixel_format, color_range=2 if becomes_rgb else 1)
    remarks, mattes = anonymise(source, tmp_path / "out.mkv", "ffv1")
    assert_same_outside(source, tmp_path / "out.mkv", mattes)
    repacked = FilmSource(source).info.pixel_format in REPACKED
    assert bool([remark for remark in remarks if "re-packed losslessly" in remark]) == repacked


@pytest.mark.parametrize("pixel_format", RAW)
def test_other_formats_are_repacked_without_loss_and_it_is_said(tmp_path: Path, pixel_format: str) -> None:
    source = write(tmp_path / "in.nut", "rawvideo", pixel_format)
    remarks, mattes = anonymise(source, tmp_path / "out.mkv", "ffv1")
    assert_same_outside(source, tmp_path / "out.mkv", mattes)
    before, after = FilmSource(source).info, FilmSource(tmp_path / "out.mkv").info
    if before.pixel_format != after.pixel_format:
        assert [remark for remark in remarks if pixel_format in remark]


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "gray", "gray12le"])
@pytest.mark.parametrize("color_range", [1, 2])
def test_the_range_is_kept_and_changes_no_sample(tmp_path: Path, pixel_format: str, color_range: int) -> None:
    source = write(tmp_path / "in.mkv", "ffv1", pixel_format, color_range)
    remarks, mattes = anonymise(source, tmp_path / "out.mkv", "ffv1")
    assert FilmSource(tmp_path / "out.mkv").info.color_range == color_range
    assert_same_outside(source, tmp_path / "out.mkv", mattes)
    assert remarks == []


@pytest.mark.parametrize(
    ("codec", "pixel_format", "suffix"),
    [
        ("vp9", "yuv420p", ".webm"),
        ("av1", "yuv420p10le", ".mp4"),
        ("prores", "yuv422p10le", ".mov"),
        ("h264", "yuv444p", ".mp4"),
        ("h264", "bgr0", ".mkv"),
        ("hevc", "gray12le", ".mkv"),
        ("mjpeg", "yuv420p", ".mov"),
    ],
)
def test_an_odd_size_stays_what_it_is(tmp_path: Path, codec: str, pixel_format: str, suffix: str) -> None:
    source = write(tmp_path / "in.mkv", "ffv1", pixel_format)
    remarks, _ = anonymise(source, tmp_path / f"out{suffix}", codec)
    before, after = FilmSource(source).info, FilmSource(tmp_path / f"out{suffix}").info
    assert (after.width, after.height) == (WIDTH, HEIGHT)
    assert after.full_range == before.full_range
    assert not [remark for remark in remarks if "not kept" in remark]
