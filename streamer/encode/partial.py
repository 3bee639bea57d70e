"""A file that has no name until it is whole: written as a hidden partial beside its target, then renamed.

Knows nothing of what is in it.
"""

import os
from pathlib import Path
from typing import Protocol

from faceerase.errors import SinkError
from faceerase.streamer.hidden.naming import settle
from faceerase.streamer.hidden.place import HiddenPlace
from faceerase.streamer.hidden.register import PROCESS


class Hidden(Protocol):
    """What has no name until it is whole."""

    target: Path

    @property
    def path(self) -> Path:
        """Where it lies until then."""
        ...

    def publish(self) -> None:
        """Give it its name."""
        ...

    def keep_as(self, other: Path, /) -> None:
        """Give it a name that is not the target's; ``remove`` leaves it there."""
        ...

    def remove(self) -> None:
        """Leave nothing behind, what was published included."""
        ...


class HiddenSink:
    """What every ``FrameSink`` does with the hidden place that it writes to."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden = hidden

    @property
    def target(self) -> Path:
        """Where the result will lie."""
        return self._hidden.target

    @property
    def unpublished(self) -> Path:
        """Where it lies until it is published."""
        return self._hidden.path

    def publish(self) -> None:
        """Give the finished result its name.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._hidden.publish()

    def keep_as(self, name: Path) -> None:
        """Give the finished result, which is not to be published, another name; ``abandon`` leaves it there.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._hidden.keep_as(name)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._hidden.remove()


def usual_mode(bits: int) -> int:
    """Return the permissions of a new file (0o666) or folder (0o777) of this user's."""
    mask = os.umask(0)
    os.umask(mask)
    return bits & ~mask


class PartialFile:
    """A hidden, private file beside ``target``; ``path`` is where to write, ``url`` the same for FFmpeg."""

    def __init__(self, target: Path) -> None:
        """Make the empty partial.

        Raises:
            SinkError: the folder is missing or cannot be written to.
        """
        self.target = target
        self._place = HiddenPlace(target)
        self._published = False

    @property
    def path(self) -> Path:
        """Where it lies until it is published."""
        return self._place.path

    @property
    def url(self) -> str:
        """The path as FFmpeg reads it, whatever colons are in it."""
        return f"file:{self.path}"

    def publish(self) -> None:
        """Give the finished file its name, with the permissions of a new file.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._published = True  # beforehand: a stop between the two would leave the file under its name
        try:
            self._rename(self.target)
        except SinkError:
            self._published = False
            raise
        PROCESS.name(self.target)

    def keep_as(self, other: Path) -> None:
        """Give the finished file a name that is not the target's; ``remove`` leaves it there.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._rename(other)

    def remove(self) -> None:
        """Leave nothing behind, the published file included."""
        named = self._published and not self.path.exists()
        self._place.remove()
        if named:
            PROCESS.take_back(self.target)

    def _rename(self, name: Path) -> None:
        try:
            os.chmod(self.path, usual_mode(0o666))
            with self.path.open("rb") as written:
                os.fsync(written.fileno())
            self._place.let_open()
            os.replace(self.path, name)
        except OSError as error:
            raise SinkError(f"{name}: the finished film cannot be put in its place ({error.strerror})") from error
        self._place.release()
        settle(name.parent)
