"""Every way in which films tell time: what the decoder shows is what comes out, as often and when it is shown."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from passing import pass_through

from faceerase.streamer.decode.source import FilmSource

TARGETS = [".mp4", ".mov", ".mkv", ".ts"]
NTSC = {"23.976": Fraction(24_000, 1001), "29.97": Fraction(30_000, 1001), "59.94": Fraction(60_000, 1001)}

Stamp = tuple[int, int]


def write(
    path: Path, times: Sequence[int], time_base: Fraction, rate: Fraction = Fraction(25), stamps: Sequence[Stamp] = ()
) -> Path:
    """Write H.264 with B-frames; with ``stamps`` Motion JPEG whose packets say what they like (pts, dts)."""
    options = {"avoid_negative_ts": "disabled"}
    if path.suffix in {".mp4", ".mov"}:
        options |= {"video_track_timescale": str(time_base.denominator), "movie_timescale": "240000"}
    codec, pixel_format = ("mjpeg", "yuvj420p") if stamps else ("libx264", "yuv420p")
    with av.open(str(path), "w", options=options) as film:
        stream = film.add_stream(codec, rate=rate, options={} if stamps else {"bf": "2", "g": "5", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        stream.time_base = stream.codec_context.time_base = time_base
        packets = []
        for number, time in enumerate(times):
            picture = av.VideoFrame.from_ndarray(np.full((72, 64), 15 * number, np.uint8), format="yuv420p")
            picture = picture.reformat(format=pixel_format)
            picture.pts, picture.time_base = time, time_base
            packets += stream.encode(picture)
        packets += stream.encode(None)
        for packet, stamp in zip(packets, stamps, strict=False):
            packet.pts, packet.dts = stamp
        film.mux(packets)
    return path


def decoded(path: Path) -> list[Fraction]:
    """When FFmpeg shows what it decodes."""
    with av.open(str(path)) as film:
        return [picture.pts * picture.time_base for picture in film.decode(video=0)]


def copy(source: Path, target: Path) -> FilmSource:
    return pass_through(source, target, codec="h264").film


def same_times(source: Path, target: Path, shown: Sequence[Fraction] | None = None) -> None:
    """Copy a film, and compare: as many frames, within half a tick of the target's, and nothing called lost."""
    film = copy(source, target)
    before, after = shown or decoded(source), decoded(target)
    with av.open(str(target)) as result:
        tick = result.streams.video[0].time_base
    assert tick is not None
    assert film.lost == []
    assert len(after) == len(before)
    assert max(abs(one - two) for one, two in zip(before, after, strict=True)) <= tick / 2
    if source.suffix == target.suffix == ".mp4":
        assert tick == film.info.time_base
        assert after == list(before)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", TARGETS)
def test_uneven_frames(tmp_path: Path, source: str, target: str) -> None:
    film = write(tmp_path / f"in{source}", [0, 33, 120, 160, 360, 401, 420, 900], Fraction(1, 1000))
    same_times(film, tmp_path / f"out{target}")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", TARGETS)
def test_a_late_start(tmp_path: Path, source: str, target: str) -> None:
    film = write(tmp_path / f"in{source}", [1001 * number for number in range(77, 85)], Fraction(1, 30_000))
    assert decoded(film)[0] > 2
    same_times(film, tmp_path / f"out{target}")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", [".mp4", ".mov", ".mkv", ".ts"])
def test_reordered_frames_whose_first_dts_is_before_zero(tmp_path: Path, source: str, target: str) -> None:
    film = write(tmp_path / f"in{source}", range(9), Fraction(1, 25))
    with av.open(str(film)) as opened:
        stamps = [packet.dts for packet in opened.demux(video=0) if packet.size]
        assert stamps[0] is None or stamps[0] < 0
    same_times(film, tmp_path / f"out{target}")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", [".mp4", ".mov"])
def test_an_edit_list_that_leaves_out_the_first_frames(tmp_path: Path, source: str, target: str) -> None:
    film = write(tmp_path / f"in{source}", range(-3, 8), Fraction(1, 25))
    with av.open(str(film)) as opened:
        assert sum(bool(packet.size) for packet in opened.demux(video=0)) == 11
    assert len(decoded(film)) == 8
    same_times(film, tmp_path / f"out{target}")


@pytest.mark.parametrize("rate", NTSC)
@pytest.mark.parametrize("target", TARGETS)
def test_ntsc_rates_are_exact(tmp_path: Path, rate: str, target: str) -> None:
    exact = NTSC[rate]
    times = [number * 1001 for number in range(10)]
    film = write(tmp_path / "in.mp4", times, Fraction(1, exact.numerator), exact)
    same_times(film, tmp_path / f"out{target}")
    assert FilmSource(tmp_path / f"out{target}").info.rate == exact
    if target in {".mp4", ".mov"}:
        assert decoded(tmp_path / f"out{target}") == [number / exact for number in range(10)]


@pytest.mark.parametrize("source", [".mp4", ".mkv"])
def test_backward_and_repeated_times_are_repaired_and_told(tmp_path: Path, source: str) -> None:
    stamps = [(200, 0), (240, 40), (240, 80), (320, 120), (290, 160), (400, 200)]
    film = write(tmp_path / f"in{source}", [40 * number for number in range(6)], Fraction(1, 1000), stamps=stamps)
    repaired = [Fraction(200 + 40 * number, 1000) for number in range(6)]
    assert decoded(film) != repaired
    same_times(film, tmp_path / "out.mp4", repaired)
    assert [text for text in copy(film, tmp_path / "again.mkv").remarks if "repaired from the DTS" in text]


def test_avi_which_stores_no_presentation_times(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "in.avi", codec="mpeg4", b_frames=2)
    same_times(film, tmp_path / "out.mp4")
