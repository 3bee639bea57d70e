"""A watched folder: what is complete in it, again and again.

It is looked at, not listened to: no system tells of files that another machine writes to a network share.
Knows nothing of outputs.
"""

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from faceerase.streamer.batch.inputs.discovery import Found
from faceerase.streamer.checksum import stamp_of
from faceerase.streamer.stills.place import files_of
from faceerase.streamer.stills.units import folders_below


def watch(
    look: Callable[[], Sequence[Found]], settle: float, every: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[Found | None]:
    """Yield what is complete, once for each state that it is found in; None where there is nothing more at present.

    Complete is what has kept size and times for ``settle`` seconds and is not open for writing, as far as this can be
    told. Never ends.

    Args:
        look: returns what there is.
        settle: seconds.
        every: seconds from one look to the next.
        clock: seconds that pass.
    """
    since: dict[Path, tuple[str, float]] = {}
    given: dict[Path, str] = {}
    next_look = clock()
    while True:
        now = clock()
        if now < next_look:
            yield None
            continue
        next_look = now + every
        seen = {}
        for found in look():
            stamp = _stamp(found.source)
            if stamp is None:
                continue
            first = since.get(found.source)
            seen[found.source] = first if first is not None and first[0] == stamp else (stamp, now)
            steady = now - seen[found.source][1] >= settle
            if steady and given.get(found.source) != stamp and not any(map(being_written, files_of(found.source))):
                given[found.source] = stamp
                yield found
        since = seen
        yield None


def listing_of(folder: Path) -> list[tuple[Path, int, int]]:
    """Return the visible files of a folder and below with their sizes and times of change.

    Raises:
        SourceError: it cannot be read.
    """
    listing = []
    for path in (path for files in folders_below(folder) for path in files):
        with suppress(OSError):  # gone meanwhile
            found = path.stat()
            listing.append((path, found.st_size, found.st_mtime_ns))
    return listing


def being_written(path: Path) -> bool:
    """Return whether a process of this machine has a file open for writing; False where it cannot be told.

    Linux gives a lease for reading only on files that nobody writes to, and only to their owner (fcntl(2), F_SETLEASE).
    """
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return True  # vanished, or not for us yet: later
    try:
        # Who opens it for writing while the lease is held makes the kernel send a signal; SIGURG is ignored by default.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(file)
    return False


def _stamp(source: Path) -> str | None:
    try:
        files = files_of(source)
        return stamp_of(files) if files else None
    except OSError:
        return None
