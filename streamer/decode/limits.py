"""What no film has: more of it is a damaged header, or a trap. Knows nothing of how films are opened."""

import mmap
from pathlib import Path

from faceerase.errors import AbsurdInputError

MOST_PIXELS = 1 << 28
"""Of one picture: 16384×16384."""

MODEST_PIXELS = 1 << 25
"""Up to this, 8K, a picture is never called a trap."""

PIXELS_A_BYTE = 1000
"""More pixels than this for every byte of the whole file are a trap: an empty picture compresses to about as much."""

MOST_STREAMS = 128

SOME_MEMORY = 1 << 26
"""Bytes: more than the headers of a film take. Where so much can be had, memory is not short."""

LEAST_RATE, GREATEST_RATE = 1 / 86_400, 1000
"""Frames a second that are believed."""


def most_pixels(path: Path) -> int:
    """Return how many pixels a picture in a file of this size may have."""
    return min(MOST_PIXELS, max(MODEST_PIXELS, PIXELS_A_BYTE * path.stat().st_size))


def refuse_huge(path: Path, width: int, height: int) -> None:
    """Refuse a picture of absurd size, before memory is taken for it.

    Raises:
        AbsurdInputError: it has more pixels than any film, or than so small a file can hold.
    """
    most = most_pixels(path)
    if width * height > most:
        raise AbsurdInputError(f"{path}: a picture of {width}×{height}; {too_many(most)}")


def too_many(most: int) -> str:
    """Return, for messages, how many pixels are too many."""
    return f"damaged, a decompression bomb, or larger than {most / 1e6:.0f} megapixels, the most in so small a file"


def refuse_greedy(path: Path, error: Exception) -> None:
    """Refuse a film over which FFmpeg got no memory, although there is some; of any other error nothing is said.

    It reads as many entries of a table, bytes of a name or of a sample, as the file says; of a damaged one that can be
    gigabytes.

    Raises:
        AbsurdInputError: it asks for more than any film.
    """
    if not isinstance(error, MemoryError):
        return
    try:
        mmap.mmap(-1, SOME_MEMORY).close()
    except OSError:
        return
    told = "its headers ask for more memory than those of any film; damaged, or a trap"
    raise AbsurdInputError(f"{path}: {told}") from error
