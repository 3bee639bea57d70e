"""A file that is written under another name until it is whole; what a killed run leaves of it counts for nothing.

For folders that are hidden themselves. Knows nothing of what is in it.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from faceerase.errors import SinkError

HALF = ".half"
"""Suffix of a file that is not finished."""

_PRIVATE = 0o600


class HalfFile:
    """One such file."""

    def __init__(self, path: Path) -> None:
        """Begin; ``path`` is where it lies in the end.

        Raises:
            SinkError: the place cannot be written to.
        """
        self._path, self._half = path, path.with_suffix(HALF)
        try:
            self._file: BinaryIO = os.fdopen(os.open(self._half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, _PRIVATE), "wb")
        except OSError as error:
            raise self._refused(error) from error

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            SinkError: the disk refused.
        """
        try:
            self._file.write(data)
        except OSError as error:
            raise self._refused(error) from error

    def finish(self) -> None:
        """Give the file its name, once it is on the disk.

        Raises:
            SinkError: the disk refused.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self._half, self._path)
        except OSError as error:
            raise self._refused(error) from error

    def abandon(self) -> None:
        """Leave nothing of a file that is not finished."""
        with suppress(OSError):  # what could not be written is not wanted either
            self._file.close()
        self._half.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> SinkError:
        return SinkError(f"{self._path.parent}: a segment cannot be written ({error.strerror})")
