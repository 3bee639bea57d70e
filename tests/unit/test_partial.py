"""A file that has no name until it is whole."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceerase.errors import SinkError
from faceerase.streamer.encode.partial import PartialFile


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_partial_is_hidden_private_and_beside_its_target(tmp_path: Path) -> None:
    target = tmp_path / "clean.mp4"
    partial = PartialFile(target)
    assert partial.path.parent == tmp_path
    assert partial.path.name.startswith(".")
    assert partial.path.suffix == ".mp4"  # FFmpeg chooses the container by it
    assert mode(partial.path) == 0o600
    assert not target.exists()
    partial.remove()


def test_publishing_gives_the_name_and_ordinary_permissions(tmp_path: Path) -> None:
    target = tmp_path / "clean.mp4"
    partial = PartialFile(target)
    partial.path.write_bytes(b"a film")
    partial.publish()
    assert [path.name for path in tmp_path.iterdir()] == ["clean.mp4"]
    assert target.read_bytes() == b"a film"
    assert mode(target) == 0o644


def test_publishing_keeps_the_umask(tmp_path: Path) -> None:
    os.umask(0o077)
    partial = PartialFile(tmp_path / "clean.mp4")
    partial.publish()
    assert mode(tmp_path / "clean.mp4") == 0o600
    assert os.umask(0o077) == 0o077


def test_publishing_replaces_an_older_result(tmp_path: Path) -> None:
    target = tmp_path / "clean.mp4"
    target.write_bytes(b"old")
    partial = PartialFile(target)
    assert target.read_bytes() == b"old"
    partial.path.write_bytes(b"new")
    partial.publish()
    assert target.read_bytes() == b"new"


def test_removing_leaves_nothing(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "clean.mp4")
    partial.remove()
    partial.remove()
    assert list(tmp_path.iterdir()) == []


def test_removing_after_publishing_takes_the_result_back(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "clean.mp4")
    partial.publish()
    partial.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_file_kept_under_another_name_is_not_the_result(tmp_path: Path) -> None:
    target = tmp_path / "clean.mp4"
    target.write_bytes(b"older")
    partial = PartialFile(target)
    partial.path.write_bytes(b"a film")
    partial.keep_as(tmp_path / "clean.rejected.mp4")
    partial.remove()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.mp4", "clean.rejected.mp4"]
    assert target.read_bytes() == b"older"
    assert (tmp_path / "clean.rejected.mp4").read_bytes() == b"a film"
    assert mode(tmp_path / "clean.rejected.mp4") == 0o644


def test_the_longest_legal_name_has_room_for_its_partial(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 251 + ".mp4")
    PartialFile(target).publish()
    assert target.exists()


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"clean\.mp4: cannot be written") as caught:
        PartialFile(tmp_path / "none" / "clean.mp4")
    assert "\n" not in str(caught.value)


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / ("x" * 252 + ".mp4"))
    with pytest.raises(SinkError, match="cannot be put in its place"):
        partial.publish()
    partial.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_partial_that_vanished_cannot_be_published(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "clean.mp4")
    partial.path.unlink()
    with pytest.raises(SinkError, match="cannot be put in its place"):
        partial.publish()


def test_a_folder_in_its_place_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "clean.mp4").mkdir()
    partial = PartialFile(tmp_path / "clean.mp4")
    with pytest.raises(SinkError, match="cannot be put in its place"):
        partial.publish()
    assert (tmp_path / "clean.mp4").is_dir()
