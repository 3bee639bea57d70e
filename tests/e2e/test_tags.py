"""What a film says about itself stays: how it is turned, the shape of its pixels, its colours, its subtitles."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest


def _tagged(path: Path, pictures: list[av.VideoFrame], *, turn: int = 0, aspect: Fraction | None = None) -> Path:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = pictures[0].width, pictures[0].height, "yuv420p"
        context = stream.codec_context
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = 1, 9, 16, 9
        if aspect:
            context.sample_aspect_ratio = aspect
        if turn:
            stream.set_display_rotation(turn)
        for number, picture in enumerate(pictures):
            copy = av.VideoFrame.from_ndarray(picture.to_ndarray(), format="yuv420p")
            copy.pts, copy.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(copy))
        film.mux(stream.encode(None))
    return path


def _read(path: Path) -> dict[str, Any]:
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        picture = next(film.decode(stream))
        return {
            "size": (picture.width, picture.height),
            "turn": picture.rotation,
            "aspect": stream.sample_aspect_ratio,
            "colours": (int(picture.color_primaries), int(picture.color_trc), int(picture.colorspace)),
        }


@pytest.mark.parametrize("target", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize(
    "tags", [{"turn": 90}, {"turn": 180}, {"turn": -90}, {"aspect": Fraction(4, 3)}], ids=lambda tags: str(tags)
)
def test_turn_shape_and_colours_stay(
    tags: dict[str, Any], target: str, tmp_path: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    film = _tagged(tmp_path / "in.mp4", small[:2], **tags)
    ended = run(film, "-o", tmp_path / f"out.{target}")
    assert ended.code == 0, ended.err
    assert _read(film)["colours"] == (9, 16, 9)
    assert _read(tmp_path / f"out.{target}") == _read(film)


def _subtitled(path: Path, pictures: list[av.VideoFrame], text: bytes) -> Path:
    """Write a Matroska film with one subtitle line."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = pictures[0].width, pictures[0].height, "yuv420p"
        lines = film.add_mux_stream("subrip")
        lines.metadata["language"] = "deu"
        for number, picture in enumerate(pictures):
            copy = av.VideoFrame.from_ndarray(picture.to_ndarray(), format="yuv420p")
            copy.pts, copy.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(copy))
        film.mux(stream.encode(None))
        packet = av.Packet(text)
        packet.stream, packet.pts, packet.dts, packet.duration, packet.time_base = lines, 40, 40, 80, Fraction(1, 1000)
        film.mux(packet)
    return path


def test_subtitles_travel_where_the_container_holds_them(
    tmp_path: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    text = "Grüß Gott".encode()
    film = _subtitled(tmp_path / "in.mkv", small[:5], text)
    assert run(film, "-o", tmp_path / "out.mkv").code == 0
    with av.open(str(tmp_path / "out.mkv")) as clean:
        (lines,) = clean.streams.subtitles
        assert lines.metadata["language"] == "deu"
        (packet,) = [packet for packet in clean.demux(lines) if packet.size]
        assert (packet.pts, packet.duration, bytes(packet)) == (40, 80, text)
    ended = run(film, "-o", tmp_path / "out.mp4")
    assert ended.code == 0, ended.err
    assert sum("subtitle subrip" in line and "converted to mov_text" in line for line in ended.lines) == 1
