"""What a file's header promises is in it, or is said to be missing."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from faceerase.streamer.decode.source import FilmSource


def lost(path: Path) -> list[str]:
    source = FilmSource(path)
    for _ in source.frames():
        pass
    return source.lost


@pytest.mark.parametrize("start", [0, 25, 1000])
def test_a_matroska_film_that_begins_late_is_whole(start: int, tmp_path: Path, make_film: Callable[..., Path]) -> None:
    assert lost(make_film(tmp_path / "late.mkv", codec="ffv1", times=range(start, start + 50))) == []


@pytest.mark.parametrize("start", [0, 25])
def test_what_was_cut_off_is_told(start: int, tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1", times=range(start, start + 50))
    data = film.read_bytes()
    film.write_bytes(data[: len(data) // 2])
    assert any("cut off" in text for text in lost(film))


def test_pictures_without_a_container_begin_with_one(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.avi", codec="mjpeg", pixel_format="yuvj420p")
    data = film.read_bytes()
    film.write_bytes(b"RIGF" + data[4:])  # no AVI any more: FFmpeg finds pictures in it, and not all
    assert any("does not begin with a picture" in text for text in lost(film))
    bare = make_film(tmp_path / "film.h264", codec="libx264")
    assert lost(bare) == []
    bare.write_bytes(b"\0\0" + bare.read_bytes())
    assert lost(bare) == []


def test_a_duration_that_no_packet_has_hides_no_loss(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mov", codec="mjpeg", pixel_format="yuvj420p")
    data = bytearray(film.read_bytes())
    times = data.index(b"stts") + 12
    struct.pack_into(">II", data, times, 1, 0xFF000000)  # one frame, of days; the header says how long the film is
    film.write_bytes(data)
    assert any("promises pictures until 0.480 s, it ends at" in text for text in lost(film))
