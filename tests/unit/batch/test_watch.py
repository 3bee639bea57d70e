"""When a file in a watched folder counts as complete."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from faceerase.streamer.batch.inputs.discovery import Found, discover, filters_of
from faceerase.streamer.batch.inputs.watch import being_written, watch


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_watch(folder: Path, clock: Clock) -> Iterator[Found | None]:
    return watch(lambda: discover(str(folder), filters_of((), ())).found, settle=3, every=1, clock=clock)


def after(seconds: int, watched: Iterator[Found | None], clock: Clock) -> list[str]:
    names = []
    for _ in range(seconds):
        clock.now += 1
        names += [found.name.name for found in iter(lambda: next(watched), None)]
    return names


def test_a_file_is_given_once_it_is_steady_and_again_when_it_changed(tmp_path: Path, clock: Clock) -> None:
    watched = make_watch(tmp_path, clock)
    assert after(2, watched, clock) == []
    film = tmp_path / "a.mp4"
    film.write_bytes(b"some")
    assert after(3, watched, clock) == []
    film.write_bytes(b"some more")
    assert after(3, watched, clock) == []
    assert after(5, watched, clock) == ["a.mp4"]
    film.write_bytes(b"another")
    assert after(5, watched, clock) == ["a.mp4"]
    film.unlink()
    assert after(5, watched, clock) == []


def gives_leases(path: Path) -> bool:
    """Whether the file system has them at all (network shares may not), asked of a file that nobody writes to."""
    import fcntl

    with path.open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError:
            return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_what_is_open_for_writing_is_not_complete(tmp_path: Path, clock: Clock) -> None:
    film = tmp_path / "a.mp4"
    film.write_bytes(b"some")
    assert not being_written(film)
    watched = make_watch(tmp_path, clock)
    if not gives_leases(film):
        pytest.skip("this file system gives no leases, by which alone Linux tells")
    with film.open("ab"):
        assert being_written(film)
        assert after(8, watched, clock) == []
    assert after(2, watched, clock) == ["a.mp4"]
    assert being_written(tmp_path / "vanished.mp4")
