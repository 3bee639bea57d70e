"""Where a network errs in its own training photos."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.models.data.photo import FaceBox, Photo, PhotoSet
from faceerase.models.learning.mine import mine
from faceerase.models.tiles.hard import HardCases

SIDE = 256


class Bright:
    """Takes everything bright for a face."""

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        return tiles.astype(np.float32) / 255


class BrightAtFirst(Bright):
    """The same, but not twice: what is shown alone in the middle of a tile convinces it no more."""

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        maps = super().look(tiles)
        middle = maps[:, SIDE // 2 - 8 : SIDE // 2 + 8, SIDE // 2 - 8 : SIDE // 2 + 8].mean((1, 2))
        maps[middle > 0.9] = 0
        return maps


def searched(network: Bright, *bright: tuple[int, int], faces: tuple[FaceBox, ...] = ()) -> HardCases:
    """Search one photo, 400×400, with bright squares of 40 px at these corners."""
    gray = np.full((400, 400), 10, np.uint8)
    for x, y in bright:
        gray[y : y + 40, x : x + 40] = 250
    photo = Photo(Path("one.jpg"), "event", faces, None)
    return mine(PhotoSet((photo,), lambda _path: gray), network, SIDE, 12, 1, 1)


def test_what_is_taken_for_a_face_twice_is_a_hard_spot() -> None:
    cases = searched(Bright(), (200, 120))
    assert [(spot.photo, round(spot.x, -1), round(spot.y, -1)) for spot in cases.spots] == [(0, 220, 140)]
    assert cases.spots[0].height == pytest.approx(40, abs=8)
    assert cases.missed == ()


def test_what_a_second_look_puts_right_is_none() -> None:
    assert searched(BrightAtFirst(), (200, 120)).spots == ()


def test_a_face_is_no_false_alarm() -> None:
    assert searched(Bright(), (200, 120), faces=(FaceBox(200, 120, 40, 40, False),)) == HardCases()


def test_a_face_that_a_closer_look_does_not_show_is_missed() -> None:
    faces = (FaceBox(200, 120, 40, 40, False), FaceBox(40, 300, 50, 50, False), FaceBox(300, 300, 50, 50, True))
    cases = searched(Bright(), (200, 120), faces=faces)
    assert [(missed.photo, missed.face) for missed in cases.missed] == [(0, 1)]


def test_half_a_face_is_missed_too() -> None:
    cases = searched(Bright(), (200, 120), faces=(FaceBox(200, 120, 40, 90, False),))
    assert len(cases.missed) == 1
