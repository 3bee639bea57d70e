"""The roll of faces: who is followed, who is certain enough to be covered, and who has left."""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import STARTS_FROM, Criteria
from faceerase.streamer.follow.roll import (
    DOUBTFUL_TAIL,
    LEAD_SECONDS,
    PATIENCE_SECONDS,
    PATIENT,
    TAIL_SECONDS,
    Face,
    Roll,
)
from faceerase.streamer.follow.sight import Seen
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region

RATE = 25.0
LEAD, TAIL = round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)
CRITERIA = Criteria("fixed", 0.5, 0.1, 16)
CERTAIN, DOUBTFUL = 1.6, (STARTS_FROM + PATIENT) / 2
FULL = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)
PICTURE = av.VideoFrame(16, 16, "gray")
NOTHING = np.zeros((16, 16), np.uint8)


def seen(index: int, scene: int = 0, offset: tuple[float, float] = (0.0, 0.0)) -> Seen:
    frame = Frame(index, index, Fraction(1, 25), PICTURE)
    return Seen(frame, GrayPicture(NOTHING, 0, 255), NOTHING, scene, index, offset)


def face(x: float, y: float = 100, side: float = 40, certainty: float = CERTAIN) -> Region:
    return Region(Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2), FULL, certainty * CRITERIA.threshold)


class Film:
    """A roll and the frames that it was shown."""

    def __init__(self) -> None:
        self.roll = Roll(CRITERIA, RATE)
        self.frames: list[Seen] = []
        self.expected: tuple[Box, ...] = ()

    def show(self, *regions: Region, scene: int = 0, offset: tuple[float, float] = (0.0, 0.0)) -> Sequence[Face]:
        """The next frame and what is seen in it."""
        frame = seen(len(self.frames), scene, offset)
        self.frames.append(frame)
        self.expected = self.roll.arrive(frame)
        news = self.roll.enter(frame, regions)
        self.roll.settle()
        return news

    def covered(self, index: int) -> tuple[Region, ...]:
        return self.roll.regions(self.frames[index])

    def faces_in(self, index: int) -> set[int]:
        return {region.track for region in self.covered(index)}


@pytest.fixture
def film() -> Film:
    return Film()


def test_certainty_is_told_from_the_threshold() -> None:
    assert CRITERIA.certainty(face(100, certainty=1.3)) == pytest.approx(1.3)


def test_a_film_without_faces_has_an_empty_roll(film: Film) -> None:
    assert film.show() == ()
    assert film.show() == ()
    assert film.expected == ()
    assert film.covered(0) == film.covered(1) == ()


def test_who_is_seen_for_certain_in_two_frames_is_covered(film: Film) -> None:
    film.show(face(100))
    film.show(face(102))
    assert film.faces_in(0) == film.faces_in(1) == {0}
    assert any(region.box.overlap(face(102).box) > 0.95 for region in film.covered(1))


def test_who_shows_in_one_frame_only_is_no_face(film: Film) -> None:
    film.show()
    film.show(face(100))
    for _ in range(3 * TAIL):
        film.show()
    assert not any(film.covered(index) for index in range(len(film.frames)))


def test_a_face_is_covered_before_its_first_sighting_and_after_its_last(film: Film) -> None:
    for index in range(60):
        film.show(*([face(100)] if 20 <= index < 40 else []))
    covered = [index for index in range(60) if film.covered(index)]
    assert covered == list(range(20 - LEAD, 40 + TAIL))


def test_a_gap_is_covered(film: Film) -> None:
    for index in range(30):
        film.show(*([] if index in {14, 15, 16} else [face(100 + 3 * index)]))
    for index in (14, 15, 16):
        assert film.faces_in(index) == {0}
        assert max(region.box.overlap(face(100 + 3 * index).box) for region in film.covered(index)) > 0.9


def test_the_doubtful_are_followed_and_not_covered(film: Film) -> None:
    for _ in range(20):
        assert film.show(face(100, certainty=DOUBTFUL)) == ()
    assert film.expected == (face(100).box,)
    assert not any(film.covered(index) for index in range(20))


def test_once_certain_a_face_is_covered_in_its_doubtful_frames_too(film: Film) -> None:
    for _ in range(6):
        film.show(face(100, certainty=DOUBTFUL))
    assert film.covered(5) == ()
    (news,) = film.show(face(100))
    assert (news.first, news.last) == (0, 6)
    assert all(film.faces_in(index) == {0} for index in range(7))


def test_a_face_becomes_certain_once(film: Film) -> None:
    assert [len(film.show(face(100))) for _ in range(5)] == [1, 0, 0, 0, 0]
    assert len(film.show(face(100), face(300))) == 1


def test_who_is_nearly_certain_for_long_is_a_face_all_the_same(film: Film) -> None:
    nearly = (PATIENT + 1) / 2
    patience = max(3, round(PATIENCE_SECONDS * RATE))
    for index in range(patience):
        news = film.show(face(100, certainty=nearly))
        assert bool(news) == bool(film.covered(index)) == (index == patience - 1)
    assert all(film.covered(index) for index in range(patience))


def test_regions_carry_the_number_of_their_face(film: Film) -> None:
    for _ in range(3):
        film.show(face(100), face(300))
    numbers = {region.track: region.box.centre[0] for region in film.covered(1)}
    assert numbers == pytest.approx({0: 100, 1: 300})


def test_a_face_is_expected_where_it_was_last(film: Film) -> None:
    film.show(face(100))
    assert film.expected == ()
    film.show(face(110))
    assert film.expected == (face(100).box,)
    film.show()
    assert film.expected == (face(110).box,)


def test_a_turning_camera_carries_the_expectation_along(film: Film) -> None:
    film.show(face(100), offset=(0.0, 0.0))
    film.show(face(120), offset=(20.0, 5.0))
    assert film.expected == (face(120, 105).box,)
    film.show(offset=(50.0, 5.0))
    assert film.expected == (face(150).box,)


def test_the_size_that_is_expected_is_that_of_many_sightings(film: Film) -> None:
    for _ in range(6):
        film.show(face(100))
    film.show(face(100, side=70))  # one bad outline
    film.show()
    (box,) = film.expected
    assert box.side < 55


def test_who_is_gone_is_looked_for_for_a_while(film: Film) -> None:
    for _ in range(TAIL):
        film.show(face(100))
    looked_for = []
    for _ in range(3 * TAIL):
        film.show()
        looked_for.append(bool(film.expected))
    assert looked_for == [True] * TAIL + [False] * 2 * TAIL


def test_the_doubtful_are_soon_forgotten(film: Film) -> None:
    for _ in range(5):
        film.show(face(100, certainty=DOUBTFUL))
    looked_for = []
    for _ in range(10):
        film.show()
        looked_for.append(bool(film.expected))
    assert looked_for == [True] * DOUBTFUL_TAIL + [False] * (10 - DOUBTFUL_TAIL)


def test_nothing_goes_from_one_scene_into_the_next(film: Film) -> None:
    for _ in range(10):
        film.show(face(100))
    for _ in range(10):
        film.show(scene=1)
        assert film.expected == ()
    for _ in range(10):
        film.show(face(100), scene=2)
    assert [bool(film.covered(index)) for index in range(30)] == [True] * 10 + [False] * 10 + [True] * 10


def test_the_same_face_in_the_next_scene_has_another_number(film: Film) -> None:
    for index in range(10):
        film.show(face(100), scene=index // 5)
    assert [film.faces_in(index) for index in (0, 4, 5, 9)] == [{0}, {0}, {1}, {1}]


def test_who_is_certain_in_the_last_frame_of_a_scene_needs_no_second(film: Film) -> None:
    for _ in range(4):
        film.show()
    film.show(face(100))
    assert film.covered(4) == ()
    film.show(scene=1)
    assert film.faces_in(4) == {0}
    assert film.covered(5) == ()


def test_nor_in_the_last_frame_of_the_film(film: Film) -> None:
    film.show()
    film.show(face(100), face(300, certainty=DOUBTFUL))
    assert film.covered(1) == ()
    film.roll.end_scene()
    assert film.faces_in(1) == {0}


def test_a_flash_in_the_middle_of_a_scene_stays_none_when_it_ends(film: Film) -> None:
    film.show(face(100))
    film.show()
    film.show(scene=1)
    film.roll.end_scene()
    assert film.covered(0) == ()


def test_the_end_of_an_empty_film_is_no_matter(film: Film) -> None:
    film.roll.end_scene()


def test_a_part_that_is_not_seen_again_is_its_faces_shadow(film: Film) -> None:
    for _ in range(5):
        film.show(face(100, side=80), face(300))
    for _ in range(2):
        film.show(face(100, side=80), face(300), face(90, 90, side=20))
    for _ in range(2):
        film.show(face(100, side=80), face(300))
    assert len(film.expected) == 2, "the eye is not looked for any more"


def test_who_comes_out_of_anothers_shadow_is_looked_for_again(film: Film) -> None:
    for _ in range(5):
        film.show(face(100, side=80), face(170))
    for x in (150, 140, 130, 120):
        film.show(face(100, side=80), face(x))
    film.show(face(100, side=80))  # it is hidden
    film.show(face(100, side=80))
    assert len(film.expected) == 1
    film.show(face(100, side=80), face(130))
    film.show(face(100, side=80), face(150))
    assert len(film.expected) == 2
    assert film.faces_in(11) == {0, 1}


def test_forgetting_changes_nothing_that_is_still_to_come() -> None:
    forgetful, faithful = Film(), Film()
    ahead = TAIL
    for index in range(150):
        regions = [face(100 + index)] if index % 50 < 25 else []
        regions += [face(400, certainty=DOUBTFUL)] if 30 < index < 100 and index % 3 else []
        forgetful.show(*regions)
        faithful.show(*regions)
        assert forgetful.expected == faithful.expected
        leaving = index - ahead
        if leaving >= 0:
            one, other = forgetful.covered(leaving), faithful.covered(leaving)
            assert [(region.track, region.box) for region in one] == [(region.track, region.box) for region in other]
            forgetful.roll.forget(leaving)


def test_where_faces_were_seen_in_a_frame_is_known(film: Film) -> None:
    film.show(face(100), face(300))
    film.show(face(104))
    assert {one.box for one in film.roll.seen_in(film.frames[0])} == {face(100).box, face(300).box}
    assert [one.box for one in film.roll.seen_in(film.frames[1])] == [face(104).box]
