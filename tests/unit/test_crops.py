"""Random tiles out of photos: a pure function of photos, recipe, seed and number."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.configs.training import CropRecipe
from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox, Photo, PhotoSet, read_gray
from faceerase.models.data.prepare import open_photos
from faceerase.models.tiles.crops import CropSampler, TileSample
from faceerase.models.tiles.face_index import FaceIndex
from faceerase.models.tiles.hard import HardCases, HardSpot, MissedFace, load_cases, save_cases

RECIPE = CropRecipe(side=64, mosaic=0.3)


def sampler(folder: Path, recipe: CropRecipe = RECIPE, seed: int = 1) -> CropSampler:
    return CropSampler(open_photos(folder, "train"), recipe, seed)


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
    recipe = CropRecipe(side=64, mosaic=0, background=0, anywhere=0, rotate=0, upside_down=0, stretch=1)
    shown = 0
    for number in range(20):
        tile, _ = sampler(photo_folder, recipe).sample(number)
        inside = tile.target.mask > 0
        shown += bool(inside.any())
        if inside.sum() > 50:
            assert tile.gray[inside].mean() > 150, "the target lies on the bright face"
    assert shown == 20


def test_a_tile_of_a_background_holds_no_face(photo_folder: Path) -> None:
    tile, _ = sampler(photo_folder, CropRecipe(side=64, background=1, mosaic=0, paste=0)).sample(0)
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
            CropSampler(PhotoSet(tuple(photos), lambda _: np.zeros((20, 20), np.uint8)), RECIPE, 1)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    for name in ("no.jpg", "none.jpg"):
        with pytest.raises(DataError, match=f"{name}: missing, or not a picture"):
            read_gray(tmp_path / name)


def test_hard_spots_are_shown_where_they_are_given(photo_folder: Path) -> None:
    photos = open_photos(photo_folder, "train")
    free = next(number for number, photo in enumerate(photos.photos) if not photo.faces)
    recipe = CropRecipe(side=64, mosaic=0, background=0, hard=1, missed=0, paste=0, rotate=0, stretch=1, backdrop=0)
    spots = HardCases(spots=(HardSpot(free, 64, 64, 20),))
    tiles = [CropSampler(photos, recipe, 1, spots).sample(number)[0] for number in range(8)]
    assert not any(tile.target.mask.any() for tile in tiles)
    without = [CropSampler(photos, recipe, 1).sample(number)[0] for number in range(8)]
    assert any(tile.target.mask.any() for tile in without), "without spots those tiles show faces"


def test_faces_are_pasted_along_their_masks(photo_folder: Path, tmp_path: Path) -> None:
    photos = open_photos(photo_folder, "train")
    key = tmp_path / "mask"
    mask = np.zeros((128, 128), np.uint8)
    mask[35:75, 25:55] = 255

    def read(path: Path) -> NDArray[np.uint8]:
        return mask if path == key else photos.read(path)

    masked = PhotoSet(tuple(replace(p, mask=key if p.faces else None) for p in photos.photos), read)
    recipe = CropRecipe(side=64, mosaic=0, background=1, paste=1)
    tiles = [CropSampler(masked, recipe, 1).sample(number)[0] for number in range(24)]
    shown = [tile for tile in tiles if tile.target.mask.any()]
    assert 8 < len(shown) <= 24
    bright = [tile.gray[tile.target.mask > 0].mean() for tile in shown if tile.target.mask.sum() > 60]
    assert np.mean(bright) > 120, "the bright face itself was pasted"


@pytest.mark.parametrize("natural", [0.0, 1.0])
def test_small_faces_come_from_photos_where_they_are_small(natural: float) -> None:
    near = Photo(Path("near"), "e", (FaceBox(0, 0, 300, 400, False),), None)
    far = Photo(Path("far"), "e", (FaceBox(0, 0, 15, 20, False),), None)
    photos = PhotoSet((near, far), lambda _: np.zeros((640, 640), np.uint8))
    index = FaceIndex(photos, CropRecipe(natural=natural, magnify=2), 256)
    rng = np.random.default_rng(0)
    choices = [index.draw(rng) for _ in range(300)]
    small = [choice for choice in choices if choice.height < 20]
    assert len(small) > 30
    assert {choice.photo.image.name for choice in small} == ({"far"} if natural else {"near", "far"})
    assert all(choice.height <= choice.face.height * 2 + 1e-9 for choice in choices)


def test_missed_faces_are_shown_more_often(photo_folder: Path) -> None:
    photos = open_photos(photo_folder, "train")
    number = next(at for at, photo in enumerate(photos.photos) if photo.faces)
    recipe = CropRecipe(side=64, mosaic=0, background=0, hard=0, missed=1, backdrop=0)
    cases = HardCases(missed=(MissedFace(number, 0),))
    one = PhotoSet(photos.photos[number : number + 1], photos.read)
    only = CropSampler(one, recipe, 1, HardCases(missed=(MissedFace(0, 0),)))
    drawn = CropSampler(photos, recipe, 1, cases)
    assert all(same(drawn.sample(n)[0], only.sample(n)[0]) for n in range(4)), "every tile shows that face"


def test_hard_cases_come_back_from_their_file(tmp_path: Path) -> None:
    cases = HardCases((HardSpot(3, 1.5, 2.5, 24),), (MissedFace(7, 1),))
    save_cases(tmp_path / "hard.json", cases)
    assert load_cases(tmp_path / "hard.json") == cases
    assert [path.name for path in tmp_path.iterdir()] == ["hard.json"]
    (tmp_path / "hard.json").write_text("[]")
    with pytest.raises(DataError, match="cannot be read"):
        load_cases(tmp_path / "hard.json")
