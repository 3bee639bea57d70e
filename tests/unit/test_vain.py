"""Places that were looked at in vain: for how long they are left alone, and what ends it."""

import numpy as np
import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.vain import MOMENT_SECONDS, MOST, STILL_SECONDS, InVain

RATE = 25.0
MOMENT, LONGEST = round(MOMENT_SECONDS * RATE), round(STILL_SECONDS * RATE)
PLACE = Box(300, 200, 360, 270)


def picture(seed: int = 0, grain: float = 0.0) -> GrayPicture:
    """A picture of soft spots; with grain of its own."""
    rng = np.random.default_rng(7)
    soft = rng.integers(40, 200, (18, 32)).repeat(40, axis=0).repeat(40, axis=1).astype(float)
    noisy = soft + np.random.default_rng(seed).normal(0, grain, soft.shape) if grain else soft
    return GrayPicture(np.clip(np.rint(noisy), 0, 255).astype(np.uint8), 0, 255)


def with_something_at(gray: GrayPicture, x: int, y: int) -> GrayPicture:
    samples = gray.samples.copy()
    samples[y : y + 24, x : x + 24] += np.uint8(40)
    return GrayPicture(samples, 0, 255)


@pytest.fixture
def in_vain() -> InVain:
    return InVain(RATE).plus([PLACE], 10, picture())


def test_for_a_moment_a_place_is_left_alone_whatever_happens(in_vain: InVain) -> None:
    assert in_vain.now(10 + MOMENT - 1, with_something_at(picture(), 320, 220)).boxes == (PLACE,)
    assert in_vain.now(10 + MOMENT, with_something_at(picture(), 320, 220)).boxes == ()


def test_it_is_left_alone_while_nothing_happens_there_but_not_for_ever(in_vain: InVain) -> None:
    for here in range(10, 10 + LONGEST):
        in_vain = in_vain.now(here, picture())
        assert in_vain.boxes == (PLACE,)
    assert in_vain.now(10 + LONGEST, picture()).boxes == ()


def test_what_happens_elsewhere_does_not_matter(in_vain: InVain) -> None:
    assert in_vain.now(10 + MOMENT, with_something_at(picture(), 900, 500)).boxes == (PLACE,)


def test_grain_is_no_event() -> None:
    in_vain = InVain(RATE).plus([PLACE], 0, picture(1, grain=3.0))
    assert all(in_vain.now(MOMENT, picture(seed, grain=3.0)).boxes for seed in range(2, 12))


def test_a_place_is_forgotten_for_good(in_vain: InVain) -> None:
    changed = in_vain.now(10 + MOMENT, with_something_at(picture(), 320, 220))
    assert changed.now(11 + MOMENT, picture()).boxes == ()


def test_only_the_newest_are_remembered() -> None:
    boxes = [Box(x, 5, x + 20, 25) for x in range(MOST + 9)]
    assert InVain(RATE).plus(boxes, 0, picture()).boxes == tuple(boxes[9:])


def test_a_value_is_not_changed_by_what_comes_of_it(in_vain: InVain) -> None:
    in_vain.plus([Box(0, 0, 50, 50)], 11, picture())
    in_vain.now(10_000, picture())
    assert in_vain.boxes == (PLACE,)
