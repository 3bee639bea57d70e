"""The pyramid: every pixel answered for once on every level, and every face whole in some tile."""

import random
from itertools import groupby, pairwise, product

import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.look.pyramid import OVERLAP, SKIP_NEAR_WHOLE, Tile, plan_pyramid
from faceerase.streamer.look.view import MAGNIFY

SIDE = 256
MODEL_FACE = 9.0
FRAMES = [
    (16, 16), (1, 1), (17, 3), (256, 256), (257, 256), (640, 480), (641, 479), (853, 480), (1080, 1920),
    (1920, 1080), (4000, 20), (20, 4000), (3840, 2160),
]  # fmt: skip
MIN_FACES = [4.0, 9.0, 16.0, 40.0, 300.0]


def plan(width: int, height: int, min_face: float = 16.0) -> tuple[Tile, ...]:
    return plan_pyramid(width, height, SIDE, min_face, MODEL_FACE)


def levels_of(tiles: tuple[Tile, ...]) -> list[list[Tile]]:
    """The tiles of each level, from fine to coarse."""
    *fine, whole = tiles
    return [*(list(level) for _, level in groupby(fine, key=lambda tile: tile.view.span)), [whole]]


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_every_pixel_of_the_picture_is_answered_for_exactly_once_on_every_level(
    width: int, height: int, min_face: float
) -> None:
    for level in levels_of(plan(width, height, min_face)):
        columns = sorted({(tile.own.x0, tile.own.x1) for tile in level})
        rows = sorted({(tile.own.y0, tile.own.y1) for tile in level})
        assert {tile.own for tile in level} == {Box(x0, y0, x1, y1) for (x0, x1), (y0, y1) in product(columns, rows)}
        assert len(level) == len(columns) * len(rows)
        for parts, length in ((columns, width), (rows, height)):
            assert (parts[0][0], parts[-1][1]) == (0, length)
            assert all(before[1] == after[0] for before, after in pairwise(parts))


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_every_tile_lies_in_the_picture_and_holds_what_it_answers_for(width: int, height: int, min_face: float) -> None:
    for tile in plan(width, height, min_face):
        view, own = tile.view, tile.own
        assert view.side == SIDE
        assert view.holds(own)
        assert own.area > 0
        for start, length in ((view.x, width), (view.y, height)):
            assert 0 <= start <= max(0, length - view.span)


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_neighbouring_tiles_share_as_much_as_they_promise(width: int, height: int) -> None:
    for level in levels_of(plan(width, height, MODEL_FACE)):
        span = level[0].view.span
        for starts in ({tile.view.x for tile in level}, {tile.view.y for tile in level}):
            assert all(before + span - after >= OVERLAP * span - 1 for before, after in pairwise(sorted(starts)))


@pytest.mark.parametrize("min_face", MIN_FACES)
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_the_last_tile_shows_the_whole_picture(width: int, height: int, min_face: float) -> None:
    whole = plan(width, height, min_face)[-1]
    assert whole.own == Box(0, 0, width, height)
    assert whole.view.holds(whole.own)
    assert whole.view.span == max(width, height, SIDE / MAGNIFY)


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_levels_halve_from_fine_to_coarse(width: int, height: int) -> None:
    spans = [level[0].view.span for level in levels_of(plan(width, height))]
    for fine, coarse in pairwise(spans[:-1]):
        assert coarse == pytest.approx(2 * fine, abs=2)
    assert spans == sorted(spans)


def sizes_in_tiles(tiles: tuple[Tile, ...], face: tuple[float, float, float]) -> list[float]:
    """Sizes (tile pixels) at which a square face (x, y, size; picture pixels) lies whole in a tile."""
    x, y, size = face
    box = Box(x, y, x + size, y + size).grown(-1e-6)
    return [size * tile.view.scale for tile in tiles if tile.view.holds(box)]


def assert_seen_whole(width: int, height: int, min_face: float, face: tuple[float, float, float]) -> None:
    seen = sizes_in_tiles(plan(width, height, min_face), face)
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


def test_a_face_is_whole_in_the_tile_that_answers_for_its_middle() -> None:
    # Up to the overlap: a larger one is another level's.
    rng = random.Random(9)
    for level in levels_of(plan(1920, 1080)):
        size = OVERLAP * level[0].view.span - 2
        for _ in range(100):
            x, y = rng.uniform(0, 1920 - size), rng.uniform(0, 1080 - size)
            face = Box(x, y, x + size, y + size)
            (answers,) = [
                tile
                for tile in level
                if tile.own.x0 <= face.centre[0] < tile.own.x1 and tile.own.y0 <= face.centre[1] < tile.own.y1
            ]
            assert answers.view.holds(face)


def test_the_finest_level_brings_the_smallest_face_to_the_models_smallest() -> None:
    for min_face in (9.0, 12.0, 16.0, 25.0):
        assert min_face * plan(1920, 1080, min_face)[0].view.scale == pytest.approx(MODEL_FACE, rel=0.01)


def test_smaller_faces_cost_more_tiles_and_large_ones_one() -> None:
    tiles = [len(plan(1920, 1080, min_face)) for min_face in (8.0, 16.0, 32.0, 64.0)]
    assert tiles == sorted(set(tiles), reverse=True)
    assert len(plan(1920, 1080, 1000)) == 1


def test_small_frames_are_enlarged_but_not_without_end() -> None:
    (tile,) = plan(16, 16)
    assert tile.view.scale == MAGNIFY
    assert plan(320, 240, 4)[0].view.scale == MAGNIFY  # 9/4 would be more


@pytest.mark.parametrize("side", [32, 64])
def test_a_model_with_small_tiles_can_be_used(side: int) -> None:
    tiles = plan_pyramid(320, 240, side, 16, 9)
    assert len(tiles) > 1
    assert all(tile.view.side == side for tile in tiles)


@pytest.mark.parametrize(("width", "height"), [(590, 330), (584, 440)])
def test_the_smallest_face_is_seen_at_the_models_smallest_size(width: int, height: int) -> None:
    assert 16 * plan_pyramid(width, height, 256, 16, 9)[0].view.scale >= 9 * 0.99
