"""The second look: each candidate alone, twice, once mirrored; and both answers in one place."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look import second_look
from faceerase.streamer.look.candidates import Candidate
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.second_look import FACE_SIDES, Closer, look_closer
from faceerase.streamer.look.view import cut_view, view_of

SIDE = 256
WIDTH, HEIGHT = 900, 700
Tiles = NDArray[np.uint8]
Maps = NDArray[np.float32]


def brightness(tiles: Tiles) -> Maps:
    return tiles.astype(np.float32) / np.float32(255)


class Watched:
    """Brightness, remembering what it was shown; the ``silent`` batch sees nothing."""

    def __init__(self, silent: int | None = None) -> None:
        self.calls: list[Tiles] = []
        self._silent = silent

    def __call__(self, tiles: Tiles) -> Maps:
        self.calls.append(tiles.copy())
        maps = brightness(tiles)
        if self._silent == len(self.calls) - 1:
            maps[:] = 0
        return maps


def picture(*faces: Box) -> GrayPicture:
    """Lopsided bright faces on black: a disc, and a smaller one at its lower right."""
    gray = np.zeros((HEIGHT, WIDTH), np.uint8)
    for face in faces:
        x, y = face.centre
        cv2.circle(gray, (round(x), round(y)), round(face.side * 0.3), (255,), -1)
        cv2.circle(
            gray, (round(x + face.side * 0.35), round(y + face.side * 0.35)), round(face.side * 0.12), (255,), -1
        )
    return GrayPicture(gray, 0, 255)


def middle(closer: Closer) -> tuple[float, float]:
    """Where in the tile what was seen has its centre of mass."""
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    total = float(closer.map.sum())
    return float((columns * closer.map).sum()) / total, float((rows * closer.map).sum()) / total


def test_without_candidates_nobody_is_asked() -> None:
    look = Watched()
    assert look_closer(picture(), [], look, SIDE) == ()
    assert look.calls == []


def test_every_candidate_is_shown_at_each_size_a_batch_for_each() -> None:
    faces = [Box(300, 300, 360, 380), Box(500, 200, 540, 240), Box(100, 500, 250, 650)]
    look = Watched()
    closer = look_closer(picture(*faces), [Candidate(face, 0.5) for face in faces], look, SIDE)
    assert [one.box for one in closer] == faces
    assert [one.tiles for one in closer] == [len(FACE_SIDES)] * len(faces)
    for at, (face_side, tiles) in enumerate(zip(FACE_SIDES, look.calls, strict=True)):
        assert tiles.shape == (len(faces), SIDE, SIDE)
        for face, shown in zip(faces, tiles, strict=True):
            straight = cut_view(picture(*faces), view_of(face, face_side, SIDE, WIDTH, HEIGHT))
            assert np.array_equal(shown, straight[:, ::-1] if at % 2 else straight)


def test_the_answers_lie_in_the_first_view() -> None:
    face = Box(300, 300, 360, 380)
    (closer,) = look_closer(picture(face), [Candidate(face, 0.5)], brightness, SIDE)
    assert closer.view == view_of(face, FACE_SIDES[0], SIDE, WIDTH, HEIGHT)
    assert closer.map.shape == (SIDE, SIDE)
    assert closer.map.dtype == np.float32


@pytest.mark.parametrize(
    "face",
    [
        Box(400, 300, 460, 380),  # in the middle
        Box(0, 0, 60, 70),  # in corners, where the two views do not lie around the same point
        Box(WIDTH - 60, HEIGHT - 60, WIDTH, HEIGHT),
        Box(WIDTH - 40, 20, WIDTH, 70),
        Box(5, 300, 205, 520),  # large
        Box(400.3, 300.8, 421.1, 325.5),  # small
        Box(150, 50, 750, 650),  # so large that both views show the whole picture
    ],
)
def test_the_mirrored_second_view_comes_back_to_the_firsts_place(face: Box) -> None:
    gray = picture(face)
    first, second = (look_closer(gray, [Candidate(face, 0.5)], Watched(silent), SIDE, -1)[0] for silent in (1, 0))
    assert first.view == second.view
    assert middle(second) == pytest.approx(middle(first), abs=1)
    # Not just the middle: turned or mirrored, the lopsided shape would lie elsewhere.
    one, other = first.map > 0.25, second.map > 0.25
    assert (one & other).sum() > 0.85 * (one | other).sum()


def test_what_only_one_look_sees_is_half_as_certain() -> None:
    face = Box(400, 300, 460, 380)
    both, alone = (look_closer(picture(face), [Candidate(face, 0.5)], Watched(silent), SIDE)[0] for silent in (None, 1))
    assert both.map.max() == pytest.approx(1, abs=0.01)
    assert alone.map.max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("hopeless", "sizes"), [(0.99, 2), (1.0, 1)])
def test_what_shows_nothing_at_first_is_not_shown_again(hopeless: float, sizes: int) -> None:
    face, elsewhere = Box(300, 300, 360, 380), Box(500, 200, 540, 240)
    look = Watched()
    one, other = look_closer(picture(face), [Candidate(face, 0.5), Candidate(elsewhere, 0.5)], look, SIDE, hopeless)
    assert (one.tiles, other.tiles) == (sizes, 1)
    assert sum(len(tiles) for tiles in look.calls) == sizes + 1
    assert one.map.max() == pytest.approx(sizes / 2, abs=0.02)
    assert not other.map[100:156, 100:156].any()


def test_what_a_network_that_sees_nothing_answers_is_nothing() -> None:
    def blind(tiles: Tiles) -> Maps:
        return np.zeros(tiles.shape, np.float32)

    face = Box(400, 300, 460, 380)
    (closer,) = look_closer(picture(face), [Candidate(face, 0.5)], blind, SIDE)
    assert not closer.map.any()


def test_where_the_second_view_does_not_reach_it_saw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(tiles: Tiles) -> Maps:
        return np.ones(tiles.shape, np.float32)

    monkeypatch.setattr(second_look, "FACE_SIDES", (40, 80))
    face = Box(400, 300, 460, 380)
    (closer,) = look_closer(picture(face), [Candidate(face, 0.5)], everywhere, SIDE)
    narrow = view_of(face, 80, SIDE, WIDTH, HEIGHT)
    inner = closer.view.to_tile(Box(narrow.x, narrow.y, narrow.x + narrow.span, narrow.y + narrow.span))
    assert closer.map[0, 0] == pytest.approx(0.5)
    assert closer.map[round(inner.y0) - 2, round(inner.x0) - 2] == pytest.approx(0.5)
    assert closer.map[round(inner.y0) + 2, round(inner.x0) + 2] == pytest.approx(1)


def test_one_candidates_answer_does_not_depend_on_the_others(blob_engine: Any) -> None:
    faces = [Box(300, 300, 360, 380), Box(500, 200, 540, 240)]
    gray = picture(*faces)
    together = look_closer(gray, [Candidate(face, 0.5) for face in faces], blob_engine.look, SIDE)
    for face, one in zip(faces, together, strict=True):
        (alone,) = look_closer(gray, [Candidate(face, 0.9)], blob_engine.look, SIDE)
        assert np.array_equal(alone.map, one.map)
