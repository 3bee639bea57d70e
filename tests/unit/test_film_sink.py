"""The film that is written: whole and checked under its name, or not there at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType
from passing import NO_MATTE, choice_for, pass_through

from faceerase.errors import SinkError, SourceError, VerificationError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.frame import Frame

FilmMaker = Callable[..., Path]
TURNED = (0, 1 << 16, 0, -1 << 16, 0, 0, 64 << 16, 0, 1 << 30)


def open_sink(target: Path, info: FilmInfo, codec: str = "ffv1") -> FilmSink:
    return FilmSink(target, info, choice_for(info, target, codec=codec))


def copy(source: Path, target: Path, codec: str = "ffv1") -> list[str]:
    return pass_through(source, target, codec=codec).told


def pictures(path: Path) -> Iterator[tuple[Fraction, bytes]]:
    for frame in FilmSource(path).frames():
        picture = frame.picture
        samples = b"".join(
            bytes(np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)[:, : plane.width])
            for plane in picture.planes
        )
        yield frame.pts * frame.time_base, samples


def test_a_lossless_copy_has_the_same_pictures_at_the_same_times(tmp_path: Path, make_film: FilmMaker) -> None:
    source = make_film(tmp_path / "source.mkv", codec="ffv1", times=[0, 1, 2, 5, 6, 11])
    assert copy(source, tmp_path / "copy.mkv") == []
    assert list(pictures(tmp_path / "copy.mkv")) == list(pictures(source))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_uneven_times_are_kept(tmp_path: Path, make_film: FilmMaker, suffix: str) -> None:
    times = [0, 3, 4, 9, 20, 21]
    source = make_film(tmp_path / f"source{suffix}", times=[40 * t for t in times], time_base=Fraction(1, 1000))
    copy(source, tmp_path / f"copy{suffix}", "h264")
    assert [time for time, _ in pictures(tmp_path / f"copy{suffix}")] == [Fraction(t, 25) for t in times]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_the_same_film_twice_gives_the_same_bytes(tmp_path: Path, make_film: FilmMaker, suffix: str) -> None:
    # 128 wide: at widths that are no multiple of it, x264's macroblock tree reads memory that nobody wrote.
    source = make_film(tmp_path / "source.mkv", codec="ffv1", width=128, height=96, sound="pcm_s16le")
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"
    copy(source, one, "h264")
    copy(source, two, "h264")
    assert one.read_bytes() == two.read_bytes()


def test_colour_tags_aspect_and_rotation_are_kept(tmp_path: Path, small_film: Path, small_info: FilmInfo) -> None:
    tagged = replace(
        small_info, color_primaries=9, color_trc=16, colorspace=9, aspect=Fraction(4, 3), display_matrix=TURNED
    )
    sink = open_sink(tmp_path / "copy.mp4", tagged, "h264")
    for frame in FilmSource(small_film).frames():
        sink.write(frame, NO_MATTE)
    sink.finish()
    sink.publish()
    info = FilmSource(tmp_path / "copy.mp4").info
    assert (info.color_primaries, info.color_trc, info.colorspace) == (9, 16, 9)
    assert (info.aspect, info.display_matrix, info.full_range) == (Fraction(4, 3), TURNED, False)


def test_avi_counts_frames_and_refuses_gaps(tmp_path: Path, make_film: FilmMaker) -> None:
    even = make_film(tmp_path / "even.mkv", codec="ffv1")
    copy(even, tmp_path / "even.avi", "ffv1")
    assert [time for time, _ in pictures(tmp_path / "even.avi")] == [Fraction(number, 25) for number in range(12)]
    uneven = make_film(tmp_path / "uneven.mkv", codec="ffv1", times=[0, 1, 2, 5])
    with pytest.raises(SinkError, match="not evenly spaced"):
        copy(uneven, tmp_path / "uneven.avi", "h264")
    assert not (tmp_path / "uneven.avi").exists()


def test_h264_in_avi_is_not_reordered(tmp_path: Path, make_film: FilmMaker) -> None:
    copy(make_film(tmp_path / "even.mkv", codec="ffv1"), tmp_path / "even.avi", "h264")
    with av.open(str(tmp_path / "even.avi")) as film:
        kinds = [frame.pict_type for frame in film.decode(video=0)]
    assert len(kinds) == 12
    assert PictureType.B not in kinds


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_film_of_a_few_frames_is_written_whole_every_time(
    tmp_path: Path, make_film: FilmMaker, count: int, suffix: str
) -> None:
    source = make_film(tmp_path / "source.mkv", codec="ffv1", times=range(count))
    for number in range(4):  # x265 leaves their DTS to chance
        copy(source, tmp_path / f"{number}{suffix}", "hevc")
        times = [time for time, _ in pictures(tmp_path / f"{number}{suffix}")]
        assert times == [Fraction(at, 25) for at in range(count)]


def test_nothing_has_the_name_before_the_end(tmp_path: Path, small_film: Path, small_info: FilmInfo) -> None:
    target = tmp_path / "out" / "copy.mkv"
    target.parent.mkdir()
    sink = open_sink(target, small_info)
    for frame in FilmSource(small_film).frames():
        sink.write(frame, NO_MATTE)
        assert not target.exists()
    sink.finish()
    sink.publish()
    assert [path.name for path in target.parent.iterdir()] == ["copy.mkv"]


@pytest.mark.parametrize("written", [0, 1, 5])
def test_an_abandoned_film_leaves_nothing(tmp_path: Path, small_film: Path, small_info: FilmInfo, written: int) -> None:
    sink = open_sink(tmp_path / "copy.mp4", small_info, "h264")
    for frame in list(FilmSource(small_film).frames())[:written]:
        sink.write(frame, NO_MATTE)
    sink.abandon()
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_is_one_line_and_leaves_nothing(
    tmp_path: Path, small_film: Path, small_info: FilmInfo
) -> None:
    sink = open_sink(tmp_path / "copy.mkv", small_info)
    first, second = list(FilmSource(small_film).frames())[:2]
    sink.write(second, NO_MATTE)
    backward = Frame(1, first.pts - 10_000, first.time_base, first.picture)
    with pytest.raises(SinkError, match=r"copy\.mkv: frame 1 not written") as caught:
        sink.write(backward, NO_MATTE)
    assert "\n" not in str(caught.value)
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_film_with_too_few_frames_is_not_published(
    tmp_path: Path, small_film: Path, small_info: FilmInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = open_sink(tmp_path / "copy.mkv", small_info)
    for frame in FilmSource(small_film).frames():
        sink.write(frame, NO_MATTE)
    monkeypatch.setattr(sink._encoding, "frames", 13)  # as if the muxer had lost one
    with pytest.raises(VerificationError, match="13 frames written, 12 in the file"):
        sink.finish()
    assert not (tmp_path / "copy.mkv").exists()
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "codec"), [("copy.xyz", "h264"), ("copy", "h264"), ("copy.mp4", "rawvideo"), ("copy.webm", "h264")]
)
def test_what_does_not_fit_together_is_refused_and_leaves_nothing(
    tmp_path: Path, small_info: FilmInfo, name: str, codec: str
) -> None:
    with pytest.raises(SinkError) as caught:
        open_sink(tmp_path / name, small_info, codec)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(tmp_path: Path, small_info: FilmInfo) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        open_sink(tmp_path / "none" / "copy.mkv", small_info)


def test_a_source_that_vanished_is_told_and_leaves_nothing(tmp_path: Path, small_info: FilmInfo) -> None:
    with pytest.raises(SourceError, match="no such file"):
        open_sink(tmp_path / "copy.mkv", replace(small_info, path=tmp_path / "gone.mkv"))
    assert list(tmp_path.iterdir()) == []


def test_the_sound_is_copied_packet_for_packet(tmp_path: Path, small_film: Path) -> None:
    copy(small_film, tmp_path / "copy.mkv", "h264")
    with av.open(str(small_film)) as before, av.open(str(tmp_path / "copy.mkv")) as after:
        one, two = (
            [(bytes(packet), packet.pts) for packet in film.demux(film.streams.audio[0]) if packet.size]
            for film in (before, after)
        )
    assert one == two
    assert one
