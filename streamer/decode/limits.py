"""What no film has: more of it is a damaged header, or a trap. Knows nothing of how films are opened."""

from pathlib import Path

from faceerase.errors import SourceError

MOST_PIXELS = 1 << 28
"""Of one picture: 16384×16384."""

MODEST_PIXELS = 1 << 25
"""Up to this, 8K, a picture is never called a trap."""

PIXELS_A_BYTE = 1000
"""More pixels than this for every byte of the whole file are a trap: an empty picture compresses to about as much."""

MOST_STREAMS = 128

LEAST_RATE, GREATEST_RATE = 1 / 86_400, 1000
"""Frames a second that are believed."""


def most_pixels(path: Path) -> int:
    """Return how many pixels a picture in a file of this size may have."""
    return min(MOST_PIXELS, max(MODEST_PIXELS, PIXELS_A_BYTE * path.stat().st_size))


def refuse_huge(path: Path, width: int, height: int) -> None:
    """Refuse a picture of absurd size, before memory is taken for it.

    Raises:
        SourceError: it has more pixels than any film, or than so small a file can hold.
    """
    most = most_pixels(path)
    if width * height > most:
        raise SourceError(f"{path}: a picture of {width}×{height}; {too_many(most)}")


def too_many(most: int) -> str:
    """Return, for messages, how many pixels are too many."""
    return f"damaged, a decompression bomb, or larger than {most / 1e6:.0f} megapixels, the most in so small a file"
