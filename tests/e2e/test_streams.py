"""Every picture is anonymised or dropped, never copied; what is dropped is named; languages stay."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from av.stream import Disposition

PLACE = b"where it was: 51.4779 N 0.0015 W"


def _film(
    path: Path, pictures: list[av.VideoFrame], sample: Path, *, cover: bool = False, data: str | None = None
) -> Path:
    """Write a film with a second video stream, sound, and if wanted a cover picture and a data stream."""
    with av.open(str(path), "w") as film, av.open(str(sample)) as other:
        film.metadata["location"] = "+51.4779-000.0015/"
        streams = [film.add_stream(codec, rate=25) for codec in ("libx264", "mpeg4")]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        streams[0].disposition, streams[1].disposition = Disposition.default, Disposition(0)
        sound = film.add_stream_from_template(other.streams.audio[0], opaque=True)
        sound.metadata["language"] = "eng"
        place = film.add_data_stream(data) if data else None
        if cover:
            front = film.add_stream("mjpeg", rate=25)
            front.width, front.height, front.pix_fmt = 320, 180, "yuvj420p"
            front.disposition = Disposition.attached_pic
            film.set_chapters(
                [{"id": 1, "start": 0, "end": 200, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}}]
            )
        for stream in streams:
            for number, picture in enumerate(pictures[:6]):
                copy = av.VideoFrame.from_ndarray(picture.to_ndarray(), format="yuv420p")
                copy.pts, copy.time_base = number, Fraction(1, 25)
                film.mux(stream.encode(copy))
            film.mux(stream.encode(None))
        if cover:
            front_picture = pictures[-1].reformat(format="yuvj420p")
            front_picture.pict_type = av.video.frame.PictureType.NONE
            front_picture.pts, front_picture.time_base = 0, Fraction(1, 25)
            film.mux(front.encode(front_picture))
            film.mux(front.encode(None))
        if place is not None:
            packet = av.Packet(PLACE)
            packet.stream, packet.pts, packet.dts, packet.time_base = place, 0, 0, Fraction(1, 25)
            film.mux(packet)
        for packet in other.demux(audio=0):
            if packet.size and packet.pts < 48_000 * 6 // 25:
                packet.stream = sound
                film.mux(packet)
    return path


def _kinds(path: Path) -> list[tuple[str, str]]:
    with av.open(str(path)) as film:
        return [(item.type, item.metadata.get("language", "")) for item in film.streams]


@pytest.mark.parametrize("target", ["out.mp4", "out.mkv"])
def test_a_second_picture_and_a_cover_are_dropped_by_name_and_chapters_lose_theirs(
    target: str, tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _film(tmp_path / "in.mp4", small, sample, cover=True)
    assert [kind for kind, _ in _kinds(film)].count("video") == 3
    ended = run(film, "-o", tmp_path / target)
    assert ended.code == 0, ended.err
    dropped = [line for line in ended.lines if "dropped" in line]
    assert len(dropped) == 2, ended.err
    for words in ("further video stream", "cover picture"):
        assert sum(words in line for line in dropped) == 1, ended.err
    for words in (
        "metadata removed, as it can name people, places and devices: location",
        "chapter titles removed: 1",
    ):
        assert sum(words in line for line in ended.lines) == 1, ended.err
    # MP4 shows its chapters in a track of their own, here without titles.
    shown = ["data"] if target == "out.mp4" else []
    assert [kind for kind, _ in _kinds(tmp_path / target)] == ["video", "audio", *shown]
    with av.open(str(tmp_path / target)) as result:
        (chapter,) = result.chapters()
        assert chapter["start"] == 0
        assert chapter["end"] * chapter["time_base"] == Fraction(1, 5)
        assert "chapter 1 ends" not in ended.err
        assert not chapter["metadata"].get("title")
    assert _kinds(tmp_path / target)[1] == ("audio", "eng")
    assert b"51.4779" not in (tmp_path / target).read_bytes()


def test_a_data_stream_is_dropped_by_name(
    tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _film(tmp_path / "in.ts", small, sample, data="klv")
    assert PLACE in film.read_bytes()
    ended = run(film, "-o", tmp_path / "out.ts")
    assert ended.code == 0, ended.err
    assert sum("(data): data stream" in line for line in ended.lines) == 1
    assert [kind for kind, _ in _kinds(tmp_path / "out.ts")] == ["video", "audio"]
    assert PLACE not in (tmp_path / "out.ts").read_bytes()


def test_an_attached_file_is_dropped_by_name(
    tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        film.add_attachment("note.txt", "text/plain", PLACE)
        for number, picture in enumerate(small[:3]):
            copy = av.VideoFrame.from_ndarray(picture.to_ndarray(), format="yuv420p")
            copy.pts, copy.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(copy))
        film.mux(stream.encode(None))
    ended = run(tmp_path / "in.mkv", "-o", tmp_path / "out.mkv")
    assert ended.code == 0, ended.err
    assert sum("attachment" in line for line in ended.lines) == 1
    assert [kind for kind, _ in _kinds(tmp_path / "out.mkv")] == ["video"]
    assert PLACE not in (tmp_path / "out.mkv").read_bytes()


def test_strict_streams_begins_nothing_and_names_everything(
    tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _film(tmp_path / "in.mp4", small, sample, cover=True)
    ended = run(film, "-o", tmp_path / "out.mp4", "--strict-streams")
    assert ended.code == 4, ended.err
    assert len(ended.lines) == 1
    for words in ("--strict-streams", "further video stream", "cover picture"):
        assert words in ended.lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


def test_tags_and_titles_stay_and_sound_goes_where_asked_for(
    tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _film(tmp_path / "in.mp4", small, sample, cover=True)
    ended = run(film, "-o", tmp_path / "out.mkv", "--keep-metadata", "--audio", "drop")
    assert ended.code == 0, ended.err
    assert "metadata removed" not in ended.err
    assert "(audio aac, eng): as asked" in ended.err
    assert [kind for kind, _ in _kinds(tmp_path / "out.mkv")] == ["video"]
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert result.metadata["LOCATION"] == "+51.4779-000.0015/"
        assert result.chapters()[0]["metadata"]["title"] == "One"


def test_every_video_stream_is_anonymised_where_asked_for(
    tmp_path: Path, sample: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _film(tmp_path / "in.mp4", small, sample)
    ended = run(film, "-o", tmp_path / "out.mp4", "--video-stream", "all", "--strict-streams")
    assert ended.code == 0, ended.err
    assert "12 frames" in ended.lines[0]
    assert sum("video stream 1: 6 frames" in line for line in ended.lines) == 1
    assert sorted(kind for kind, _ in _kinds(tmp_path / "out.mp4")) == ["audio", "video", "video"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]
    for wrong in ("2", "both"):
        assert run(film, "-o", tmp_path / "no.mp4", "--video-stream", wrong).code == 2
