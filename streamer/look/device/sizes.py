"""How many tiles go into a run on a card, and to which of few sizes a batch is filled up.

A card is fastest with shapes that it knows: searched once for the best kernels, captured once as a CUDA graph. Knows
nothing of onnxruntime.
"""

MOST = 64
"""Tiles per run that ``auto`` takes at most; a frame asks for fewer."""

TRIAL = 4
"""Tiles by which the need of one is measured."""

SHARE = 0.5
"""Of the free memory that ``auto`` may fill: the decoder, the encoder and other programs live there too."""

UNKNOWN = 16
"""``auto`` where the card does not say how much memory is free."""


def sizes_up_to(most: int) -> tuple[int, ...]:
    """Return the sizes of batches that are run: powers of two, and the greatest."""
    return (*(1 << power for power in range(most.bit_length()) if 1 << power < most), most)


def size_for(count: int, most: int) -> int:
    """Return the smallest size into which ``count`` tiles, at most ``most``, go."""
    return next(size for size in sizes_up_to(most) if size >= count)


def size_by_memory(free: int | None, needed: int, most: int = MOST) -> int:
    """Return how many tiles go into a run, a power of two.

    Args:
        free: bytes before ``TRIAL`` tiles were run; None: not known.
        needed: bytes that their run took; 0 or less: not known.
        most: the result is no greater.
    """
    if free is None or needed <= 0:
        return min(UNKNOWN, most)
    fit = int(free * SHARE / (needed / TRIAL))
    return 1 << max(0, min(fit, most).bit_length() - 1)
