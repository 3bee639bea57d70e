"""Chapters keep their times and lose their titles."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from faceerase.configs.film import PartConfig
from faceerase.streamer.encode.chapters import Chapter, chapters_of

PARTS = [Chapter(Fraction(0), Fraction(1, 5), "Anna"), Chapter(Fraction(1, 5), Fraction(2, 5), "Bob")]


def film_with_chapters(films: Any, path: Path, parts: list[Chapter] = PARTS) -> Path:
    with films.open(path) as source:
        source.set_chapters(
            [
                {
                    "id": number,
                    "start": round(part.start * 1000),
                    "end": round(part.end * 1000),
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": part.title} if part.title else {},
                }
                for number, part in enumerate(parts, 1)
            ]
        )
        source.start_encoding()
    return path


def read_chapters(path: Path) -> list[Chapter]:
    with av.open(str(path)) as container:
        return chapters_of(container)


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("source", [".mp4", ".mkv"])
def test_chapters_stay_and_lose_their_titles(tmp_path: Path, source: str, target: str, films: Any) -> None:
    path = film_with_chapters(films, tmp_path / f"in{source}")
    remarks = films.carry(path, tmp_path / f"out{target}", strict=True)
    assert remarks == ["chapter titles removed: 2 (--keep-metadata keeps them)"]
    assert read_chapters(tmp_path / f"out{target}") == [Chapter(part.start, part.end) for part in PARTS]


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_chapters_survive_two_rounds(tmp_path: Path, suffix: str, keep: bool, films: Any) -> None:
    films.carry(film_with_chapters(films, tmp_path / f"in{suffix}"), tmp_path / f"one{suffix}", metadata=keep)
    assert films.carry(tmp_path / f"one{suffix}", tmp_path / f"two{suffix}", metadata=keep, strict=True) == []
    expected = PARTS if keep else [Chapter(part.start, part.end) for part in PARTS]
    assert read_chapters(tmp_path / f"two{suffix}") == expected
    assert films.kinds(tmp_path / f"two{suffix}") == films.kinds(tmp_path / f"one{suffix}")


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_the_last_of_untitled_chapters_ends_before_the_film_and_a_gap_is_told(
    tmp_path: Path, suffix: str, films: Any
) -> None:
    apart = [Chapter(Fraction(0), Fraction(3, 25)), Chapter(Fraction(1, 5), Fraction(6, 25))]
    source = film_with_chapters(films, tmp_path / "in.mkv", apart)
    assert films.carry(source, tmp_path / f"out{suffix}") == ["chapter 1 ends at 0.200 s instead of 0.120 s"]
    assert read_chapters(tmp_path / f"out{suffix}") == [Chapter(Fraction(0), Fraction(1, 5)), apart[1]]


def test_a_first_chapter_that_begins_later_keeps_its_time(tmp_path: Path, films: Any) -> None:
    late = [Chapter(Fraction(3, 25), Fraction(1, 5), "Anna"), Chapter(Fraction(1, 5), Fraction(2, 5), "Bob")]
    source = film_with_chapters(films, tmp_path / "in.mkv", late)
    films.carry(source, tmp_path / "out.mp4")
    assert read_chapters(tmp_path / "out.mp4")[0].start == late[0].start
    # Titles of MP4 are in a text track, which begins with the film.
    remarks = films.carry(source, tmp_path / "titled.mp4", metadata=True)
    assert remarks == ["chapter 1 begins at 0.000 s instead of 0.120 s"]


def test_chapters_without_a_place_are_named(tmp_path: Path, films: Any) -> None:
    remarks = films.carry(film_with_chapters(films, tmp_path / "in.mkv"), tmp_path / "out.avi")
    assert remarks == ["dropped: chapters: no place in this container, but in .mkv, .mov, .mp4 or .webm"]


HALF_A_FRAME = Fraction(1, 50)


@pytest.mark.parametrize("target", [".mp4", ".mkv"])
@pytest.mark.parametrize(
    ("begin", "end", "times"),
    [
        ("0.08", "0.28", [(0, Fraction(3, 25)), (Fraction(3, 25), Fraction(1, 5))]),
        ("00:00:00:06", None, [(0, Fraction(4, 25))]),
        (None, "0.12", [(0, Fraction(3, 25))]),
    ],
)
def test_of_a_part_chapters_are_clipped_and_moved(
    tmp_path: Path, target: str, begin: str | None, end: str | None, times: list[tuple[Fraction, Fraction]], films: Any
) -> None:
    source = film_with_chapters(films, tmp_path / "in.mkv")
    films.carry(source, tmp_path / f"out{target}", PartConfig(begin=begin, end=end))
    found = read_chapters(tmp_path / f"out{target}")
    assert len(found) == len(times)
    for chapter, (start, stop) in zip(found, times, strict=True):
        assert abs(chapter.start - start) <= Fraction(1, 1000)
        assert abs(chapter.end - stop) < HALF_A_FRAME
