"""Is a place erased, and is what stands there still like what was there?"""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.verify.evidence import ALIKE_FROM, Pair, lies_inside, likeness

WIDTH, HEIGHT = 160, 120
BOX = Box(40, 30, 88, 90)
NOISE = 2.0


def gray(samples: NDArray[np.generic]) -> GrayPicture:
    return GrayPicture(np.clip(np.rint(samples), 0, 255).astype(np.uint8), 0, 255)


def scene(seed: int = 0) -> NDArray[np.float32]:
    """Something with as much detail as a face, everywhere."""
    rough = np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), 3)
    return np.asarray(120 + 40 * smooth / smooth.std(), np.float32)


def pair(inside: NDArray[np.generic], with_matte: bool = True, box: Box = BOX) -> Pair:
    """The scene, and the scene with something else in a box and the noise of encoding everywhere."""
    before = scene()
    hole = np.zeros((HEIGHT, WIDTH), bool)
    hole[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
    after = np.where(hole, inside, before) + np.random.default_rng(5).normal(0, NOISE, before.shape)
    return Pair(gray(before), gray(after), gray(hole * 255.0) if with_matte else None)


FLAT = np.full((HEIGHT, WIDTH), 100.0)


@pytest.mark.parametrize("with_matte", [True, False])
def test_a_fill_lies_inside_and_its_surroundings_do_not(with_matte: bool) -> None:
    shown = pair(FLAT, with_matte)
    assert lies_inside(shown, BOX)
    assert lies_inside(shown, BOX.grown(8))
    assert not lies_inside(shown, Box(100, 30, 148, 90))
    assert not lies_inside(shown, Box(86, 30, 130, 90))


@pytest.mark.parametrize("with_matte", [True, False])
def test_a_fill_is_not_like_the_face(with_matte: bool) -> None:
    for fill in (FLAT, scene(1), FLAT + np.linspace(-50, 50, WIDTH)):
        assert likeness(pair(fill, with_matte), BOX) < 0.4


@pytest.mark.parametrize("with_matte", [True, False])
def test_what_shows_through_is_like_the_face(with_matte: bool) -> None:
    weak = cv2.GaussianBlur(scene(), (0, 0), 2)
    dark = scene() * 0.5
    for left in (weak, dark, scene() + 30):
        assert likeness(pair(left, with_matte), BOX) > ALIKE_FROM


def test_a_strong_blur_is_not() -> None:
    assert likeness(pair(cv2.GaussianBlur(scene(), (0, 0), 12)), BOX) < ALIKE_FROM


def test_where_little_is_erased_the_face_is_still_there() -> None:
    assert likeness(pair(FLAT), Box(100, 30, 148, 90)) == 1
    assert likeness(pair(FLAT, box=Box(40, 30, 50, 40)), BOX) == 1


def test_a_black_box_with_the_noise_of_encoding_is_not_like_anything() -> None:
    assert abs(likeness(pair(FLAT * 0), BOX)) < 0.4


def test_ten_bits_and_limited_range_are_seen_alike() -> None:
    shown = pair(FLAT, with_matte=False)
    samples = np.asarray(shown.before.samples, np.float32)
    deep = GrayPicture(np.rint(64 + samples * 876 / 255).astype(np.uint16), 64, 940)
    assert not lies_inside(replace(shown, after=deep), Box(100, 30, 148, 90))
    assert not lies_inside(replace(shown, after=deep), BOX)


@pytest.mark.parametrize(
    "box",
    [Box(-30, -30, 10, 10), Box(150, 110, 200, 200), Box(-50, -50, -10, -10), Box(300, 300, 320, 320), Box(5, 5, 5, 5)],
)
def test_boxes_may_reach_beyond_the_picture(box: Box) -> None:
    assert not lies_inside(pair(FLAT), box)
    assert likeness(pair(FLAT), box) == 1
