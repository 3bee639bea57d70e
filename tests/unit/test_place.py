"""Numbered patterns and what they mean."""

from pathlib import Path

import pytest

from faceerase.streamer.stills.place import gaps_in, pattern_of, patterns_among


def touch(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).touch()
    return [folder / name for name in names]


@pytest.mark.parametrize(
    ("name", "number", "written"),
    [
        ("shot.%04d.dpx", 7, "shot.0007.dpx"),
        ("shot.%04d.dpx", 12345, "shot.12345.dpx"),
        ("%d.png", 7, "7.png"),
        ("a%03d_b.exr", 0, "a000_b.exr"),
    ],
)
def test_a_pattern_writes_and_reads_numbers(tmp_path: Path, name: str, number: int, written: str) -> None:
    pattern = pattern_of(tmp_path / name)
    assert pattern is not None
    assert pattern.name(number) == written
    assert pattern.number(written) == number
    assert pattern.path == tmp_path / name


@pytest.mark.parametrize("name", ["shot.png", "100%.png", "%04d.%04d.png", "%s.png"])
def test_other_names_are_files(tmp_path: Path, name: str) -> None:
    assert pattern_of(tmp_path / name) is None


def test_a_file_that_looks_like_a_pattern_is_a_file(tmp_path: Path) -> None:
    assert pattern_of(touch(tmp_path, "shot.%04d.png")[0]) is None


def test_existing_pictures_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    touch(tmp_path, "s.10.png", "s.9.png", "s.1001.png", "s.01.png", "s.x.png", "t.2.png", "s.٣.png", "s.3.jpg")
    pattern = pattern_of(tmp_path / "s.%d.png")
    assert pattern is not None
    assert list(pattern.existing()) == [9, 10, 1001]


def test_sequences_are_found_among_names(tmp_path: Path) -> None:
    names = ["a.0998.png", "a.0999.png", "a.1000.png", "b9.jpg", "b10.jpg", "c1.png", "x.png", "a.0001.jpg"]
    found = patterns_among(tmp_path / name for name in names)
    assert sorted(pattern.path.name for pattern in found) == ["a.%04d.png", "b%d.jpg"]


@pytest.mark.parametrize("names", [("s1.png", "s01.png"), ("s01.png", "s1.png", "s2.png")])
def test_numbers_written_in_two_ways_are_no_sequence(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert patterns_among(tmp_path / name for name in names) == []


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([1, 2, 3], ""), ([1, 3, 7], "2, 4 to 6"), (range(0, 20, 2), "1, 3, 5, 7, 9, and in 4 more places")],
)
def test_gaps_are_named(numbers: list[int], said: str) -> None:
    assert gaps_in(numbers) == said
