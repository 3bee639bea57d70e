"""Where pictures lie: a file, or a numbered pattern such as ``shot.%04d.dpx``. Knows nothing of what is in them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from faceerase.errors import SourceError

_DIRECTIVE = re.compile(r"%(?:0(\d+))?d")
_NUMBER = re.compile(r"^(.*?)(\d+)(\D*)$", re.DOTALL)
SHOWN_GAPS = 5


@dataclass(frozen=True, slots=True)
class Pattern:
    """A numbered sequence: the name before and after the number, and with how many digits that is written."""

    folder: Path
    before: str
    digits: int
    after: str

    @property
    def path(self) -> Path:
        """As a person writes it."""
        return self.folder / f"{self.before}%{f'0{self.digits}' if self.digits > 1 else ''}d{self.after}"

    def name(self, number: int) -> str:
        """Return the name of the picture of a number."""
        return f"{self.before}{number:0{self.digits}d}{self.after}"

    def number(self, name: str) -> int | None:
        """Return the number in a name, or None where it is not of this sequence."""
        middle = name[len(self.before) : len(name) - len(self.after)]
        if not (middle.isascii() and middle.isdecimal()):
            return None
        return int(middle) if self.name(int(middle)) == name else None

    def existing(self) -> dict[int, Path]:
        """Return the files of this sequence by their numbers, in order.

        Raises:
            SourceError: the folder cannot be read.
        """
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError as error:
            raise SourceError(f"{self.path}: cannot be read ({error.strerror})") from error
        numbered = ((self.number(name), name) for name in names)
        return {number: self.folder / name for number, name in sorted((n, m) for n, m in numbered if n is not None)}


def pattern_of(path: Path) -> Pattern | None:
    """Return the sequence that a path means, or None where it means one file."""
    found = list(_DIRECTIVE.finditer(path.name))
    if len(found) != 1 or path.exists():
        return None
    directive = found[0]
    digits = int(directive.group(1) or 1)
    return Pattern(path.parent, path.name[: directive.start()], digits, path.name[directive.end() :])


def files_of(path: Path) -> list[Path]:
    """Return the files, or the folder, that a path means, as far as there are any.

    Raises:
        SourceError: the folder of a pattern cannot be read.
    """
    pattern = pattern_of(path)
    if pattern is not None and pattern.folder.is_dir():
        return list(pattern.existing().values())
    return [path] if path.exists() else []


def patterns_among(paths: Iterable[Path]) -> list[Pattern]:
    """Return the sequences of two pictures or more that names of one folder make up."""
    groups: dict[tuple[Path, str, str], list[str]] = defaultdict(list)
    for path in paths:
        match = _NUMBER.match(path.stem)
        if match is not None:
            groups[path.parent, match.group(1), match.group(3) + path.suffix].append(match.group(2))
    patterns = []
    for (folder, before, after), numbers in groups.items():
        pattern = Pattern(folder, before, min(map(len, numbers)), after)
        if len(numbers) > 1 and all(pattern.number(f"{before}{number}{after}") is not None for number in numbers):
            patterns.append(pattern)
    return patterns


def gaps_in(numbers: Iterable[int]) -> str:
    """Return which numbers are missing between the first and the last, in words; nothing where none is."""
    missing = [(one + 1, other - 1) for one, other in pairwise(numbers) if other > one + 1]
    words = [str(first) if first == last else f"{first} to {last}" for first, last in missing[:SHOWN_GAPS]]
    more = len(missing) - SHOWN_GAPS
    return ", ".join([*words, *([f"and in {more} more places"] if more > 0 else [])])
