"""Whether files are still what they were: by size and times where these say so, else by what is in them.

Knows nothing of films.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from faceerase.configs.base import Frozen

_SHOWN = 16


class Fingerprint(Frozen):
    """What a file, or the pictures of a sequence, are.

    Attributes:
        files: how many.
        size: of all of them, in bytes.
        stamp: of their names, sizes, and times of last change (of the content and of the inode).
        sha256: of the file; of several: of their names and hashes.
    """

    files: int
    size: int
    stamp: str
    sha256: str


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


def fingerprint(paths: Sequence[Path]) -> Fingerprint:
    """Return what files are; reads them whole.

    Raises:
        OSError: one is missing or cannot be read.
    """
    stamp = stamp_of(paths)
    hashes = [_sha256(path) for path in paths]
    if len(hashes) == 1:
        whole = hashes[0]
    else:
        lines = (f"{path.name}\0{one}\n" for path, one in zip(paths, hashes, strict=True))
        whole = hashlib.sha256("".join(lines).encode()).hexdigest()
    size = sum(path.stat().st_size for path in paths)
    return Fingerprint(files=len(paths), size=size, stamp=stamp, sha256=whole)


def same(known: Fingerprint, paths: Sequence[Path], thorough: bool = False) -> bool:
    """Return whether files are what they were; missing ones are not.

    Args:
        known: what they were.
        paths: where they lie.
        thorough: read them even where sizes and times are what they were.
    """
    try:
        if len(paths) != known.files:
            return False
        if not thorough and stamp_of(paths) == known.stamp:
            return True
        if sum(path.stat().st_size for path in paths) != known.size:
            return False
        return fingerprint(paths).sha256 == known.sha256
    except OSError:
        return False


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file that many ask for, such as a network; read once as long as it does not change.

    Raises:
        OSError: it cannot be read.
    """
    return _known_hash(path, stamp_of([path]))


@lru_cache(maxsize=32)
def _known_hash(path: Path, stamp: str) -> str:
    del stamp
    return _sha256(path)


def _sha256(path: Path) -> str:
    with open(os.fspath(path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
