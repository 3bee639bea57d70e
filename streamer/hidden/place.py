"""A hidden, private place beside a target, held for as long as this process lives. Knows nothing of what is in it."""

import os
import re
from contextlib import suppress
from pathlib import Path

from faceerase.errors import SinkError
from faceerase.log import get_logger
from faceerase.streamer.hidden.lock import Held, is_still, try_lock
from faceerase.streamer.hidden.register import PROCESS, remove

PART = "faceerase-part"
NAME = re.compile(rf"\..*\.\d+\.{PART}(\.[^.]*)?", re.DOTALL)
"""What hidden places are called, and nothing else is."""

STEM = 40
"""Characters of the target's name: the longest legal one leaves room for the rest (255 bytes; 4 a character)."""

_log = get_logger(__name__)


class HiddenPlace:
    """An empty file (0600) or folder (0700) that no other run takes for a leftover."""

    def __init__(self, target: Path, *, folder: bool = False) -> None:
        """Make it.

        Raises:
            SinkError: the place is missing or cannot be written to.
        """
        self._folder = folder
        self._descriptor: int | None = None
        number = os.getpid()
        while self._descriptor is None:
            self.path = hidden_path(target, number, folder)
            try:
                self._descriptor = self._make()
            except FileExistsError:
                number += 1  # a process of the same number elsewhere, or another film of this one
            except OSError as error:
                PROCESS.strike(self.path)
                raise SinkError(f"{target}: cannot be written ({error.strerror})") from error

    def release(self) -> None:
        """Let go of it; it is not ours any more."""
        PROCESS.strike(self.path)
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def let_open(self) -> None:
        """Close what keeps a name from being changed (on Windows)."""
        if os.name == "nt" and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def remove(self) -> None:
        """Leave nothing behind; what resists is named, and goes with the next run."""
        if remove(self.path):
            self.release()
        else:
            _log.warning("%s: could not be removed; the next run there will try again", self.path)

    def _make(self) -> int | None:
        PROCESS.enter(self.path)
        try:
            if self._folder:
                self.path.mkdir(mode=0o700)
                descriptor = os.open(self.path, os.O_RDONLY) if os.name != "nt" else -1
            else:
                descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        except FileExistsError:
            PROCESS.strike(self.path)
            raise
        # Another run may have taken it for a leftover before it was locked.
        if try_lock(descriptor) is Held.ANOTHER or (descriptor >= 0 and not is_still(self.path, descriptor)):
            os.close(descriptor)
            return None
        return descriptor


def hidden_path(target: Path, number: int, folder: bool) -> Path:
    """Return where a target lies until it is whole; a file keeps its suffix, by which FFmpeg chooses."""
    return target.with_name(f".{target.stem[:STEM]}.{number}.{PART}{'' if folder else target.suffix}")
