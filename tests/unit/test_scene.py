"""Where scenes begin, told from small pictures."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.follow.scene import LONGEST, THRESHOLD, SceneDetector, small_picture
from faceerase.streamer.look.gray import GrayPicture

Small = NDArray[np.uint8]
SHAPE = (72, 128)


def textured(seed: int, level: int = 120) -> Small:
    picture = np.random.default_rng(seed).normal(0, 1, SHAPE)
    smooth = np.asarray(cv2.GaussianBlur(picture, (0, 0), 6))
    return np.clip(level + 60 * smooth / np.abs(smooth).max(), 0, 255).astype(np.uint8)


def beginnings(pictures: list[Small]) -> list[int]:
    detector = SceneDetector()
    return [number for number, picture in enumerate(pictures) if detector.begins(picture)]


def flat(*levels: float) -> list[Small]:
    return [np.full(SHAPE, level, np.uint8) for level in levels]


def test_the_first_frame_begins_a_scene() -> None:
    assert beginnings(flat(90)) == [0]


def test_a_still_scene_is_one() -> None:
    assert beginnings([textured(1)] * 20) == [0]


def test_a_cut_is_told_in_the_very_frame_with_which_the_scene_begins() -> None:
    a, b = textured(1, 60), textured(2, 190)
    assert beginnings([*[a] * 7, *[b] * 5, *[a] * 3]) == [0, 7, 12]


def test_cuts_in_a_row_are_each_told() -> None:
    high, low = 60 + 1.5 * THRESHOLD, 60
    assert beginnings(flat(low, low, high, low, high, high, low)) == [0, 2, 3, 4, 6]


def test_what_moves_a_little_is_no_cut() -> None:
    wide = np.tile(textured(3), (1, 2))
    assert beginnings([wide[:, at : at + SHAPE[1]].copy() for at in range(0, 40, 2)]) == [0]


def test_a_little_more_light_is_no_cut_and_much_more_is() -> None:
    assert beginnings(flat(100, 100 + 0.8 * THRESHOLD, 100)) == [0]
    assert beginnings(flat(100, 100 + 1.2 * THRESHOLD, 100)) == [0, 1, 2]


def test_light_that_comes_up_slowly_is_no_cut() -> None:
    assert beginnings(flat(*range(20, 220, round(THRESHOLD / 3)))) == [0]


def test_a_face_that_appears_is_no_cut() -> None:
    empty, face = textured(4, 60), textured(4, 60)
    cv2.circle(face, (40, 30), 12, (220,), -1)
    assert beginnings([empty, empty, face, face, empty]) == [0]


def test_two_detectors_do_not_know_of_each_other() -> None:
    one, other = SceneDetector(), SceneDetector()
    a, b = textured(1, 60), textured(2, 190)
    assert [one.begins(a), other.begins(b), one.begins(a), other.begins(b)] == [True, True, False, False]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (320, 180), (4000, 20), (20, 4000)])
def test_a_small_picture_is_small_and_keeps_its_shape(width: int, height: int) -> None:
    small = small_picture(GrayPicture(np.full((height, width), 99, np.uint8), 0, 255))
    assert small.dtype == np.uint8
    assert max(small.shape) == LONGEST
    assert small.shape[1] / small.shape[0] == pytest.approx(width / height, rel=0.6 / min(small.shape))
    assert (small == 99).all()


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (64, 48)])
def test_a_picture_that_is_small_already_is_left_as_it_is(size: tuple[int, int]) -> None:
    gray = np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8)
    assert np.array_equal(small_picture(GrayPicture(gray, 0, 255)), gray)


def test_a_small_picture_has_the_full_range_at_any_depth() -> None:
    small = small_picture(GrayPicture(np.full((200, 300), 235 << 2, np.uint16), 16 << 2, 235 << 2))
    assert (small == 255).all()
    assert not small_picture(GrayPicture(np.full((200, 300), 16, np.uint8), 16, 235)).any()
