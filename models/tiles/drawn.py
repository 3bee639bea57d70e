"""Drawn tiles, to compare two ways of computing the same network where no photos are at hand.

Knows nothing of networks.
"""

import numpy as np
from numpy.typing import NDArray


def drawn_tiles(side: int) -> NDArray[np.uint8]:
    """Four tiles with edges, ramps, discs and noise: real pictures are not needed to tell two sums apart."""
    rng = np.random.default_rng(7)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    tiles = [
        rows * 255 / side,
        127 + 100 * np.sin(columns / 9) * np.cos(rows / 13),
        np.where((rows - side / 2) ** 2 + (columns - side / 2) ** 2 < (side / 4) ** 2, 200.0, 60.0),
        rng.uniform(0, 255, (side, side)),
    ]
    return np.asarray(np.clip(np.stack(tiles), 0, 255), np.uint8)
