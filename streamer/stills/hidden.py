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
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.place import pattern_of


def hidden_folder(target: Path) -> Path:
    """Make a hidden, private folder beside a target, and return it.

    Raises:
        SinkError: the place is missing or cannot be written to.
    """
    folder = target.with_name(f".{target.stem[:48]}.{os.getpid()}.part")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise SinkError(f"{target}: cannot be written ({error.strerror})") from error
    return folder


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
        self.path = hidden_folder(target)
        self._published = False

    def publish(self) -> None:
        """Give the folder its name; an older one goes.

        Raises:
            SinkError: the place vanished or refuses; then the older one is still there.
        """
        older = self.path.with_suffix(".old")
        try:
            os.chmod(self.path, usual_mode(0o777))
            if self.target.exists():
                os.rename(self.target, older)
            try:
                os.rename(self.path, self.target)
            except OSError:
                if older.exists():
                    os.rename(older, self.target)
                raise
        except OSError as error:
            raise SinkError(f"{self.target}: cannot be put in its place ({error.strerror})") from error
        self._published = True
        shutil.rmtree(older, ignore_errors=True)

    def remove(self) -> None:
        """Leave nothing behind, the published folder included."""
        shutil.rmtree(self.target if self._published else self.path, ignore_errors=True)


class HiddenPictures:
    """The pictures of one target, a file or a pattern, on their way."""

    def __init__(self, target: Path) -> None:
        """Make the hidden folder.

        Raises:
            SinkError: the place is missing or cannot be written to.
        """
        self.target = target
        self._folder = hidden_folder(target)
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
            path.unlink(missing_ok=True)
        self._published.clear()
        self._clear()

    def _move(self, moves: dict[Path, Path], moved: list[Path]) -> None:
        mode = usual_mode(0o666)
        try:
            for path, name in moves.items():
                os.chmod(path, mode)
                os.replace(path, name)
                moved.append(name)
        except OSError as error:
            for name in moved:
                with suppress(OSError):
                    name.unlink()
            moved.clear()
            raise SinkError(f"{self.target}: cannot be put in its place ({error.strerror})") from error

    def _clear(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
