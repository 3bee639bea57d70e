"""Work that no signal may tear in two: finished results get their names together. Knows nothing of signals' meaning."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def untorn(work: Callable[[], None]) -> None:
    """Do ``work`` whole or not at all, whatever interrupts the main thread meanwhile; that is raised after it.

    Signals interrupt nothing but the main thread, so it is done in another one.

    Raises:
        Exception: what ``work`` raised.
    """
    go, over = threading.Event(), threading.Event()
    called_off = False
    errors: list[BaseException] = []

    def run() -> None:
        go.wait()
        if called_off:
            return
        try:
            work()
        except BaseException as caught:  # handed on, never swallowed
            errors.append(caught)
        over.set()

    thread = threading.Thread(target=run, name="faceerase-untorn", daemon=True)
    try:
        thread.start()
        go.set()
        over.wait()  # not join: once interrupted, it takes the thread for ended
    except BaseException:
        called_off = not go.is_set()
        go.set()
        if called_off:
            raise
        over.wait()
        if not errors:
            raise
    if errors:
        raise errors[0]


def settle(folder: Path) -> None:
    """Have a folder's names outlive a power failure, where the file system can."""
    if os.name == "nt":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
