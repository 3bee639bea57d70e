"""Whether files are still what they were: by size and times where these say so, else by what is in them.

Knows nothing of films.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from faceerase.configs.base import Frozen
from faceerase.streamer.checksum import sha256_of, stamp_of


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


def fingerprint(paths: Sequence[Path], sha256: Callable[[Path], str] = sha256_of) -> Fingerprint:
    """Return what files are; reads them whole, unless ``sha256`` knows them.

    Raises:
        OSError: one is missing or cannot be read.
    """
    stamp = stamp_of(paths)
    hashes = [sha256(path) for path in paths]
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
