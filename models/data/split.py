"""Divides photos into training and validation: once, seeded, by whole groups of alike pictures. Pure."""

from collections.abc import Sequence

import numpy as np

from faceerase.models.data.photo import Split

TRAIN_SHARE = 0.85
"""The seed's share; the seed drew anew at every batch, and so trained on its validation photos."""


def split_groups(groups: Sequence[int], seed: int) -> list[Split]:
    """Return a split for each photo; photos of one group go to one side.

    Args:
        groups: group number of each photo.
        seed: of the draw.
    """
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = {name: 0 for name in names}
    for name in groups:
        sizes[name] += 1
    wanted = TRAIN_SHARE * len(groups)
    side: dict[int, Split] = {}
    placed = 0
    for position in order:
        name = names[int(position)]
        # Whichever brings the share nearer to what is wanted.
        side[name] = "train" if placed + sizes[name] / 2 <= wanted else "val"
        placed += sizes[name] if side[name] == "train" else 0
    return [side[name] for name in groups]
