"""A lock beside what it guards, that outlives it: held until it is released, or its process ends however.

Hidden places have one of their own, which vanishes with them (``hidden.lock``). Knows nothing of what is guarded.
"""

from pathlib import Path

from filelock import FileLock, Timeout

from faceerase.errors import SinkError


def lock_file(place: Path, mode: int = 0o644) -> FileLock | None:
    """Return the lock of a file; None: others hold it.

    Raises:
        SinkError: it cannot be written, or its file system knows no locks.
    """
    # A soft lock, a file that is there or not, would outlive whoever was killed.
    lock = FileLock(place, mode=mode, blocking=False, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise SinkError(f"{place}: cannot be locked ({error}); name a folder where locks work") from error
    return lock
