"""Candidates: each place once, told by the tile that answers for it, the surest first."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.candidates import SAME_OVERLAP, SAME_SIZE, Candidate, distinct, find_candidates, is_same
from faceerase.streamer.look.pyramid import Tile, plan_pyramid
from faceerase.streamer.look.view import View

SIDE = 256
WIDTH, HEIGHT = 900, 500
TILES = plan_pyramid(WIDTH, HEIGHT, SIDE, 9, 9)


def maps_of(tiles: tuple[Tile, ...], *faces: tuple[Box, float]) -> NDArray[np.float32]:
    """What a network would answer to which every face of the picture is a square of its value, in every tile."""
    maps = np.zeros((len(tiles), SIDE, SIDE), np.float32)
    for tile, map_ in zip(tiles, maps, strict=True):
        for face, value in faces:
            box = tile.view.to_tile(face)
            x0, y0, x1, y1 = (max(0, round(at)) for at in (box.x0, box.y0, box.x1, box.y1))
            map_[y0:y1, x0:x1] = value
    return maps


def found(*faces: tuple[Box, float], threshold: float = 0.2, smallest: float = 4) -> tuple[Candidate, ...]:
    return find_candidates(TILES, maps_of(TILES, *faces), threshold, smallest)


def test_an_empty_map_has_no_candidate() -> None:
    assert found() == ()
    assert find_candidates((), np.zeros((0, SIDE, SIDE), np.float32), 0.2, 4) == ()


@pytest.mark.parametrize("x", [0, 120, 230, 240, 250, 400, 560, 700, 860])
def test_a_face_that_several_tiles_and_levels_show_is_one_candidate(x: int) -> None:
    face = Box(x, 210, x + 40, 260)
    (candidate,) = found((face, 0.7))
    assert candidate.score == pytest.approx(0.7)
    assert candidate.box.overlap(face) > 0.9
    assert candidate.box.area == pytest.approx(face.area, rel=0.25)


def test_faces_anywhere_are_each_found_once() -> None:
    rng = random.Random(4)
    for _ in range(20):
        size = rng.randint(16, 60)
        faces = [
            (Box(x, y, x + size, y + size), rng.uniform(0.3, 0.99))
            for x in range(20, WIDTH - 80, 220)
            for y in range(20, HEIGHT - 80, 220)
        ]
        candidates = found(*faces)
        assert len(candidates) == len(faces)
        assert [one.score for one in candidates] == pytest.approx(sorted((value for _, value in faces), reverse=True))


def test_what_is_not_above_the_threshold_is_no_candidate() -> None:
    face = Box(300, 200, 340, 250)
    assert found((face, 0.2), threshold=0.2) == ()
    assert len(found((face, 0.21), threshold=0.2)) == 1


def test_specks_are_noise() -> None:
    face = Box(300, 200, 306, 206)
    assert len(found((face, 0.9), smallest=3)) == 1
    assert found((face, 0.9), smallest=12) == ()


def test_a_long_thin_spot_is_no_speck() -> None:
    assert len(found((Box(300, 200, 304, 230), 0.9), smallest=20)) == 1


def test_a_tile_answers_only_for_its_own_part() -> None:
    left = Tile(View(0, 0, SIDE, SIDE), Box(0, 0, 200, SIDE))
    right = Tile(View(144, 0, SIDE, SIDE), Box(200, 0, 400, SIDE))
    face = Box(190, 100, 230, 140)  # its middle is the right one's
    maps = maps_of((left, right), (face, 0.8))
    assert find_candidates((left,), maps[:1], 0.2, 4) == ()
    (candidate,) = find_candidates((right,), maps[1:], 0.2, 4)
    assert candidate.box == face


def test_the_surest_of_the_same_comes_first_and_alone() -> None:
    box = Box(100, 100, 140, 140)
    one, two, other = Candidate(box.moved(3, 0), 0.4), Candidate(box, 0.9), Candidate(box.moved(300, 0), 0.6)
    assert distinct([one, two, other]) == (two, other)
    assert distinct([other, two, one]) == (two, other)
    assert distinct([]) == ()


def test_of_equally_sure_ones_the_order_given_does_not_matter() -> None:
    boxes = [Box(x, y, x + 30, y + 30) for x in (0, 6, 100) for y in (0, 7, 90)]
    candidates = [Candidate(box, 0.5) for box in boxes]
    rng = random.Random(0)
    expected = distinct(candidates)
    for _ in range(20):
        rng.shuffle(candidates)
        assert distinct(candidates) == expected


def test_an_eye_is_not_its_face_and_a_face_behind_is_not_the_one_before() -> None:
    face = Box(100, 100, 200, 200)
    small = face.side / SAME_SIZE
    assert not is_same(face, Box(110, 110, 110 + small * 0.95, 110 + small * 0.95))
    assert is_same(face, Box(110, 110, 110 + small * 1.05, 110 + small * 1.05))
    assert is_same(face, face.moved(100 * (1 - SAME_OVERLAP) * 0.95, 0))
    assert not is_same(face, face.moved(100 * (1 - SAME_OVERLAP) * 1.05, 0))
    assert is_same(face, Box(105, 105, 170, 170)) == is_same(Box(105, 105, 170, 170), face)
