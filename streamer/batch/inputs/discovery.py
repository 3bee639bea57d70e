"""Which films, pictures and sequences are meant by what a person names: files, folders, globs. Opens no film.

Knows nothing of outputs.
"""

import glob
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

from faceerase.errors import ConfigError
from faceerase.streamer.encode.holds import FORMATS
from faceerase.streamer.stills.place import files_of, pattern_of
from faceerase.streamer.stills.units import folders_below, units_among

FILMS = frozenset(FORMATS) | {
    ".3gp", ".asf", ".dv", ".f4v", ".flv", ".m1v", ".m2v", ".mj2", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".nut",
    ".ogm", ".ogv", ".vob", ".wmv", ".y4m",
}  # fmt: skip
"""Suffixes of what is taken for a film in a folder; a file that is named is taken whatever it is called."""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Something to be anonymised, and its name from the root of what was named: the tree that is mirrored."""

    source: Path
    name: Path


@dataclass(frozen=True, slots=True)
class Filters:
    """Which names are taken, by patterns as in ``.gitignore`` (``*.mov``, ``proxies/``, ``/day1/**``, ``!a.mov``)."""

    include: GitIgnoreSpec | None = None
    exclude: GitIgnoreSpec | None = None

    def take(self, name: Path) -> bool:
        """Return whether a file of this name, from the root of what was named, is taken."""
        text = name.as_posix()
        included = self.include is None or self.include.match_file(text)
        return included and not (self.exclude is not None and self.exclude.match_file(text))


@dataclass(slots=True)
class Discovered:
    """What was found, and files of folders that were left alone because they are neither films nor pictures."""

    found: list[Found] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)


def filters_of(include: Sequence[str], exclude: Sequence[str]) -> Filters:
    """Return filters of patterns.

    Raises:
        ConfigError: a pattern is none.
    """
    try:
        return Filters(*(GitIgnoreSpec.from_lines(one) if one else None for one in (include, exclude)))
    except ValueError as error:
        raise ConfigError(f"--include, --exclude: {error}") from error


def discover(named: str, filters: Filters, apart_from: Path | None = None) -> Discovered:
    """Return what is meant by a path or glob.

    A folder stands for the films and pictures in it and below, hidden ones apart; a glob for what it matches, folders
    included. What does not exist is found too, so that it can fail by itself.

    Args:
        named: a path, or a glob (``**`` goes through folders).
        filters: on names from the folder, or from the fixed part of the glob, on.
        apart_from: a folder in which nothing is looked for: the one that results go to.

    Raises:
        SourceError: a folder cannot be read.
    """
    path, found = Path(named), Discovered()
    if path.is_dir():
        _folder(path, path, filters, apart_from, found)
    elif not path.exists() and pattern_of(path) is None and glob.has_magic(named):
        root = _fixed_part(path)
        matches = [Path(one) for one in sorted(glob.glob(named, recursive=True))]
        for folder in (one for one in matches if one.is_dir() and "**" not in named):
            _folder(folder, root, filters, apart_from, found)
        files: dict[Path, list[Path]] = defaultdict(list)
        for file in (one for one in matches if not one.is_dir() and not _inside(one, apart_from)):
            files[file.parent].append(file)
        for members in files.values():
            _files(members, root, filters, found, every=True)
        if not matches:
            found.found.append(Found(path, Path(path.name)))
    elif filters.take(Path(path.name)):
        found.found.append(Found(path, Path(path.name)))
    return found


def remarks_of(others: Iterable[Path]) -> list[str]:
    """Return in words which files were left alone."""
    names = [path.name for path in others]
    if not names:
        return []
    shown = ", ".join([*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])])
    return [f"left alone: {len(names)} file{'s' if len(names) > 1 else ''} neither film nor picture ({shown})"]


def _folder(folder: Path, root: Path, filters: Filters, apart_from: Path | None, found: Discovered) -> None:
    for files in folders_below(folder):
        if files and not _inside(files[0], apart_from):
            _files(files, root, filters, found, every=False)


def _files(files: Sequence[Path], root: Path, filters: Filters, found: Discovered, every: bool) -> None:
    taken = [path for path in files if filters.take(path.relative_to(root))]
    units, others = units_among(taken)
    sources = [unit.path for unit in units]
    for path in others:
        if every or path.suffix.lower() in FILMS:
            sources.append(path)
        else:
            found.others.append(path)
    # A sequence of which a filter takes some pictures only must not become all of it again.
    chosen = set(taken)
    for source in sorted(sources):
        if chosen.issuperset(files_of(source)):
            found.found.append(Found(source, source.relative_to(root)))
        else:
            members = [path for path in files_of(source) if path in chosen]
            found.found += [Found(path, path.relative_to(root)) for path in members]


def _fixed_part(path: Path) -> Path:
    parts: list[str] = []
    for part in path.parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return Path(*parts)


def _inside(path: Path, folder: Path | None) -> bool:
    return folder is not None and path.resolve().is_relative_to(folder.resolve())
