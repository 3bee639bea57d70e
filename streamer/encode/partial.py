"""A file that has no name until it is whole: written as a hidden partial beside its target, then renamed.

Knows nothing of what is in it.
"""

import os
from pathlib import Path

from faceerase.errors import SinkError


class PartialFile:
    """A hidden, private file beside ``target``; ``path`` is where to write."""

    def __init__(self, target: Path) -> None:
        """Make the empty partial.

        Raises:
            SinkError: the folder is missing or cannot be written to.
        """
        self.target = target
        self.path = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix}")
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        except OSError as error:
            raise SinkError(f"{target}: cannot be written ({error.strerror})") from error

    def publish(self) -> None:
        """Give the finished file its name, with the permissions of a new file.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        try:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(self.path, 0o666 & ~mask)
            with self.path.open("rb") as written:
                os.fsync(written.fileno())
            os.replace(self.path, self.target)
        except OSError as error:
            raise SinkError(
                f"{self.target}: the finished film cannot be put in its place ({error.strerror})"
            ) from error

    def remove(self) -> None:
        """Leave nothing behind; does nothing once published."""
        self.path.unlink(missing_ok=True)
