"""Fonts and data streams, and what --strict-streams says."""

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from faceerase.configs.film import StreamsConfig
from faceerase.errors import SinkError
from faceerase.streamer.encode import roster

FONT = b"\x00\x01\x00\x00" + bytes(range(200))


def film_with_font(films: Any, path: Path, data: bytes = FONT) -> Path:
    with films.open(path) as source:
        source.add_attachment("Face.ttf", "font/ttf", data)
        source.start_encoding()
    return path


def test_fonts_travel_into_matroska(tmp_path: Path, films: Any) -> None:
    assert films.carry(film_with_font(films, tmp_path / "in.mkv"), tmp_path / "out.mkv", strict=True) == []
    with av.open(str(tmp_path / "out.mkv")) as result:
        (font,) = result.streams.attachments
        assert (font.data, font.mimetype) == (FONT, "font/ttf")
        assert font.metadata["filename"] == "Face.ttf"


def test_a_font_without_a_place_is_named(tmp_path: Path, films: Any) -> None:
    source = film_with_font(films, tmp_path / "in.mkv")
    remarks = films.carry(source, tmp_path / "out.mp4")
    assert remarks == ["dropped: stream 1 (attachment font/ttf): font; no place in this container, but in .mkv"]


def test_a_picture_that_calls_itself_a_font_is_dropped(tmp_path: Path, films: Any) -> None:
    source = film_with_font(films, tmp_path / "in.mkv", b"\x89PNG\r\n\x1a\n")
    assert films.carry(source, tmp_path / "out.mkv") == ["dropped: stream 1 (attachment font/ttf): attachment"]
    assert films.kinds(tmp_path / "out.mkv") == ["video"]


def film_with_data(films: Any, path: Path, codec: str) -> Path:
    with films.open(path) as source:
        stream = source.add_data_stream(codec)
        stream.time_base = Fraction(1, 1000)
        source.start_encoding()
        for number in range(4):
            packet = av.Packet(b"GPS %d" % number)
            packet.stream, packet.time_base, packet.pts, packet.dts = (
                stream,
                Fraction(1, 1000),
                40 * number,
                40 * number,
            )
            packet.duration = 40
            source.mux(packet)
    return path


def data(path: Path) -> list[tuple[Fraction, bytes]]:
    with av.open(str(path)) as container:
        packets = (packet for packet in container.demux() if packet.size and packet.stream.type == "data")
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in packets]


@pytest.mark.parametrize(("suffix", "codec"), [(".ts", "klv"), (".mp4", "bin_data")])
def test_data_is_dropped_unless_asked_for(tmp_path: Path, suffix: str, codec: str, films: Any) -> None:
    source = film_with_data(films, tmp_path / f"in{suffix}", codec)
    assert "dropped: stream 1 (data): data stream" in films.carry(source, tmp_path / f"out{suffix}")
    assert data(tmp_path / f"out{suffix}") == []
    remarks = films.carry(source, tmp_path / f"kept{suffix}", data=True)
    assert not [text for text in remarks if "dropped" in text]
    assert data(tmp_path / f"kept{suffix}") == data(source)
    assert len(data(source)) == 4


def test_data_without_a_place_is_named(tmp_path: Path, films: Any) -> None:
    remarks = films.carry(film_with_data(films, tmp_path / "in.ts", "klv"), tmp_path / "out.mkv", data=True)
    assert remarks == ["dropped: stream 1 (data): data stream; no place in this container, but in .ts"]


def test_strict_names_all_that_would_be_left_out(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.mkv", time_code="01:00:00:00") as source:
        source.add_attachment("Face.ttf", "font/ttf", FONT)
        source.set_chapters([{"id": 1, "start": 0, "end": 400, "time_base": Fraction(1, 1000), "metadata": {}}])
        write = films.add_text(source, "subrip")
        source.start_encoding()
        write()
    with pytest.raises(SinkError, match=r"^--strict-streams, and this would be left out: ") as caught:
        films.carry(tmp_path / "in.mkv", tmp_path / "out.ts", strict=True)
    for words in ("subtitle subrip", "font", "chapters", "time code"):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]
    assert films.carry(tmp_path / "in.mkv", tmp_path / "out.mkv", strict=True) == []


def test_a_stream_of_no_kind_is_left_out() -> None:
    nameless: Any = SimpleNamespace(index=3, type="unknown", metadata={}, codec_context=None)
    assert str(roster._fate(nameless, "matroska", StreamsConfig(data=True))).startswith(
        "stream 3 (unknown): data stream"
    )
