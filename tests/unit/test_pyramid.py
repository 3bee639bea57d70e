"""The pyramid: every pixel answered for once, every face whole in some tile, and the way back to one map."""

import random
from itertools import pairwise, product

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import (
    FIRST_OPINION,
    MAGNIFY,
    OVERLAP,
    SKIP_NEAR_WHOLE,
    TilePlan,
    cut_tiles,
    merge_maps,
    plan_pyramid,
)

SIDE = 256
MODEL_FACE = 9.0
FRAMES = [
    (16, 16), (1, 1), (17, 3), (256, 256), (257, 256), (640, 480), (641, 479), (853, 480), (1080, 1920),
    (1920, 1080), (4000, 20), (20, 4000), (3840, 2160),
]  # fmt: skip
MIN_FACES = [4.0, 9.0, 16.0, 40.0, 300.0]


def plan(width: int, height: int, min_face: float = 16.0) -> TilePlan:
    return plan_pyramid(width, height, SIDE, min_face, MODEL_FACE)


def full_range(samples: NDArray[np.uint8]) -> GrayPicture:
    return GrayPicture(samples, 0, 255)


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_every_pixel_of_every_level_is_answered_for_exactly_once(width: int, height: int, min_face: float) -> None:
    for level in plan(width, height, min_face).levels:
        answers = np.zeros((level.height, level.width), np.uint8)
        for window in level.windows:
            answers[window.y0 : window.y1, window.x0 : window.x1] += 1
        assert (answers == 1).all()


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_every_tile_lies_inside_its_level_and_holds_what_it_answers_for(
    width: int, height: int, min_face: float
) -> None:
    for level in plan(width, height, min_face).levels:
        assert level.width >= 1
        assert level.height >= 1
        for window in level.windows:
            for start, first, end, length in (
                (window.x, window.x0, window.x1, level.width),
                (window.y, window.y0, window.y1, level.height),
            ):
                assert 0 <= start <= max(0, length - SIDE)
                assert start <= first < end <= min(start + SIDE, length)


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_neighbouring_tiles_share_as_much_as_they_promise(width: int, height: int) -> None:
    for level in plan(width, height, MODEL_FACE).levels:
        for starts in ({window.x for window in level.windows}, {window.y for window in level.windows}):
            assert all(before + SIDE - after >= OVERLAP for before, after in pairwise(sorted(starts)))


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_the_last_level_is_the_whole_frame_in_one_tile(width: int, height: int) -> None:
    whole = plan(width, height).levels[-1]
    assert len(whole.windows) == 1
    assert max(whole.width, whole.height) <= SIDE
    assert whole.width / whole.height == pytest.approx(width / height, rel=0.6 / min(whole.width, whole.height))


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_levels_halve_from_fine_to_coarse(width: int, height: int) -> None:
    levels = plan(width, height).levels
    for fine, coarse in pairwise(levels[:-1]):
        assert coarse.width == pytest.approx(fine.width / 2, abs=1)
    for fine, coarse in pairwise(levels):
        assert fine.width >= coarse.width


def sizes_in_tiles(plan_: TilePlan, frame: tuple[int, int], face: tuple[float, float, float]) -> list[float]:
    """Sizes (tile pixels) at which a square face (x, y, size; frame pixels) lies whole in a tile."""
    sizes = []
    x, y, size = face
    for level in plan_.levels:
        across, down = level.width / frame[0], level.height / frame[1]
        for w in level.windows:
            inside_x = w.x - 1e-6 <= x * across and (x + size) * across <= w.x + SIDE + 1e-6
            inside_y = w.y - 1e-6 <= y * down and (y + size) * down <= w.y + SIDE + 1e-6
            if inside_x and inside_y:
                sizes.append(size * min(across, down))
    return sizes


def assert_seen_whole(width: int, height: int, min_face: float, face: tuple[float, float, float]) -> None:
    seen = sizes_in_tiles(plan(width, height, min_face), (width, height), face)
    # The finest level may be left out where the whole frame in one tile shows nearly as much.
    known = min(MODEL_FACE, face[2] * MAGNIFY) / SKIP_NEAR_WHOLE
    assert seen, f"{face} in {width}×{height} lies whole in no tile"
    assert max(seen) >= known * 0.98, f"{face} in {width}×{height} is seen at {max(seen):.2f} px at most"


@pytest.mark.parametrize("min_face", [4.0, 9.0, 16.0, 40.0])
@pytest.mark.parametrize(("width", "height"), [(320, 240), (854, 480), (1920, 1080), (720, 1280)])
def test_every_face_lies_whole_in_some_tile(width: int, height: int, min_face: float) -> None:
    largest = min(width, height)
    size = min_face
    while size <= largest:
        for share_x, share_y in product((0, 0.31, 0.5, 0.77, 1), repeat=2):
            face = (share_x * (width - size), share_y * (height - size), size)
            assert_seen_whole(width, height, min_face, face)
        size *= 1.17


def test_every_face_lies_whole_in_some_tile_of_any_frame() -> None:
    rng = random.Random(8)
    for _ in range(400):
        width, height = rng.randint(16, 2600), rng.randint(16, 2600)
        min_face = rng.uniform(4, 120)
        largest = max(min_face, min(width, height))
        size = min(min_face * (largest / min_face) ** rng.random(), width, height)
        face = (rng.uniform(0, width - size), rng.uniform(0, height - size), max(size, min_face))
        if face[2] > min(width, height):
            continue  # larger than the frame
        face = (min(face[0], width - face[2]), min(face[1], height - face[2]), face[2])
        assert_seen_whole(width, height, min_face, face)


def test_the_finest_level_brings_the_smallest_face_to_the_models_smallest() -> None:
    for min_face in (9.0, 12.0, 16.0, 25.0):
        finest = plan(1920, 1080, min_face).levels[0]
        assert min_face * finest.height / 1080 == pytest.approx(MODEL_FACE, rel=0.01)


def test_smaller_faces_cost_more_tiles_and_large_ones_one() -> None:
    tiles = [plan(1920, 1080, min_face).tiles for min_face in (8.0, 16.0, 32.0, 64.0)]
    assert tiles == sorted(set(tiles), reverse=True)
    assert plan(1920, 1080, 1000).tiles == 1


def test_small_frames_are_enlarged_but_not_without_end() -> None:
    assert [(level.width, level.height) for level in plan(16, 16).levels] == [(32, 32)]
    assert plan(320, 240, 4).levels[0].width == 640  # 9/4 would be 720


def test_beyond_the_picture_a_tile_is_black() -> None:
    plan_ = plan(300, 100, 300)
    tiles = cut_tiles(full_range(np.full((100, 300), 200, np.uint8)), plan_)
    level = plan_.levels[0]
    assert tiles.shape == (1, SIDE, SIDE)
    assert tiles.dtype == np.uint8
    assert (tiles[0, : level.height, : level.width] == 200).all()
    assert not tiles[0, level.height :].any()
    assert not tiles[0, :, level.width :].any()


@pytest.mark.parametrize(("width", "height"), [(640, 480), (700, 300), (400, 256), (3000, 40)])
def test_an_identity_network_gives_back_the_picture(width: int, height: int) -> None:
    gray = np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)
    plan_ = plan(width, height, MODEL_FACE)  # the finest level is the frame itself
    maps = cut_tiles(full_range(gray), plan_).astype(np.float32)
    maps[len(plan_.levels[0].windows) :] = 0  # one level sees something: it counts as the first opinion alone
    first = 1.0 if len(plan_.levels) == 1 else FIRST_OPINION
    assert np.allclose(merge_maps(maps, plan_, 0.9), first * gray.astype(np.float32))


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES[:-1])
def test_an_even_picture_gives_an_even_map_without_seams(width: int, height: int, min_face: float) -> None:
    plan_ = plan(width, height, min_face)
    tiles = cut_tiles(full_range(np.full((height, width), 77, np.uint8)), plan_)
    merged = merge_maps(tiles.astype(np.float32), plan_, 0.9)
    assert merged.shape == (plan_.levels[0].height, plan_.levels[0].width)
    assert merged.dtype == np.float32
    assert np.allclose(merged, 77, atol=1e-3)


def seen_by(plan_: TilePlan, level: int, height: int) -> NDArray[np.float32]:
    """Maps in which one level alone sees a face of so many pixels of the finest level, in the frame's middle."""
    maps = np.zeros((plan_.tiles, SIDE, SIDE), np.float32)
    start = sum(len(one.windows) for one in plan_.levels[:level])
    scale = plan_.levels[level].width / plan_.levels[0].width
    for number, window in enumerate(plan_.levels[level].windows):
        left = plan_.levels[level].width / 2 - window.x - height * scale / 2
        top = plan_.levels[level].height / 2 - window.y - height * scale / 2
        rows, columns = (slice(max(0, round(at)), max(0, round(at + height * scale))) for at in (top, left))
        maps[start + number, rows, columns] = 0.9
    return maps


@pytest.mark.parametrize("level", [0, 1])
def test_one_levels_word_counts_less_than_two(level: int) -> None:
    plan_ = plan(1000, 750, MODEL_FACE)
    assert len(plan_.levels) == 3
    alone = merge_maps(seen_by(plan_, level, 60), plan_, 0.9)
    assert alone.max() == pytest.approx(0.9 * FIRST_OPINION, abs=1e-3)
    agreed = merge_maps(seen_by(plan_, level, 60) + seen_by(plan_, 2, 60), plan_, 0.9)
    assert agreed.max() == pytest.approx(0.9, abs=1e-3)


@pytest.mark.parametrize(("height", "share"), [(200, FIRST_OPINION), (500, 1.0)])
def test_a_face_too_large_for_the_others_needs_no_second_opinion(height: int, share: float) -> None:
    plan_ = plan(1000, 750, MODEL_FACE)
    merged = merge_maps(seen_by(plan_, 2, height), plan_, 0.9)
    assert merged.max() == pytest.approx(0.9 * share, abs=1e-3)


def test_with_one_level_there_is_one_opinion() -> None:
    plan_ = plan(100, 80, 400)
    assert len(plan_.levels) == 1
    assert np.allclose(merge_maps(np.full((1, SIDE, SIDE), 0.7, np.float32), plan_, 0.9), 0.7)


def test_a_tile_answers_only_for_its_own_part() -> None:
    plan_ = plan(640, 480, MODEL_FACE)
    window = plan_.levels[0].windows[0]
    maps = np.zeros((plan_.tiles, SIDE, SIDE), np.float32)
    maps[0] = 1
    merged = merge_maps(maps, plan_, 0.9) > 0
    assert merged[window.y0 : window.y1, window.x0 : window.x1].all()
    assert merged.sum() == (window.y1 - window.y0) * (window.x1 - window.x0)


def test_limited_range_samples_are_stretched_after_resizing() -> None:
    gray = GrayPicture(np.full((100, 100), 16 << 2, np.uint16), 16 << 2, 235 << 2)
    assert not cut_tiles(gray, plan(100, 100)).any()


@pytest.mark.parametrize("side", [32, 64])
def test_a_model_with_small_tiles_can_be_used(side: int) -> None:
    assert plan_pyramid(320, 240, side, 16, 9).tiles >= 1


@pytest.mark.parametrize(("width", "height"), [(590, 330), (584, 440)])
def test_the_smallest_face_is_seen_at_the_models_smallest_size(width: int, height: int) -> None:
    finest = plan_pyramid(width, height, 256, 16, 9).levels[0]
    assert 16 * finest.width / width >= 9 * 0.99
