"""Whose a hidden place is: a lock that ends with its process, however that ends. Knows nothing of names.

``flock`` on the place itself: the kernel lets go when the process is killed or the power fails, on this machine and,
where the file system passes locks on (NFS, SMB), on others. A number of a process in a name would not do: numbers are
used again, and every container has its own. On Windows a file that is open cannot be removed, which is lock enough.
"""

import os
import sys
from enum import Enum
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Held(Enum):
    """By whom a place is held after an attempt to lock it."""

    US = "us"
    ANOTHER = "another"
    UNKNOWN = "unknown"  # the file system has no locks


def try_lock(descriptor: int) -> Held:
    """Lock an open file or folder, without waiting."""
    if sys.platform == "win32":
        return Held.US
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Held.ANOTHER
    except OSError:
        return Held.UNKNOWN
    return Held.US


def is_still(path: Path, descriptor: int) -> bool:
    """Whether a path still leads to what was opened."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except OSError:
        return False
