"""Pictures that show the same: perceptual fingerprints, and groups of those that are nearly alike.

A difference hash of 16×16 bits (Krawetz, "Kind of Like That", 2013): each bit tells whether brightness rises from one
cell to the next. Knows nothing of files, faces or splits.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Fingerprint = NDArray[np.uint64]
"""Four words, 256 bits."""

SIDE = 16
ALIKE = 20
"""Bits of 256 in which two pictures of the same may differ: another size or compression changes under 8 %."""


def fingerprint(gray: NDArray[np.uint8]) -> Fingerprint:
    """Return the fingerprint of a gray picture, (4,) uint64."""
    cells = np.asarray(cv2.resize(gray, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA), np.int16)
    return np.packbits(cells[:, 1:] > cells[:, :-1]).view(np.uint64)


def groups_of_alike(fingerprints: Sequence[Fingerprint]) -> list[int]:
    """Return a group number for each picture: equal where two are alike, directly or through others.

    Pictures without detail (fewer than ``ALIKE`` rises) are alike to nothing: their fingerprint says nothing.
    """
    count = len(fingerprints)
    group = list(range(count))
    if count == 0:
        return group

    def root(number: int) -> int:
        while group[number] != number:
            group[number] = group[group[number]]
            number = group[number]
        return number

    words = np.stack(fingerprints)
    rises = np.bitwise_count(words).sum(axis=1)
    says_something = (rises >= ALIKE) & (rises <= 256 - ALIKE)
    for number in range(count - 1):
        if not says_something[number]:
            continue
        apart = np.bitwise_count(words[number + 1 :] ^ words[number]).sum(axis=1)
        for other in np.flatnonzero((apart <= ALIKE) & says_something[number + 1 :]):
            group[root(int(other) + number + 1)] = root(number)
    return [root(number) for number in range(count)]
