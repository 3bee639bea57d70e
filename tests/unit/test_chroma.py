"""Where chroma lies: read where the bitstream says so, written again, and said where nobody can know."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from passing import pass_through

from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.kept import unknown


def write(path: Path, encoder: str, location: str | None, pixel_format: str = "yuv420p") -> Path:
    options = {"threads": "1"} | ({"chroma_sample_location": location} if location else {})
    if encoder == "libx265":
        options["x265-params"] = "log-level=error"
    with av.open(str(path), "w") as film:
        stream = film.add_stream(encoder, rate=25, options=options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = 64, 64, pixel_format
        context.color_range = 2 if encoder == "mjpeg" else 1
        rng = np.random.default_rng(3)
        for number in range(4):
            picture = av.VideoFrame(64, 64, pixel_format)
            for plane in picture.planes:
                plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
            picture.pts, picture.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


def copy(source: Path, target: Path, codec: str) -> list[str]:
    return pass_through(source, target, codec=codec).told


@pytest.mark.parametrize(
    ("encoder", "suffix", "location"),
    [
        ("libx264", ".mp4", "topleft"),
        ("libx264", ".ts", "center"),
        ("libx264", ".mkv", "top"),
        ("libx265", ".mkv", "topleft"),
        ("libx265", ".ts", "center"),
        ("ffv1", ".mkv", "topleft"),
        ("libsvtav1", ".mp4", "topleft"),
    ],
)
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_location_is_read_and_written(tmp_path: Path, encoder: str, suffix: str, location: str, codec: str) -> None:
    source = write(tmp_path / f"in{suffix}", encoder, location)
    assert FilmSource(source).info.chroma_location == location
    assert copy(source, tmp_path / "out.mp4", codec) == []
    assert FilmSource(tmp_path / "out.mp4").info.chroma_location == location


def test_h264_that_does_not_say_means_the_left(tmp_path: Path) -> None:
    source = write(tmp_path / "in.mp4", "libx264", None)
    assert FilmSource(source).info.chroma_location == "left"
    assert unknown(FilmSource(source).info) == []
    assert copy(source, tmp_path / "out.mp4", "h264") == []
    assert FilmSource(tmp_path / "out.mp4").info.chroma_location == "left"
    assert copy(source, tmp_path / "out.mkv", "ffv1") == []


def test_what_the_standard_says_is_written_down(tmp_path: Path) -> None:
    source = write(tmp_path / "in.mov", "mjpeg", None, "yuvj420p")
    assert copy(source, tmp_path / "out.mp4", "h264") == []
    assert FilmSource(tmp_path / "out.mp4").info.chroma_location == "center"


def test_what_nobody_can_know_is_said(tmp_path: Path) -> None:
    info = FilmSource(write(tmp_path / "in.mkv", "ffv1", None)).info
    assert unknown(info) == [
        "chroma location unknown: neither the ffv1 stream nor its container says where chroma lies"
    ]
    assert unknown(replace(info, chroma_location="left")) == []
    film = write(tmp_path / "in.mp4", "libx264", "topleft")
    assert copy(film, tmp_path / "out.webm", "vp9") == []
    assert copy(film, tmp_path / "out.avi", "ffv1") == ["chroma location not kept: topleft became unknown"]


@pytest.mark.parametrize("pixel_format", ["yuv422p", "yuv444p", "gray"])
def test_without_subsampling_both_ways_there_is_no_question(tmp_path: Path, pixel_format: str) -> None:
    info = FilmSource(write(tmp_path / "in.mkv", "ffv1", None, pixel_format)).info
    assert unknown(info) == []
