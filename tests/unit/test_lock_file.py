"""A lock beside what it guards."""

import errno
import os
from pathlib import Path

import pytest

from faceerase.errors import SinkError
from faceerase.streamer.lock_file import lock_file

fcntl = pytest.importorskip("fcntl")


def test_it_is_held_by_one_and_free_again(tmp_path: Path) -> None:
    lock = lock_file(tmp_path / "lock")
    assert lock is not None
    assert lock_file(tmp_path / "lock") is None
    lock.release()
    again = lock_file(tmp_path / "lock")
    assert again is not None
    again.release()


def test_a_file_system_without_locks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int, _operation: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(SinkError, match=r"lock: cannot be locked .* name a folder where locks work"):
        lock_file(tmp_path / "lock")
