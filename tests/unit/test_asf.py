"""The pieces of a WMV are counted by their numbers, and what FFmpeg passes over is told."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from losses import lost

from faceerase.streamer.decode.asf import objects_of

FilmMaker = Callable[..., Path]
FRAMES = 300


@pytest.fixture
def film(tmp_path: Path, make_film: FilmMaker) -> Path:
    return make_film(tmp_path / "film.wmv", codec="wmv2", times=range(FRAMES))


def test_a_whole_film_is_silent(film: Path) -> None:
    assert objects_of(film, 1) == FRAMES  # more than there are numbers
    assert lost(film) == []


def test_with_sound_too(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "film.wmv", codec="wmv2", times=range(100), sound="mp2")
    with av.open(str(film)) as container:
        assert objects_of(film, container.streams.video[0].id) == 100
    assert lost(film) == []


def test_a_piece_that_is_passed_over_is_told(film: Path) -> None:
    data = film.read_bytes()
    size_of_the_second = data.index(bytes([0x01, 2, 0, 0, 0, 0, 8])) + 7
    changed = bytearray(data)
    changed[size_of_the_second] ^= 0x40
    film.write_bytes(changed)
    assert objects_of(film, 1) == FRAMES
    assert any(f"{FRAMES} pictures are in it, " in text for text in lost(film))


def test_pieces_that_do_not_fit_are_told(film: Path) -> None:
    data = bytearray(film.read_bytes())
    at = data.index(bytes([0x01, 2, 0, 0, 0, 0, 8])) + 6
    data[at] = 0xFF
    film.write_bytes(data)
    with pytest.raises(ValueError, match="does not fit"):
        objects_of(film, 1)
    assert "the file is damaged: what it says of its pieces cannot be read" in lost(film)
