"""Tiles as tensors: numbered, so that the number of a batch says what is in it."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from faceerase.configs.training import AugmentRecipe, CropRecipe, TrainConfig
from faceerase.models.data.prepare import open_photos
from faceerase.models.learning.loading import Sample, TileDataset, plain_tiles, train_batches
from faceerase.models.tiles.crops import CropSampler

pytestmark = pytest.mark.train

CONFIG = TrainConfig(crops=CropRecipe(side=64), tiles=22, batch=4, loaders=0)


@pytest.fixture
def sampler(photo_folder: Path) -> CropSampler:
    return CropSampler(open_photos(photo_folder, "train"), CONFIG.crops, 1)


def same(one: Sample, other: Sample) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_batch_has_its_shapes_and_types(sampler: CropSampler) -> None:
    batches = list(train_batches(sampler, CONFIG, 0, CONFIG.tiles))
    assert len(batches) == 5  # the two tiles left over make no batch
    for tensor, kind in zip(batches[0][:3], (torch.uint8, torch.uint8, torch.float32), strict=True):
        assert tensor.shape == (4, 1, 64, 64)
        assert tensor.dtype == kind


def test_a_run_taken_up_goes_on_with_the_same_batches(sampler: CropSampler) -> None:
    whole = list(train_batches(sampler, CONFIG, 0, CONFIG.tiles))
    rest = list(train_batches(sampler, CONFIG, 8, CONFIG.tiles))
    assert len(rest) == 3
    assert all(same(one, other) for one, other in zip(whole[2:], rest, strict=True))


def test_validation_tiles_are_unchanged(sampler: CropSampler) -> None:
    gray, mask, weight, faces = plain_tiles(sampler, 3)
    assert faces.shape == (3,)
    assert gray.shape == mask.shape == weight.shape == (3, 1, 64, 64)
    for number in range(3):
        tile, _ = sampler.sample(number)
        assert torch.equal(gray[number, 0], torch.from_numpy(tile.gray))


def test_training_tiles_are_augmented(sampler: CropSampler) -> None:
    everything = AugmentRecipe(**dict.fromkeys(AugmentRecipe.model_fields, 1.0))
    changed, plain = TileDataset(sampler, 2, 6, everything), TileDataset(sampler, 2, 6, None)
    assert len(changed) == 4
    assert not torch.equal(changed[1][0], plain[1][0])
    assert torch.equal(changed[1][1], plain[1][1])
    assert same(changed[1], TileDataset(sampler, 3, 6, everything)[0])
