"""One look into a picture: which square is shown, how it is drawn, and the way back."""

import random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.view import MAGNIFY, View, cut_view, view_of

SIDE = 256


def full_range(samples: NDArray[np.uint8]) -> GrayPicture:
    return GrayPicture(samples, 0, 255)


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def test_a_box_goes_into_the_tile_and_back() -> None:
    rng = random.Random(2)
    for _ in range(100):
        view = View(rng.randint(0, 900), rng.randint(0, 900), rng.randint(20, 2000), rng.choice([64, 128, 256]))
        x, y = rng.uniform(-50, 2000), rng.uniform(-50, 2000)
        box = Box(x, y, x + rng.uniform(1, 300), y + rng.uniform(1, 300))
        assert corners(view.to_picture(view.to_tile(box))) == pytest.approx(corners(box))
        assert corners(view.to_tile(view.to_picture(box))) == pytest.approx(corners(box))


def test_the_square_of_a_view_is_the_whole_tile() -> None:
    view = View(30, 70, 400, SIDE)
    assert corners(view.to_tile(Box(30, 70, 430, 470))) == pytest.approx((0, 0, SIDE, SIDE))
    assert view.scale == SIDE / 400


def test_a_view_holds_what_lies_inside() -> None:
    view = View(30, 70, 100, SIDE)
    assert view.holds(Box(30, 70, 130, 170))
    assert not view.holds(Box(29.9, 70, 50, 100))
    assert not view.holds(Box(30, 69.9, 50, 100))
    assert not view.holds(Box(100, 100, 130.1, 120))
    assert not view.holds(Box(100, 100, 120, 170.1))


@pytest.mark.parametrize("face_side", [40, 64, 90])
@pytest.mark.parametrize("size", [(60, 80), (150, 110), (300, 300)])
def test_a_face_is_shown_in_the_middle_at_the_size_asked_for(size: tuple[int, int], face_side: float) -> None:
    box = Box(1700, 930, 1700 + size[0], 930 + size[1])
    view = view_of(box, face_side, SIDE, 3840, 2160)
    shown = view.to_tile(box)
    assert shown.side == pytest.approx(face_side, rel=0.02)
    assert shown.centre == pytest.approx((SIDE / 2, SIDE / 2), abs=1)


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (640, 360), (300, 700)])
def test_a_view_stays_in_the_picture_and_still_holds_its_face(width: int, height: int) -> None:
    rng = random.Random(3)
    for _ in range(200):
        size = rng.uniform(8, min(width, height) * 0.9)
        x, y = rng.uniform(0, width - size), rng.uniform(0, height - size)
        box = Box(x, y, x + size, y + size)
        view = view_of(box, 64, SIDE, width, height)
        assert view.x >= 0
        assert view.y >= 0
        # Along an axis on which the picture is shorter than the view, it begins at the edge.
        assert view.x + view.span <= width or view.x == 0
        assert view.y + view.span <= height or view.y == 0
        assert view.holds(box)


def test_a_tiny_face_is_not_enlarged_beyond_what_there_is_to_see() -> None:
    view = view_of(Box(500, 500, 504, 505), 64, SIDE, 1920, 1080)
    assert view.scale == MAGNIFY


def test_a_large_face_is_shown_as_small_as_the_whole_picture_makes_it() -> None:
    view = view_of(Box(0, 0, 600, 400), 64, SIDE, 600, 400)
    assert view == View(0, 0, 600, SIDE)


@pytest.mark.parametrize("centre", [(-400, 200), (5000, 200), (300, -90), (300, 9000)])
def test_a_box_that_left_the_picture_is_looked_for_at_the_edge(centre: tuple[int, int]) -> None:
    x, y = centre
    view = view_of(Box(x - 20, y - 20, x + 20, y + 20), 64, SIDE, 640, 480)
    assert view.holds(Box(view.x, view.y, view.x + 1, view.y + 1))
    assert 0 <= view.x <= 640 - view.span
    assert 0 <= view.y <= 480 - view.span
    assert cut_view(full_range(np.full((480, 640), 9, np.uint8)), view).any()


def test_a_view_at_the_pictures_own_scale_is_the_picture_itself() -> None:
    gray = np.random.default_rng(0).integers(0, 256, (400, 500), dtype=np.uint8)
    tile = cut_view(full_range(gray), View(37, 81, SIDE, SIDE))
    assert tile.dtype == np.uint8
    assert np.array_equal(tile, gray[81 : 81 + SIDE, 37 : 37 + SIDE])


@pytest.mark.parametrize("span", [100, 200, 256, 333, 512, 700])
def test_what_lies_in_the_picture_lies_there_in_the_tile(span: int) -> None:
    gray = np.zeros((900, 900), np.uint8)
    cv2.ellipse(gray, (400, 400), (25, 30), 0, 0, 360, (255,), -1)
    view = View(400 - span // 2 + 7, 400 - span // 2 - 5, span, SIDE)
    rows, columns = np.nonzero(cut_view(full_range(gray), view) > 127)
    expected = view.to_tile(Box(375, 370, 426, 431))
    found = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert corners(found) == pytest.approx(corners(expected), abs=max(1.0, view.scale))


@pytest.mark.parametrize("span", [200, 256, 400])
def test_beyond_the_pictures_edge_a_tile_is_black(span: int) -> None:
    view = View(150, 60, span, SIDE)
    tile = cut_view(full_range(np.full((100, 180), 200, np.uint8)), view)
    right, down = round(30 * view.scale), round(40 * view.scale)
    assert tile.shape == (SIDE, SIDE)
    assert (tile[:down, :right] == 200).all()
    assert not tile[down:].any()
    assert not tile[:, right:].any()


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2)])
def test_pictures_of_hardly_any_size_can_be_shown(size: tuple[int, int]) -> None:
    height, width = size
    view = view_of(Box(0, 0, width, height), 64, SIDE, width, height)
    tile = cut_view(full_range(np.full((height, width), 120, np.uint8)), view)
    assert tile.shape == (SIDE, SIDE)
    assert set(np.unique(tile)) <= {0, 120}
    assert tile.any()


@pytest.mark.parametrize("depth", [8, 10, 12, 16])
@pytest.mark.parametrize("span", [128, 256, 300])
def test_every_depth_gives_the_same_tile(depth: int, span: int) -> None:
    gray = np.random.default_rng(1).integers(16, 236, (300, 300), dtype=np.uint8)
    smooth = np.asarray(cv2.GaussianBlur(gray, (0, 0), 4), np.uint8)
    scale = 1 << (depth - 8)
    deep = smooth.astype(np.uint8 if depth == 8 else np.uint16) * scale
    view = View(0, 0, span, SIDE)
    one = cut_view(GrayPicture(smooth, 16, 235), view).astype(int)
    other = cut_view(GrayPicture(deep, 16 * scale, 235 * scale), view).astype(int)
    assert np.abs(one - other).max() <= 1


def test_limited_range_is_stretched_and_the_edge_stays_black() -> None:
    gray = GrayPicture(np.full((100, 100), 235 << 2, np.uint16), 16 << 2, 235 << 2)
    tile = cut_view(gray, View(0, 0, 200, SIDE))
    assert set(np.unique(tile)) == {0, 255}
    assert not cut_view(GrayPicture(np.full((100, 100), 16, np.uint8), 16, 235), View(0, 0, 100, SIDE)).any()


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_picture_that_was_turned_is_shown_upright(quarter_turns: int) -> None:
    gray = np.random.default_rng(0).integers(0, 256, (300, 400), dtype=np.uint8)
    view = View(10, 20, 200, SIDE)
    turned = full_range(gray).upright(quarter_turns)
    copied = full_range(np.ascontiguousarray(np.rot90(gray, quarter_turns)))
    assert np.array_equal(cut_view(turned, view), cut_view(copied, view))
