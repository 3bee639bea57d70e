"""What is in a file, in a word: its SHA-256, and a stamp that says without reading whether it changed.

Knows nothing of what the files are.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_SHOWN = 16


def stamp_of(paths: Sequence[Path]) -> str:
    """Return a short word that changes when a file is written, replaced, renamed, added or taken away.

    Times of the inode cannot be set by programs, so that a changed file with its old size and time is seen too.

    Raises:
        OSError: a file is missing or cannot be read.
    """
    stamp = hashlib.sha256()
    for path in paths:
        found = path.stat()
        stamp.update(f"{path.name}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\n".encode())
    return stamp.hexdigest()[:_SHOWN]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits; reads it whole.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_of(path: Path) -> str:
    """Return the same of a file that many ask for, such as a network; read once as long as it does not change.

    Raises:
        OSError: it cannot be read.
    """
    return _known_hash(path, stamp_of([path]))


@lru_cache(maxsize=32)
def _known_hash(path: Path, stamp: str) -> str:
    del stamp
    return sha256_of(path)
