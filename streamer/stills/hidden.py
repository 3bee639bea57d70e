"""Pictures that have no names until all of them are whole: written into a hidden folder beside, then moved together.

Knows nothing of what is in them.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from faceerase.errors import SinkError
from faceerase.streamer.encode.partial import usual_mode
from faceerase.streamer.hidden.leftovers import hold_old
from faceerase.streamer.hidden.naming import settle
from faceerase.streamer.hidden.place import HiddenPlace
from faceerase.streamer.hidden.register import PROCESS, remove
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.place import pattern_of


class HiddenFolder:
    """A folder that has no name until everything in it is whole."""

    def __init__(self, target: Path) -> None:
        """Make it.

        Raises:
            SinkError: the place cannot be written to, or what is there holds other things than pictures.
        """
        if target.is_dir():
            foreign = next((path for path in target.rglob("*") if not path.is_dir() and not kind_of_name(path)), None)
            if foreign is not None:
                raise SinkError(f"{target}: not replaced, it holds more than pictures ({foreign.name}); name another")
        self.target = target
        self._place = HiddenPlace(target, folder=True)
        self._published = False

    @property
    def path(self) -> Path:
        """Where it lies until it is published."""
        return self._place.path

    def publish(self) -> None:
        """Give the folder its name; an older one goes.

        Raises:
            SinkError: the place vanished or refuses; then the older one is still there.
        """
        older, held = hold_old(self.target, os.getpid())
        self._published = True  # beforehand: a stop between the two would leave the folder under its name
        try:
            os.chmod(self.path, usual_mode(0o777))
            if self.target.exists():
                os.rename(self.target, older)
            try:
                self._place.let_open()
                os.rename(self.path, self.target)
            except OSError:
                if older.exists():
                    os.rename(older, self.target)
                raise
        except OSError as error:
            self._published = False
            raise SinkError(f"{self.target}: cannot be put in its place ({error.strerror})") from error
        self._place.release()
        settle(self.target.parent)
        PROCESS.name(self.target)
        shutil.rmtree(older, ignore_errors=True)
        if held is not None:
            os.close(held)

    def remove(self) -> None:
        """Leave nothing behind, the published folder included."""
        named = self._published and not self.path.exists()
        self._place.remove()
        if named:
            PROCESS.take_back(self.target)


class HiddenPictures:
    """The pictures of one target, a file or a pattern, on their way."""

    def __init__(self, target: Path) -> None:
        """Make the hidden folder.

        Raises:
            SinkError: the place is missing or cannot be written to.
        """
        self.target = target
        self._place = HiddenPlace(target, folder=True)
        self._folder = self._place.path
        self.names: list[str] = []
        self._published: list[Path] = []

    @property
    def path(self) -> Path:
        """Where the pictures lie until they are published: a file or a pattern."""
        return self._folder / self.target.name

    def paths(self) -> Iterable[Path]:
        """Return where each picture lies until then."""
        return [self._folder / name for name in self.names]

    def put(self, name: str, data: bytes) -> None:
        """Write one picture.

        Raises:
            SinkError: the disk refused.
        """
        try:
            with (self._folder / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SinkError(f"{self.target}: {name} not written ({error.strerror})") from error
        self.names.append(name)

    def publish(self) -> None:
        """Give every picture its name; older ones of the same sequence go.

        Raises:
            SinkError: the folder vanished or refuses; then none has its name.
        """
        pattern = pattern_of(self.target)
        older = list(pattern.existing().values()) if pattern else []
        self._move(dict(zip(self.paths(), map(self.target.with_name, self.names), strict=True)), self._published)
        for path in older:
            if path.name not in self.names:
                path.unlink(missing_ok=True)
        PROCESS.name(self.target)
        self._clear()

    def keep_as(self, other: Path) -> None:
        """Give every picture a name of another target; ``remove`` leaves them there.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        mine, its = pattern_of(self.target), pattern_of(other)
        numbers = [mine.number(name) if mine else None for name in self.names]
        names = [its.name(number) if its and number is not None else other.name for number in numbers]
        self._move(dict(zip(self.paths(), map(other.with_name, names), strict=True)), [])
        self._clear()

    def remove(self) -> None:
        """Leave nothing behind, published pictures included."""
        for path in self._published:
            remove(path)
        self._published.clear()
        self._clear()

    def _move(self, moves: dict[Path, Path], moved: list[Path]) -> None:
        mode = usual_mode(0o666)
        try:
            for path, name in moves.items():
                os.chmod(path, mode)
                os.replace(path, name)
                moved.append(name)
            settle(self.target.parent)
        except OSError as error:
            for name in moved:
                with suppress(OSError):
                    name.unlink()
            moved.clear()
            raise SinkError(f"{self.target}: cannot be put in its place ({error.strerror})") from error

    def _clear(self) -> None:
        self._place.remove()
