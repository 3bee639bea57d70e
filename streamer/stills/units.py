"""What a folder of pictures holds: numbered sequences, which are followed through time, and pictures by themselves.

Knows nothing of what is done with them.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faceerase.errors import ConfigError, SourceError
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.picture import likeness_of
from faceerase.streamer.stills.place import patterns_among


@dataclass(frozen=True, slots=True)
class Unit:
    """A sequence (``path`` is a pattern) or a picture, and of how many files it is."""

    path: Path
    count: int


def units_in(folder: Path) -> tuple[list[Unit], list[Path]]:
    """Return what is to be anonymised in a folder and the folders in it, in the order of the names; and what is not.

    Names of one pattern whose pictures have one kind, size, format, orientation and colour profile are a sequence.

    Raises:
        SourceError: there is no picture in it, or it cannot be read.
    """
    units: list[Unit] = []
    others: list[Path] = []
    for files in folders_below(folder):
        found, rest = units_among(files)
        units += found
        others += rest
    if not units:
        raise SourceError(f"{folder}: no pictures in it")
    return units, others


def units_among(files: Sequence[Path]) -> tuple[list[Unit], list[Path]]:
    """Return what is to be anonymised of the files of one folder, in the order of the names; and what is no picture."""
    pictures = [path for path in files if kind_of_name(path) is not None]
    found, taken = [], set()
    for pattern in patterns_among(pictures):
        members = list(pattern.existing().values())
        if _is_sequence(members):
            found.append(Unit(pattern.path, len(members)))
            taken |= set(members)
    found += [Unit(path, 1) for path in pictures if path not in taken]
    others = [path for path in files if kind_of_name(path) is None]
    return sorted(found, key=lambda unit: unit.path), others


def sequence_in(folder: Path) -> Path:
    """Return the one sequence, as a pattern, or the one picture that a folder holds.

    Raises:
        SourceError: there is no picture in it, or it cannot be read.
        ConfigError: there are several.
    """
    units, _ = units_in(folder)
    if len(units) > 1:
        raise ConfigError(
            f"{folder}: not one numbered sequence of pictures of one size and format, but {len(units)} sequences or "
            "pictures; name a folder as OUTPUT, without a suffix"
        )
    return units[0].path


def folders_below(folder: Path) -> Iterator[list[Path]]:
    """Yield the visible files of a folder and of each folder in it; links to folders are not followed."""

    def refuse(error: OSError) -> None:
        raise SourceError(f"{folder}: cannot be read ({error.strerror})") from error

    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield [Path(root) / name for name in sorted(names) if not name.startswith(".")]


def _is_sequence(paths: list[Path]) -> bool:
    try:
        first = likeness_of(paths[0])
        return all(likeness_of(path) == first for path in paths[1:])
    except SourceError:
        return False  # each by itself: only the damaged one is lost
