"""MPEG-4 in AVI, where nothing but packets and pictures can be counted: what gives no picture is told."""

from collections.abc import Callable, Iterable
from pathlib import Path

import av
import pytest

from faceerase.streamer.decode.source import FilmSource

FilmMaker = Callable[..., Path]

NOT_CODED = bytes.fromhex("000001b652cf")
"""A picture of MPEG-4 that says of itself that it is none: the one before is shown on."""


def read(path: Path) -> tuple[int, list[str]]:
    source = FilmSource(path)
    return sum(1 for _ in source.frames()), source.lost


@pytest.fixture
def packets(tmp_path: Path, make_film: FilmMaker) -> list[bytes]:
    film = make_film(tmp_path / "film.avi", codec="mpeg4", width=160, height=120, times=range(24), b_frames=2, group=12)
    assert read(film) == (24, [])
    with av.open(str(film)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def write(path: Path, template: Path, packets: Iterable[bytes]) -> Path:
    with av.open(str(template)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0], opaque=True)
        for number, data in enumerate(packets):
            packet = av.Packet(data)
            packet.pts = packet.dts = number
            packet.time_base, packet.stream = old.streams.video[0].time_base, stream
            new.mux(packet)
    return path


def test_a_broken_end_takes_no_picture_with_it(tmp_path: Path, packets: list[bytes]) -> None:
    film = write(tmp_path / "end.avi", tmp_path / "film.avi", [*packets, b"\xff" * 16])
    frames, lost = read(film)
    assert frames == 24
    assert any("cannot be decoded" in text for text in lost)


def test_pictures_that_lack_those_before_them_are_told(tmp_path: Path, packets: list[bytes]) -> None:
    film = write(tmp_path / "later.avi", tmp_path / "film.avi", packets[2:])  # from two B-frames on
    frames, lost = read(film)
    assert frames < 22
    assert f"{22 - frames} of 22 coded pictures gave no picture" in lost


def test_pictures_that_are_not_coded_are_no_loss(tmp_path: Path, packets: list[bytes]) -> None:
    film = write(tmp_path / "empty.avi", tmp_path / "film.avi", [*packets, NOT_CODED])
    assert read(film) == (24, [])
