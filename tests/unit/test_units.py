"""What a folder of pictures holds: sequences and pictures by themselves."""

from collections.abc import Callable
from pathlib import Path

import pytest

from faceerase.errors import ConfigError, SourceError
from faceerase.streamer.folder import _matte_names
from faceerase.streamer.stills.units import sequence_in, units_in

Maker = Callable[..., Path]


def names(folder: Path) -> list[tuple[str, int]]:
    units, _ = units_in(folder)
    return [(str(unit.path.relative_to(folder)), unit.count) for unit in units]


def test_numbered_pictures_of_one_size_and_format_are_a_sequence(tmp_path: Path, make_pictures: Maker) -> None:
    make_pictures(tmp_path / "shot.%04d.dpx", 3, 998)
    assert names(tmp_path) == [("shot.%04d.dpx", 3)]
    assert sequence_in(tmp_path) == tmp_path / "shot.%04d.dpx"


def test_a_tree_may_hold_both(tmp_path: Path, make_pictures: Maker) -> None:
    make_pictures(tmp_path / "b" / "shot.%04d.png", 2)
    make_pictures(tmp_path / "a.jpg")
    make_pictures(tmp_path / "c.jpg")
    make_pictures(tmp_path / ".hidden" / "x.jpg")
    (tmp_path / "notes.txt").touch()
    assert names(tmp_path) == [("a.jpg", 1), ("c.jpg", 1), ("b/shot.%04d.png", 2)]
    assert units_in(tmp_path)[1] == [tmp_path / "notes.txt"]
    with pytest.raises(ConfigError, match="not one numbered sequence"):
        sequence_in(tmp_path)


@pytest.mark.parametrize("other", [{"width": 32}, {"pixel_format": "gray"}])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".dpx", ".exr"])
def test_numbered_pictures_of_other_sizes_or_formats_are_not(
    tmp_path: Path, make_pictures: Maker, suffix: str, other: dict[str, int | str]
) -> None:
    if "pixel_format" in other and suffix in (".exr", ".jpg"):
        other = {"pixel_format": "grayf32le" if suffix == ".exr" else "yuvj444p"}
    make_pictures(tmp_path / f"s%d{suffix}", 2)
    make_pictures(tmp_path / f"s3{suffix}", **other)
    assert names(tmp_path) == [(f"s{number}{suffix}", 1) for number in (1, 2, 3)]


def test_a_damaged_picture_makes_no_sequence(tmp_path: Path, make_pictures: Maker) -> None:
    make_pictures(tmp_path / "s%d.png", 2)
    (tmp_path / "s3.png").write_bytes(b"nothing")
    assert names(tmp_path) == [("s1.png", 1), ("s2.png", 1), ("s3.png", 1)]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(SourceError, match="no pictures in it"):
        units_in(tmp_path)


def test_mattes_have_names_of_their_own() -> None:
    assert _matte_names([Path("a.jpg"), Path("b/s.%04d.dpx")]) == {
        Path("a.jpg"): Path("a.png"),
        Path("b/s.%04d.dpx"): Path("b/s.%04d.png"),
    }
    with pytest.raises(ConfigError, match=r"a\.jpg and a\.tif would share"):
        _matte_names([Path("a.jpg"), Path("a.tif")])
