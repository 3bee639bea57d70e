"""Whether a card answers as the CPU does. A faulty driver or graph gives maps without a face, and no error.

Knows nothing of sessions or cards.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.look.device.execution import Execution

TOLERANCE = 0.05
"""Greatest difference of a probability, or of p·N relative to 1 + p·N; several times that of half precision."""

COUNTS = (2, 2, 1)
"""Tiles in the batches that are tried: a first run of a size captures its graph, a second one replays it."""


def difference(run: Execution, reference: Execution, side: int, white: float, times: float) -> float:
    """Return how far the answers of two runs to the same tiles are apart, at the pixel where they are furthest.

    Args:
        run: what is tried.
        reference: what is right.
        side: of a tile.
        white: the greatest value of a pixel.
        times: by what answers are multiplied to be probabilities, or p·N.
    """
    worst = 0.0
    for batch in _batches(side, white):
        found = run.run(batch).astype(np.float64) * times
        right = reference.run(batch).astype(np.float64) * times
        scale = 1 + np.abs(right) if times != 1 else np.ones_like(right)
        apart = np.abs(found - right) / scale
        worst = max(worst, float(apart.max()) if np.isfinite(apart).all() else np.inf)
    return worst


def _batches(side: int, white: float) -> Iterator[NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    across, down = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    for count in COUNTS:
        batch = rng.random((count, 1, side, side), dtype=np.float32)
        for tile in batch:  # a bright, soft disc in noise
            x, y, radius = rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), rng.uniform(0.1, 0.4)
            disc = np.exp(-((across - x) ** 2 + (down - y) ** 2) / radius**2)
            tile[0] = 0.2 * tile[0] + 0.8 * disc
        yield batch * np.float32(white)
