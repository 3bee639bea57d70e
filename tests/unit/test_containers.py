"""Every kind of file as a target: as many frames as before, at the same times, in a codec that it holds."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from passing import pass_through

from faceerase.errors import SinkError
from faceerase.streamer.decode.source import FilmSource

FilmMaker = Callable[..., Path]

KINDS = {
    # suffix: FFmpeg's name; codec and pixel format of the source; codec and tick of the result (None: the source's)
    ".mp4": ("mp4", "libx264", "yuv420p", "h264", None),
    ".m4v": ("mp4", "libx264", "yuv420p", "h264", None),
    ".mov": ("mov", "prores_ks", "yuv422p10le", "prores", None),
    ".mkv": ("matroska", "libx264", "yuv420p", "h264", Fraction(1, 1000)),
    ".webm": ("webm", "libx264", "yuv420p", "vp9", Fraction(1, 1000)),
    ".avi": ("avi", "mjpeg", "yuvj422p", "mjpeg", Fraction(1001, 30_000)),
    ".ts": ("mpegts", "libx264", "yuv420p", "h264", Fraction(1, 90_000)),
    ".m2ts": ("mpegts", "libx264", "yuv420p", "h264", Fraction(1, 90_000)),
    ".mxf": ("mxf", "prores_ks", "yuv422p10le", "prores", Fraction(1001, 30_000)),
}


def copy(source: Path, target: Path, codec: str = "auto") -> Path:
    pass_through(source, target, codec=codec)
    return target


@pytest.mark.parametrize("suffix", KINDS)
def test_in_and_out(tmp_path: Path, make_film: FilmMaker, suffix: str) -> None:
    name, codec, pixel_format, coded, tick = KINDS[suffix]
    ticks, b_frames = Fraction(1, 30_000), 2 * (codec == "libx264")
    times = [number * 1001 for number in range(12)]
    source = make_film(tmp_path / "in.mov", codec=codec, pixel_format=pixel_format, times=times, time_base=ticks,
                       b_frames=b_frames, rate=Fraction(30_000, 1001))  # fmt: skip
    target = copy(source, tmp_path / f"out{suffix}")
    result = FilmSource(target)
    frames = list(result.frames())
    assert (result.info.codec, len(frames), result.lost) == (coded, 12, [])
    assert result.info.time_base == tick or tick is None
    if tick is None:
        assert result.info.time_base == FilmSource(source).info.time_base
    begins = frames[0].pts * frames[0].time_base
    for frame, time in zip(frames, times, strict=True):
        assert abs(frame.pts * frame.time_base - begins - time * ticks) <= result.info.time_base / 2
    with av.open(str(target)) as film:
        assert name in film.format.name
    again = copy(target, tmp_path / "again.mkv", "ffv1")
    assert len(list(FilmSource(again).frames())) == 12


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".m4v"])
def test_the_index_comes_first(tmp_path: Path, make_film: FilmMaker, suffix: str) -> None:
    data = copy(make_film(tmp_path / "in.mkv"), tmp_path / f"out{suffix}", "h264").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("suffix", "codec", "works"),
    [
        (".webm", "h264", "av1, vp9"),
        (".mxf", "h264", "dnxhd, prores"),
        (".mxf", "ffv1", "dnxhd, prores"),
        (".ts", "av1", "h264, hevc"),
        (".mp4", "prores", "av1, h264, hevc"),
    ],
)
def test_a_codec_that_does_not_go_in_is_refused_with_those_that_do(
    tmp_path: Path, make_film: FilmMaker, suffix: str, codec: str, works: str
) -> None:
    source = make_film(
        tmp_path / "in.mkv", codec="ffv1", pixel_format="yuv420p" if codec != "prores" else "yuv422p10le"
    )
    (tmp_path / "out").mkdir()
    with pytest.raises(
        SinkError, match=rf"out{suffix}: .* does not go into {suffix} files; .* one of {works}"
    ) as caught:
        copy(source, tmp_path / "out" / f"out{suffix}", codec)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_mxf_cannot_keep_of_a_picture_is_refused(tmp_path: Path, make_film: FilmMaker) -> None:
    with pytest.raises(SinkError, match="prores_ks and dnxhd cannot encode yuv420p; choose a --pix-fmt"):
        copy(make_film(tmp_path / "in.mp4"), tmp_path / "out.mxf")
