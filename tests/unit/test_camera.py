"""How far the camera turned between two frames."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.follow import camera
from faceerase.streamer.follow.camera import camera_shift

Small = NDArray[np.uint8]
SHAPE = (72, 128)


def scenery(seed: int = 0) -> Small:
    """A landscape three times as wide and high as a picture of it."""
    noise = np.random.default_rng(seed).normal(0, 1, (3 * SHAPE[0], 3 * SHAPE[1]))
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 2))
    return np.clip(128 + 100 * smooth / np.abs(smooth).max(), 0, 255).astype(np.uint8)


def picture(x: int, y: int, seed: int = 0) -> Small:
    """What a camera shows that looks at (x, y) of the landscape."""
    return scenery(seed)[y : y + SHAPE[0], x : x + SHAPE[1]].copy()


def test_a_still_camera_moves_nothing() -> None:
    assert camera_shift(picture(50, 50), picture(50, 50), 10) == pytest.approx((0, 0), abs=0.1)


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (-3, 0), (0, 5), (0, -5), (7, -4), (-12, 6), (20, 0)])
def test_the_picture_moves_against_the_camera(dx: int, dy: int) -> None:
    assert camera_shift(picture(50, 50), picture(50 - dx, 50 - dy), 1) == pytest.approx((dx, dy), abs=0.5)


def test_the_shift_is_told_in_pixels_of_the_full_picture() -> None:
    assert camera_shift(picture(50, 50), picture(46, 52), 15) == pytest.approx((60, -30), abs=8)


def test_somebody_who_walks_by_moves_no_camera() -> None:
    before, now = picture(50, 50), picture(50, 50)
    cv2.circle(before, (40, 36), 8, (250,), -1)
    cv2.circle(now, (48, 36), 8, (250,), -1)
    assert camera_shift(before, now, 10) == pytest.approx((0, 0), abs=5)


def test_an_unclear_shift_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert camera_shift(picture(50, 50), picture(44, 50), 10) != (0, 0)
    monkeypatch.setattr(camera, "TRUSTED", 10.0)
    assert camera_shift(picture(50, 50), picture(44, 50), 10) == (0, 0)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_pictures_without_anything_in_them_have_no_shift(level: int) -> None:
    flat = np.full(SHAPE, level, np.uint8)
    assert camera_shift(flat, flat.copy(), 10) == pytest.approx((0, 0), abs=1e-3)
    assert camera_shift(flat, picture(50, 50), 10) == pytest.approx((0, 0), abs=1e-3)


@pytest.mark.parametrize("shape", [(1, 1), (7, 128), (128, 7)])
def test_pictures_too_small_to_tell_have_no_shift(shape: tuple[int, int]) -> None:
    one = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert camera_shift(one, np.roll(one, 2), 10) == (0, 0)


def test_pictures_of_different_sizes_have_no_shift() -> None:
    assert camera_shift(picture(50, 50), picture(50, 50)[:-1], 10) == (0, 0)


def test_pictures_are_left_as_they_are() -> None:
    before, now = picture(50, 50), picture(53, 50)
    kept = before.copy(), now.copy()
    camera_shift(before, now, 10)
    assert np.array_equal(before, kept[0])
    assert np.array_equal(now, kept[1])
