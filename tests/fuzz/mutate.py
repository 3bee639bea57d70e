"""Damage: a seeded change of a file's bytes, as disks, networks and malice make them. Knows nothing of films."""

import random
import struct
from collections.abc import Callable, Sequence

EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF)
WORDS = (0, 1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 100_000, 1_000_000_000, 400)

Change = Callable[[bytearray, random.Random], None]


def _place(data: bytearray, rng: random.Random) -> int:
    """Choose a place: as often as not among the first or last bytes, where headers and indexes lie."""
    size = len(data)
    where = rng.random()
    if where < 0.4:
        return rng.randrange(min(size, 1500))
    if where < 0.6:
        return size - 1 - rng.randrange(min(size, 3000))
    return rng.randrange(size)


def flip_bits(data: bytearray, rng: random.Random) -> None:
    """Flip one bit, or some, or many."""
    for _ in range(rng.choice((1, 1, 2, 5, 20, 100))):
        data[_place(data, rng)] ^= 1 << rng.randrange(8)


def extreme_bytes(data: bytearray, rng: random.Random) -> None:
    """Set bytes to values at which counts and signs turn over."""
    for _ in range(rng.choice((1, 1, 3, 10))):
        data[_place(data, rng)] = rng.choice(EXTREMES)


def extreme_words(data: bytearray, rng: random.Random) -> None:
    """Set four bytes to an absurd number, of either byte order."""
    for _ in range(rng.choice((1, 1, 3))):
        at = max(0, min(_place(data, rng), len(data) - 4))
        struct.pack_into(rng.choice("<>") + "I", data, at, rng.choice(WORDS))


def cut_off(data: bytearray, rng: random.Random) -> None:
    """Cut the end off."""
    del data[rng.randrange(1, len(data)) :]


def cut_out(data: bytearray, rng: random.Random) -> None:
    """Cut a piece out."""
    at = _place(data, rng)
    del data[at : at + rng.choice((1, 4, 188, 1000, rng.randrange(1, len(data))))]


def blank(data: bytearray, rng: random.Random) -> None:
    """Zero a piece, or fill it with noise: sectors that could not be read."""
    at = _place(data, rng)
    size = min(len(data) - at, rng.choice((4, 32, 188, 512, 4096)))
    data[at : at + size] = bytes(size) if rng.random() < 0.5 else rng.randbytes(size)


def repeat(data: bytearray, rng: random.Random) -> None:
    """Write a piece twice, or many times."""
    at = _place(data, rng)
    piece = data[at : at + rng.choice((4, 64, 188, 2000))]
    data[at:at] = piece * rng.choice((1, 1, 20))


def move(data: bytearray, rng: random.Random) -> None:
    """Write a piece over another place."""
    size = rng.choice((8, 64, 188, 1024))
    a, b = _place(data, rng), _place(data, rng)
    piece = data[a : a + size]
    data[b : b + len(piece)] = piece


def append(data: bytearray, rng: random.Random) -> None:
    """Add noise, or the file itself, to the end."""
    data += rng.randbytes(rng.choice((1, 100, 5000))) if rng.random() < 0.5 else bytes(data)


CHANGES: Sequence[Change] = (
    flip_bits, flip_bits, extreme_bytes, extreme_bytes, extreme_words, extreme_words, cut_off, cut_out, blank, repeat,
    move, append,
)  # fmt: skip


def mutated(data: bytes, seed: str) -> tuple[bytes, str]:
    """Return a damaged file, never empty, and the name of what was done to it; a pure function of its arguments."""
    rng = random.Random(seed)
    changed = bytearray(data)
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(CHANGES)
        if len(changed) > 1:  # of a single byte nothing can be cut
            change(changed, rng)
        names.append(change.__name__)
        if not changed:
            changed += b"\0"
    return bytes(changed), "+".join(names)
