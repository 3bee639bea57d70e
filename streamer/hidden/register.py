"""What this process has hidden and what it has named, so that an end at once leaves nothing half-made.

A place is entered before it is made and struck out after it is gone, so that no moment is between. Light on purpose: it
is there before anything else is imported. Knows nothing of why a process ends.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

_ATTEMPTS = 5
"""Other threads may still be writing into a folder that is being removed."""


class Register:
    """Hidden places that exist or are about to, and the names of finished results."""

    def __init__(self) -> None:
        self._hidden: dict[Path, None] = {}
        self.published: list[Path] = []

    def enter(self, place: Path) -> None:
        """Take note of a place that is about to be made."""
        self._hidden[place] = None

    def name(self, target: Path) -> None:
        """Take note of a finished result under its name, unless that itself lies in a hidden place."""
        if not any(place in target.parents for place in self._hidden):
            self.published.append(target)

    def take_back(self, target: Path) -> None:
        """Remove a finished result again."""
        if remove(target) and target in self.published:
            self.published.remove(target)

    def strike(self, place: Path) -> None:
        """Take note that a place is hidden no more: removed, or named."""
        self._hidden.pop(place, None)

    def remove_all(self) -> list[Path]:
        """Remove every hidden place at once, without a lock, from any thread; return those that resist."""
        left = []
        for place in list(self._hidden):
            if remove(place):
                self.strike(place)
            else:
                left.append(place)
        return left


def remove(place: Path) -> bool:
    """Remove a file or a whole folder, whatever goes wrong; return whether it is gone."""
    for _ in range(_ATTEMPTS):
        with suppress(OSError):
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        if not os.path.lexists(place):
            return True
    return False


PROCESS = Register()
"""That of this process: signals and ends are the process's, too."""
