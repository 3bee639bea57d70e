"""What travels between driver and workers: units, what is known of their files, and what workers say.

Knows nothing of Ray.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faceerase.errors import SinkError, SourceError, reason_of
from faceerase.streamer.hidden.half import HalfFile
from faceerase.streamer.workers.seam import Portable, Unit

PIECE = 32 << 20
"""Bytes of a file that travel as one object."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known to be the same on another machine."""

    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A unit on its way to a worker.

    Attributes:
        unit: what is to be done.
        reads: the files that it reads, by their whole names, and what they are for the driver.
        writes: the file that comes of it; None: it is no ``Portable``.
        token: a file that lies beside ``writes`` where the driver is: who sees it sees the driver's own folder.
        sent: the pieces of files that the worker asked for, as references to objects.
    """

    unit: Unit[Any]
    reads: Mapping[Path, Stamp] = field(default_factory=dict)
    writes: Path | None = None
    token: Path | None = None
    sent: Mapping[Path, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A worker does not have these files."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """The next bytes of the file that came of a unit, from a worker that does not see the driver's folder."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a unit."""

    result: Any


def stamp_of(path: Path) -> Stamp | None:
    """Return what a file is here; None: it is not."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns)


class Folders:
    """Lays a token into folders that workers may share with the driver, and takes it away again."""

    def __init__(self) -> None:
        self._tokens: dict[Path, Path] = {}

    def token(self, folder: Path) -> Path:
        """Return the file by which a folder is known.

        Raises:
            SinkError: the folder cannot be written to.
        """
        if folder not in self._tokens:
            path = folder / f".{secrets.token_hex(8)}.token"
            try:
                path.touch(mode=0o600)
            except OSError as error:
                raise SinkError(f"{folder}: cannot be written to ({reason_of(error)})") from error
            self._tokens[folder] = path
        return self._tokens[folder]

    def clear(self) -> None:
        """Take all tokens away."""
        for path in self._tokens.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self._tokens.clear()


def packed(unit: Unit[Any], folders: Folders) -> Parcel:
    """Return a unit with what its worker must know of its files.

    Raises:
        SourceError: a file is not here.
        SinkError: the folder of its result cannot be written to.
    """
    if not isinstance(unit, Portable):
        return Parcel(unit)
    reads = {}
    for path in unit.reads:
        whole = path.absolute()
        stamp = stamp_of(whole)
        if stamp is None:
            raise SourceError(f"{path}: cannot be read any more")
        reads[whole] = stamp
    writes = unit.writes.absolute()
    moved = unit.moved({path: path.absolute() for path in (*unit.reads, unit.writes)})
    return Parcel(moved, reads, writes, folders.token(writes.parent))


class Arrival:
    """A file that comes in pieces; it has its name when all of them are there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: HalfFile | None = None

    def take(self, piece: Piece) -> None:
        """Add the next piece.

        Raises:
            SinkError: it cannot be written.
        """
        if self._file is None:
            self._file = HalfFile(self._path)
        self._file.write(piece.data)

    def finish(self) -> None:
        """Give the file its name, if anything came.

        Raises:
            SinkError: it cannot be written.
        """
        if self._file is not None:
            self._file.finish()

    def abandon(self) -> None:
        """Leave nothing of a file that is not whole."""
        if self._file is not None:
            self._file.abandon()
