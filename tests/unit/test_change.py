"""Which tiles look as they did: told from small pictures, tile by tile."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.look.change import STILL, ChangeWatch
from faceerase.streamer.look.pyramid import plan_pyramid

WIDTH, HEIGHT, SCALE = 1280, 720, 10.0
TILES = plan_pyramid(WIDTH, HEIGHT, 256, 16, 9)
EVERYTHING = frozenset(range(len(TILES)))
Small = NDArray[np.uint8]


@pytest.fixture
def small() -> Small:
    return np.random.default_rng(0).integers(20, 200, (round(HEIGHT / SCALE), round(WIDTH / SCALE)), dtype=np.uint8)


@pytest.fixture
def watch(small: Small) -> ChangeWatch:
    """Everything was looked at once."""
    watch = ChangeWatch()
    watch.looked_at(EVERYTHING, TILES, small, SCALE)
    return watch


def changed_by(watch: ChangeWatch, small: Small) -> frozenset[int]:
    return EVERYTHING - watch.unchanged(TILES, small, SCALE)


def test_what_was_never_looked_at_is_not_unchanged(small: Small) -> None:
    watch = ChangeWatch()
    assert watch.unchanged(TILES, small, SCALE) == frozenset()
    watch.looked_at([3, 5], TILES, small, SCALE)
    assert watch.unchanged(TILES, small, SCALE) == {3, 5}


def test_in_a_still_picture_nothing_changes(watch: ChangeWatch, small: Small) -> None:
    assert changed_by(watch, small.copy()) == frozenset()


def test_noise_is_no_change_and_a_little_more_is(watch: ChangeWatch, small: Small) -> None:
    assert changed_by(watch, small + np.uint8(STILL)) == frozenset()
    assert changed_by(watch, small - np.uint8(STILL)) == frozenset()
    assert changed_by(watch, small + np.uint8(STILL + 1)) == EVERYTHING
    assert changed_by(watch, small - np.uint8(STILL + 1)) == EVERYTHING


def test_black_after_white_is_a_change() -> None:
    watch = ChangeWatch()
    white, black = np.full((72, 128), 255, np.uint8), np.zeros((72, 128), np.uint8)
    watch.looked_at(EVERYTHING, TILES, white, SCALE)
    assert changed_by(watch, black) == EVERYTHING
    watch.looked_at(EVERYTHING, TILES, black, SCALE)
    assert changed_by(watch, white) == EVERYTHING


@pytest.mark.parametrize(("x", "y"), [(0, 0), (127, 71), (64, 36), (127, 0), (30, 50)])
def test_one_sample_changes_the_tiles_that_show_it_and_no_others(
    watch: ChangeWatch, small: Small, x: int, y: int
) -> None:
    small[y, x] += 40
    changed = changed_by(watch, small)
    for number, tile in enumerate(TILES):
        view = tile.view
        shows_x = view.x < (x + 1) * SCALE and x * SCALE < view.x + view.span
        shows_y = view.y < (y + 1) * SCALE and y * SCALE < view.y + view.span
        if shows_x and shows_y:
            assert number in changed
        # A sample on a tile's border may count as its own.
        near_x = view.x < (x + 2) * SCALE and (x - 1) * SCALE < view.x + view.span
        near_y = view.y < (y + 2) * SCALE and (y - 1) * SCALE < view.y + view.span
        if not (near_x and near_y):
            assert number not in changed


def test_many_small_steps_add_up(watch: ChangeWatch, small: Small) -> None:
    # Each frame is compared with the one in which the tile was looked at, not with the one before.
    for step in range(1, STILL + 1):
        assert changed_by(watch, small + np.uint8(step)) == frozenset()
    assert changed_by(watch, small + np.uint8(STILL + 1)) == EVERYTHING


def test_looking_again_begins_anew(watch: ChangeWatch, small: Small) -> None:
    other = small + np.uint8(30)
    watch.looked_at([1, 2], TILES, other, SCALE)
    assert watch.unchanged(TILES, other, SCALE) == {1, 2}
    assert changed_by(watch, small) == {1, 2}


def test_it_remembers_what_it_saw_and_not_what_became_of_it(watch: ChangeWatch, small: Small) -> None:
    small += 50
    assert changed_by(watch, small) == EVERYTHING
