"""The ledger of a batch's folder: one small file for each output says what it was made of and what it is.

One file each, so that two batches, on two machines even, never write the same one, and a crash costs one entry at most.
Knows nothing of workers or of what is to be done.
"""

import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from pydantic import Field, ValidationError

from faceerase import __version__
from faceerase.configs.base import Frozen
from faceerase.errors import SinkError, reason_of
from faceerase.streamer.batch.record.fingerprint import Fingerprint
from faceerase.streamer.lock_file import lock_file

FOLDER = ".faceerase"
LOGS = "batch-logs"

LONGEST_NAME = 250
"""Bytes of a file name that leave room for a suffix."""

State = Literal["begun", "done", "failed"]


class Entry(Frozen):
    """What is known of one output.

    Attributes:
        state: ``begun``: somebody is at it, or was stopped in the middle of it.
        name: of the output, from the batch's folder on.
        source: the file or pattern that it is made of.
        identity: the options and networks that it is made with.
        input: what the source was.
        results: what was written, by kind (output, matte, report).
        frames: written.
        faces: erased, counted anew in every frame.
        tracks: faces that were followed.
        lost: what could not be decoded.
        remarks: what was dropped, changed or repaired.
        encoder: and pixel format.
        provider: what the network ran on.
        work_seconds: wall-clock time in its worker, loading, hashing and checks included.
        error: why it failed.
        exit_code: what the failure means for one film.
        pid: of the worker.
        version: of faceerase.
        time: when this was noted (UTC).
    """

    state: State
    name: str
    source: str
    identity: dict[str, Any] = Field(default_factory=dict)
    input: Fingerprint | None = None
    results: dict[str, Fingerprint] = Field(default_factory=dict)
    frames: int = 0
    faces: int = 0
    tracks: int = 0
    lost: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    encoder: str = ""
    provider: str = ""
    work_seconds: float = 0.0
    error: str = ""
    exit_code: int = 0
    pid: int = 0
    version: str = __version__
    time: str = ""


class Ledger:
    """What is known of the outputs of one folder, and who is at which of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries = folder / FOLDER / "ledger"
        self._locks = folder / FOLDER / "locks"

    def read(self, name: str) -> Entry | None:
        """Return what is known of an output; an entry that a crash spoiled counts as begun. None: nothing.

        Raises:
            SinkError: it cannot be read.
        """
        try:
            text = self._place(name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SinkError(f"{self._place(name)}: cannot be read ({error.strerror})") from error
        try:
            return Entry.model_validate_json(text)
        except ValidationError:
            return Entry(state="begun", name=name, source="")

    def write(self, name: str, entry: Entry) -> None:
        """Note what became of an output; the file is always the old or the new one, whatever happens.

        Raises:
            SinkError: it cannot be written.
        """
        place = self._place(name)
        noted = entry.model_copy(update={"time": datetime.now(UTC).isoformat(timespec="seconds")})
        write_whole(place, noted.model_dump_json(indent=1, exclude_defaults=True))

    def lock(self, name: str) -> FileLock | None:
        """Return the lock of an output, held until it is released or this process ends however; None: others hold it.

        Raises:
            SinkError: the folder cannot be written to, or its file system knows no locks.
        """
        place = self._locks / f"{_short(name)}.lock"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SinkError(f"{place}: cannot be written ({reason_of(error)})") from error
        return lock_file(place)

    def log(self, name: str) -> Path:
        """Return where the log of an output goes."""
        long = len(Path(name).name.encode()) > LONGEST_NAME
        return self.folder / LOGS / (f"{_short(name)}.log" if long else f"{name}.log")

    def _place(self, name: str) -> Path:
        return self._entries / f"{_short(name)}.json"


def _short(name: str) -> str:
    """Return a file name for an output's name, which may be as long as names can be."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is there whole, or not at all.

    Raises:
        SinkError: it cannot be written.
    """
    partial = path.with_name(f".{path.name[:48]}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise SinkError(f"{path}: cannot be written ({error.strerror})") from error
