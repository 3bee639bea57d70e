"""The tags of an FLV: a whole file is one chain of them, and anything else is told."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from losses import lost

from faceerase.streamer.decode.flv import Tags, bytes_missing, tags_of

FilmMaker = Callable[..., Path]
PICTURE = 9


def pictures_in(data: bytes) -> list[tuple[int, int]]:
    """Where each tag with a picture begins, and where the next tag does."""
    found, at = [], 13
    while at < len(data):
        end = at + 11 + int.from_bytes(data[at + 1 : at + 4], "big") + 4
        if data[at] == PICTURE:
            found.append((at, end))
        at = end
    return found


@pytest.fixture
def film(tmp_path: Path, make_film: FilmMaker) -> Path:
    return make_film(tmp_path / "film.flv", codec="flv", times=range(12), pixel_format="yuv420p")


@pytest.mark.parametrize("codec", ["flv", "libx264"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_whole_film_is_silent(codec: str, b_frames: int, tmp_path: Path, make_film: FilmMaker) -> None:
    b_frames *= codec == "libx264"
    film = make_film(tmp_path / "film.flv", codec=codec, times=range(12), b_frames=b_frames, sound="aac")
    assert tags_of(film) == Tags(12, None)
    assert lost(film) == []


@pytest.mark.parametrize("number", [0, 5, 11])
def test_a_tag_of_no_known_kind_is_told(number: int, film: Path) -> None:
    data = bytearray(film.read_bytes())
    at = pictures_in(data)[number][0]
    data[at] = 0
    film.write_bytes(data)
    assert tags_of(film).broken == at
    assert f"the file is damaged: at byte {at} something begins that is no part of a film" in lost(film)


def test_a_last_tag_that_was_cut_off_is_told_by_the_length_of_the_file(film: Path) -> None:
    data = film.read_bytes()
    assert bytes_missing(film) == 0
    cut = pictures_in(data)[-1][0]
    film.write_bytes(data[:cut])
    missing = len(data) - cut
    assert bytes_missing(film) == missing
    assert f"the file is cut off: {missing} bytes that its header promises are not in it" in lost(film)


def test_foreign_bytes_between_tags_are_told(film: Path) -> None:
    data = bytearray(film.read_bytes())
    at = pictures_in(data)[-1][0]
    data[at:at] = bytes(range(64))
    film.write_bytes(data)
    assert tags_of(film).broken == at
    assert any(f"at byte {at} " in text for text in lost(film))


def test_a_picture_of_another_codec_is_told(film: Path) -> None:
    data = bytearray(film.read_bytes())
    at = pictures_in(data)[5][0]
    data[at + 11] = 0x24  # of VP6
    film.write_bytes(data)
    assert any("12 pictures are in it, 11 could be read" in text for text in lost(film))


def test_a_film_that_ends_within_a_tag_is_told(film: Path) -> None:
    data = film.read_bytes()
    at, end = pictures_in(data)[-1]
    film.write_bytes(data[: end - 14])
    assert tags_of(film).broken == at


def test_lengths_that_sloppy_writers_repeat_wrongly_do_not_matter(film: Path) -> None:
    data = bytearray(film.read_bytes())
    for _, end in pictures_in(data):
        struct.pack_into(">I", data, end - 4, 0)
    film.write_bytes(data)
    assert tags_of(film) == Tags(12, None)
