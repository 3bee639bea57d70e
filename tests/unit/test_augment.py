"""What makes a clean tile look like film: the shape stays, and the generator decides everything."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.configs.training import AugmentRecipe
from faceerase.models.tiles.augment import augment
from faceerase.models.tiles.film_look import through_h264
from faceerase.models.tiles.obstruct import cover_face

NOTHING: dict[str, float] = dict.fromkeys(AugmentRecipe.model_fields, 0.0)
EVERYTHING = AugmentRecipe(**dict.fromkeys(AugmentRecipe.model_fields, 1.0))
CHANGES = sorted(set(AugmentRecipe.model_fields) - {"h264"})  # that one says how, not how often


def tile(side: int = 96) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    gray = np.random.default_rng(0).integers(0, 256, (side, side), dtype=np.uint8)
    mask = np.zeros((side, side), np.uint8)
    mask[20:50, 30:55] = 1
    return gray, mask


def changed(recipe: AugmentRecipe, seed: int) -> NDArray[np.uint8]:
    return augment(*tile(), np.random.default_rng(seed), recipe)


@pytest.mark.parametrize("name", [*CHANGES, "all"])
def test_shape_and_type_are_kept_and_the_input_too(name: str) -> None:
    recipe = EVERYTHING if name == "all" else AugmentRecipe(**{**NOTHING, name: 1.0})
    gray, mask = tile()
    before = gray.copy(), mask.copy()
    for seed in range(20):
        out = augment(gray, mask, np.random.default_rng(seed), recipe)
        assert out.shape == gray.shape
        assert out.dtype == np.uint8
        assert np.array_equal(gray, before[0])
        assert np.array_equal(mask, before[1])


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_changes_something(name: str) -> None:
    recipe = AugmentRecipe(**{**NOTHING, name: 1.0})
    assert sum(not np.array_equal(changed(recipe, seed), tile()[0]) for seed in range(10)) >= 8


def test_no_change_changes_nothing() -> None:
    assert np.array_equal(changed(AugmentRecipe(**NOTHING), 3), tile()[0])


@pytest.mark.parametrize("seed", range(6))
def test_the_same_generator_gives_the_same_tile(seed: int) -> None:
    assert np.array_equal(changed(EVERYTHING, seed), changed(EVERYTHING, seed))


def test_distractions_leave_faces_alone() -> None:
    gray, mask = tile()
    recipe = AugmentRecipe(**{**NOTHING, "distract": 1.0})
    for seed in range(20):
        out = augment(gray, mask, np.random.default_rng(seed), recipe)
        assert np.array_equal(out[mask > 0], gray[mask > 0])


def test_without_a_face_nothing_is_put_in_front_of_it() -> None:
    gray, _ = tile()
    recipe = AugmentRecipe(**{**NOTHING, "occlude": 1.0})
    assert np.array_equal(augment(gray, np.zeros_like(gray), np.random.default_rng(1), recipe), gray)


@pytest.mark.parametrize("side", [64, 128, 256])
def test_tiles_of_any_side_can_be_changed(side: int) -> None:
    for seed in range(10):
        assert augment(*tile(side), np.random.default_rng(seed), EVERYTHING).shape == (side, side)


def test_h264_leaves_blocks_and_keeps_the_picture() -> None:
    gray = cv2.GaussianBlur(tile(128)[0], (0, 0), 4)
    out = through_h264(gray, np.random.default_rng(0))
    assert out.shape == gray.shape
    assert 0 < np.abs(out.astype(int) - gray).mean() < 20
    assert np.array_equal(out, through_h264(gray, np.random.default_rng(0)))


@pytest.mark.parametrize("height", [10, 60])
def test_what_covers_a_face_covers_a_part_of_it(height: int) -> None:
    gray = np.full((128, 128), 90, np.uint8)
    gray[40 : 40 + height, 40 : 40 + height] = 170
    mask = np.zeros_like(gray)
    mask[40 : 40 + height, 40 : 40 + height] = 1
    shares = [(cover_face(gray, mask, np.random.default_rng(seed)) != gray)[mask > 0].mean() for seed in range(60)]
    assert np.mean(np.array(shares) > 0) > 0.8
    assert np.median(shares) < 0.6
