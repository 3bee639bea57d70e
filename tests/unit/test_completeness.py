"""What a file's header promises is in it, or is said to be missing."""

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
