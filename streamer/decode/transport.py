"""The packets of an MPEG transport stream, by their numbers: whether those of a stream follow on one another.

FFmpeg searches for the next packet where one is damaged, without a word. Knows nothing of what is in them.
(ISO/IEC 13818-1, 2.4.3)
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SYNC = 0x47
SIZES = (188, 192, 204)
"""Bytes from one packet to the next: plain, with a time before each (M2TS), with a checksum behind each."""

IN_A_ROW = 5
SEARCHED = 1 << 16
"""Packets by which the first is known, and bytes in which it is searched for: recordings begin anywhere."""

AT_ONCE = 1 << 15
"""Packets that are read at a time."""

NUMBERS = 16
ERROR, PAYLOAD, ADAPTATION, BREAK = 0x80, 0x10, 0x20, 0x80
"""Bits of the second, the fourth and, where there is an adaptation field, the sixth byte of a packet."""


def first_break(path: Path, stream: int) -> int | None:
    """Return the byte at which packets of a stream are missing or damaged; None: nowhere, or it is not to be told.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        start, size = _first_packet(file.read(SEARCHED))
        if size is None:
            return None
        file.seek(start)
        at, last = start, None
        while piece := file.read(size * AT_ONCE):
            count = len(piece) // size
            packets = np.frombuffer(piece, np.uint8, count * size).reshape(count, size)
            strays = np.flatnonzero(packets[:, 0] != SYNC)
            broken, last = _broken_in(packets[: strays[0]] if len(strays) else packets, stream, last)
            if broken is not None or len(strays):
                return at + size * int(strays[0] if broken is None else broken)
            at += count * size
    return None


def _first_packet(head: bytes) -> tuple[int, int | None]:
    """Return where the first packet begins, and how far it is to the next; None: these are no packets."""
    samples = np.frombuffer(head, np.uint8) == SYNC
    for size in SIZES:
        room = len(samples) - (IN_A_ROW - 1) * size
        if room > 0:
            rows = np.all([samples[number * size : number * size + room] for number in range(IN_A_ROW)], axis=0)
            if rows.any():
                return int(rows.argmax()), size
    return 0, None


def _broken_in(packets: NDArray[np.uint8], stream: int, last: int | None) -> tuple[int | None, int | None]:
    """Return the first packet of a stream that does not follow on the one before, and the last one's number."""
    of = (packets[:, 1].astype(int) & 0x1F) << 8 | packets[:, 2]
    ours = np.flatnonzero((of == stream) & (packets[:, 3] & PAYLOAD > 0))
    if not len(ours):
        return None, last
    chosen = packets[ours]
    numbers = chosen[:, 3].astype(int) & 0x0F
    steps = np.diff(numbers, prepend=numbers[0] - 1 if last is None else last) % NUMBERS
    told = (chosen[:, 3] & ADAPTATION > 0) & (chosen[:, 4] > 0) & (chosen[:, 5] & BREAK > 0)
    # A packet may be sent twice, and a break that is told is an edit.
    wrong = ((steps > 1) & ~told) | (chosen[:, 1] & ERROR > 0)
    return (int(ours[wrong.argmax()]) if wrong.any() else None), int(numbers[-1])
