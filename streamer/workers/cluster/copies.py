"""Copies of files on a worker's machine that has not got them, for as long as the worker lives.

A worker that is killed leaves its copies; the next one on that machine removes them. Knows nothing of Ray.
"""

import secrets
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from faceerase.errors import SinkError, reason_of
from faceerase.streamer.workers.cluster.parcels import Stamp, stamp_of

PREFIX = "faceerase-worker-"
_LOCK = ".lock"


class Copies:
    """A private folder of copies, held by a lock that ends with the process."""

    def __init__(self) -> None:
        _remove_left_behind()
        self._folder: Path | None = None
        self._lock: FileLock | None = None
        self._held: dict[tuple[Path, Stamp], Path] = {}

    def place(self, path: Path, stamp: Stamp) -> Path | None:
        """Return where a file is here: by its own path if it is the same there, as a copy, or not at all (None)."""
        return path if stamp_of(path) == stamp else self._held.get((path, stamp))

    def keep(self, path: Path, stamp: Stamp, pieces: Iterable[bytes]) -> Path:
        """Make a copy and return where it is.

        Raises:
            SinkError: there is no room for it, or it did not come whole.
        """
        copy = self.folder / f"{len(self._held)}{path.suffix}"
        try:
            with copy.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            size = copy.stat().st_size
        except OSError as error:
            raise SinkError(f"{path}: no copy of it can be made on a worker's machine ({reason_of(error)})") from error
        if size != stamp.size:
            raise SinkError(f"{path}: was written to while it was sent to a worker")
        self._held[path, stamp] = copy
        return copy

    @property
    def folder(self) -> Path:
        """Where copies lie; nobody else can read it."""
        if self._folder is None:
            # The lock first: whoever removes what was left behind takes a folder without a holder for one.
            name = Path(tempfile.gettempdir(), f"{PREFIX}{secrets.token_hex(8)}{_LOCK}")
            self._lock = FileLock(name, mode=0o600)
            self._lock.acquire(timeout=0)
            self._folder = name.with_suffix("")
            self._folder.mkdir(mode=0o700)
        return self._folder

    def clear(self) -> None:
        """Remove everything."""
        if self._folder is not None and self._lock is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock.release()
        self._held.clear()
        self._folder = self._lock = None


def _remove_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.is_dir():
            name = folder.with_name(folder.name + _LOCK)
            with suppress(Timeout, OSError), FileLock(name).acquire(timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
                name.unlink(missing_ok=True)
