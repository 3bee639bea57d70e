"""Training tiles as torch tensors: numbered samples, the same with any number of loader processes.

Knows nothing of networks or of the training loop.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from faceerase.configs.training import AugmentRecipe, TrainConfig
from faceerase.models.tiles.augment import augment
from faceerase.models.tiles.crops import CropSampler

Sample = tuple[Tensor, Tensor, Tensor, Tensor]
"""gray uint8, mask uint8 0/1, weight float32, each (1, side, side) or (N, 1, side, side) in a batch; faces int64, () or
(N,): the number of separate faces in the mask."""


class TileDataset(Dataset[Sample]):
    """Tiles ``first`` to ``last`` of a sampler; changed by ``recipe`` unless it is None."""

    def __init__(self, sampler: CropSampler, first: int, last: int, recipe: AugmentRecipe | None) -> None:
        self._sampler = sampler
        self._first = first
        self._count = last - first
        self._recipe = recipe

    def __len__(self) -> int:
        """Return the number of tiles."""
        return self._count

    def __getitem__(self, index: int) -> Sample:
        """Return one tile."""
        tile, rng = self._sampler.sample(self._first + index)
        gray = tile.gray
        if self._recipe is not None:
            gray = augment(gray, tile.target.mask, rng, self._recipe)
        return (
            torch.from_numpy(np.ascontiguousarray(gray)[None]),
            torch.from_numpy(tile.target.mask[None]),
            torch.from_numpy(tile.target.weight[None]),
            torch.tensor(cv2.connectedComponents(tile.target.mask, connectivity=4)[0] - 1),
        )


def train_batches(sampler: CropSampler, config: TrainConfig, first: int, last: int) -> Iterator[Sample]:
    """Yield batches of the tiles from ``first`` to ``last``, in order."""
    tiles = TileDataset(sampler, first, last, config.augment)
    loader: DataLoader[Sample] = DataLoader(
        tiles,
        batch_size=config.batch,
        shuffle=False,  # the sampler's numbers are random already
        num_workers=config.loaders,
        drop_last=True,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if config.loaders else None,
        worker_init_fn=_one_thread,
        # A forked child inherits OpenCV's and OpenMP's thread pools without their threads, and waits for them forever.
        multiprocessing_context="spawn" if config.loaders else None,
    )
    yield from loader


def plain_tiles(sampler: CropSampler, count: int) -> Sample:
    """Return the first ``count`` tiles, unchanged, as one batch kept in memory."""
    tiles = TileDataset(sampler, 0, count, None)
    parts = [tiles[index] for index in range(count)]
    gray, mask, weight, faces = (torch.stack(column) for column in zip(*parts, strict=True))
    return gray, mask, weight, faces


def _one_thread(_worker: int) -> None:
    # OpenCV's own threads only get in the way of the training threads.
    cv2.setNumThreads(1)
