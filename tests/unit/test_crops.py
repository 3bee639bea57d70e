"""Random tiles out of photos: a pure function of photos, recipe, seed and number."""

from pathlib import Path

import numpy as np
import pytest

from faceerase.configs.training import CropRecipe
from faceerase.errors import DataError
from faceerase.models.crops import CropSampler, TileSample, read_gray
from faceerase.models.wider import FaceBox, Photo, read_wider

RECIPE = CropRecipe(side=64, mosaic=0.3)


def sampler(folder: Path, recipe: CropRecipe = RECIPE, seed: int = 1) -> CropSampler:
    return CropSampler(read_wider(folder, "train"), recipe, seed)


def same(one: TileSample, other: TileSample) -> bool:
    return (
        np.array_equal(one.gray, other.gray)
        and np.array_equal(one.target.mask, other.target.mask)
        and np.array_equal(one.target.weight, other.target.weight)
    )


def test_a_tile_has_its_shape_and_types(photo_folder: Path) -> None:
    drawn = sampler(photo_folder)
    for number in range(24):
        tile, _ = drawn.sample(number)
        assert tile.gray.shape == tile.target.mask.shape == tile.target.weight.shape == (64, 64)
        assert (tile.gray.dtype, tile.target.mask.dtype, tile.target.weight.dtype) == (np.uint8, np.uint8, np.float32)
        assert tile.target.mask.max() <= 1
        assert tile.target.weight.min() >= 0


def test_the_same_number_gives_the_same_tile_in_any_order(photo_folder: Path) -> None:
    one, other = sampler(photo_folder), sampler(photo_folder)
    forward = [one.sample(number) for number in range(16)]
    backward = [other.sample(number) for number in reversed(range(16))][::-1]
    for (tile, rng), (again, rng_again) in zip(forward, backward, strict=True):
        assert same(tile, again)
        assert rng.random() == rng_again.random()


def test_other_numbers_and_seeds_give_other_tiles(photo_folder: Path) -> None:
    one, other = sampler(photo_folder), sampler(photo_folder, seed=2)
    tiles = [one.sample(number)[0] for number in range(8)] + [other.sample(number)[0] for number in range(8)]
    assert not any(same(a, b) for number, a in enumerate(tiles) for b in tiles[number + 1 :])


def test_aimed_at_a_face_a_tile_shows_it(photo_folder: Path) -> None:
    recipe = CropRecipe(side=64, mosaic=0, background=0, anywhere=0, rotate=0, stretch=1)
    shown = 0
    for number in range(20):
        tile, _ = sampler(photo_folder, recipe).sample(number)
        inside = tile.target.mask > 0
        shown += bool(inside.any())
        if inside.sum() > 50:
            assert tile.gray[inside].mean() > 150, "the target lies on the bright face"
    assert shown == 20


def test_a_tile_of_a_background_holds_no_face(photo_folder: Path) -> None:
    tile, _ = sampler(photo_folder, CropRecipe(side=64, background=1, mosaic=0)).sample(0)
    assert not tile.target.mask.any()
    assert (tile.target.weight == 1).all()


def test_without_backdrop_it_is_black_beyond_the_photo(photo_folder: Path) -> None:
    recipe = CropRecipe(side=256, background=0, mosaic=0, anywhere=1, backdrop=0)
    # From a photo of 128 px even a slight enlargement leaves a part of most tiles of 256 px empty.
    dark = [float((sampler(photo_folder, recipe).sample(number)[0].gray == 0).mean()) for number in range(4)]
    assert max(dark) > 0.3


def test_a_set_without_faces_is_refused(tmp_path: Path) -> None:
    ignored = Photo(tmp_path / "a.jpg", "e", (FaceBox(1, 1, 9, 9, True),), None)
    for photos in ([], [ignored]):
        with pytest.raises(DataError, match="no photo with a face"):
            CropSampler(photos, RECIPE, 1)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    for name in ("no.jpg", "none.jpg"):
        with pytest.raises(DataError, match=f"{name}: missing, or not a picture"):
            read_gray(tmp_path / name)
