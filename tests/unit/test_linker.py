"""Numbers of faces: from the first sighting on, through crossings and short absences, and never twice."""

import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.follow.linker import Linker

RATE, LOST_AFTER, STARTS_FROM = 25.0, 0.5, 0.5
LOST_FRAMES = round(LOST_AFTER * RATE)


def linker(first: int = 0, rate: float = RATE, lost_after: float = LOST_AFTER) -> Linker:
    return Linker(rate, lost_after, STARTS_FROM, first)


def at(x: float, y: float = 200, side: float = 40) -> Box:
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def link(faces: Linker, *boxes: Box, certainty: float = 1.0) -> tuple[int | None, ...]:
    return faces.link(boxes, [certainty] * len(boxes))


def test_a_face_has_its_number_from_the_first_sighting_on() -> None:
    faces = linker()
    assert [link(faces, at(100 + 2 * frame)) for frame in range(20)] == [(0,)] * 20


def test_a_face_that_comes_later_has_its_number_at_once_too() -> None:
    faces = linker()
    for _ in range(5):
        assert link(faces, at(100)) == (0,)
    assert [link(faces, at(100), at(400)) for _ in range(5)] == [(0, 1)] * 5


def test_numbers_go_on_from_the_scene_before() -> None:
    faces = linker(first=7)
    assert faces.next_number == 7
    assert link(faces, at(100), at(400)) == (7, 8)
    assert link(faces, at(100), at(400)) == (7, 8)
    assert faces.next_number == 9


def test_frames_without_anybody_cost_no_number() -> None:
    faces = linker()
    assert link(faces) == ()
    assert link(faces) == ()
    assert link(faces, at(100)) == (0,)
    assert link(faces) == ()
    assert faces.next_number == 1


def test_the_order_in_a_frame_does_not_matter() -> None:
    faces = linker()
    link(faces)
    places = [at(100), at(300), at(500), at(700, 400)]
    numbers = dict(zip(places, link(faces, *places), strict=True))
    assert sorted(str(number) for number in numbers.values()) == ["0", "1", "2", "3"]
    for order in (places[::-1], [places[2], places[0], places[3], places[1]], places):
        assert link(faces, *order) == tuple(numbers[place] for place in order)


@pytest.mark.parametrize("apart", [0, 15])
def test_two_who_cross_keep_their_numbers(apart: float) -> None:
    faces = linker()
    for frame in range(60):
        right, left = at(100 + 5 * frame, 200), at(400 - 5 * frame, 200 + apart)
        assert link(faces, right, left) == (0, 1)


def test_who_is_hidden_behind_another_comes_out_with_the_same_number() -> None:
    faces = linker()
    for frame in range(60):
        right, left = at(100 + 5 * frame), at(400 - 5 * frame)
        if abs(right.centre[0] - left.centre[0]) < 20:
            assert link(faces, right) == (0,)
        else:
            assert link(faces, right, left) == (0, 1)


def test_a_face_is_found_again_within_the_buffer() -> None:
    for absent in (1, 3, LOST_FRAMES - 1):
        faces = linker()
        for _ in range(10):
            link(faces, at(100), at(400))
        for _ in range(absent):
            assert link(faces, at(100)) == (0,)
        assert link(faces, at(100), at(402)) == (0, 1)


def test_a_face_that_was_away_for_longer_is_another_one() -> None:
    faces = linker()
    for _ in range(10):
        link(faces, at(100), at(400))
    for _ in range(LOST_FRAMES + 2):
        link(faces, at(100))
    assert link(faces, at(100), at(400)) == (0, 2)


@pytest.mark.parametrize("rate", [12.0, 23.976, 50.0, 119.88])
def test_the_buffer_is_one_of_seconds(rate: float) -> None:
    for seconds, number in ((0.8 * LOST_AFTER, 0), (1.4 * LOST_AFTER, 1)):
        faces = linker(rate=rate)
        for _ in range(10):
            link(faces, at(100))
        for _ in range(round(seconds * rate)):
            link(faces)
        assert link(faces, at(100)) == (number,)


def test_the_doubtful_begin_no_face_and_go_on_with_one() -> None:
    faces = linker()
    assert link(faces, at(100), certainty=0.4) == (None,)
    assert link(faces, at(100), certainty=0.9) == (0,)
    assert [link(faces, at(100 + frame), certainty=0.4) for frame in range(1, 10)] == [(0,)] * 9
    assert faces.link([at(109), at(400)], [0.4, 0.4]) == (0, None)


@pytest.mark.parametrize("certainty", [0.01, 0.11, 0.2])
def test_even_hardly_certain_sightings_go_on_with_a_face(certainty: float) -> None:
    faces = linker()
    for _ in range(3):
        link(faces, at(100))
    assert link(faces, at(101), certainty=certainty) == (0,)


def test_certainties_beyond_one_are_certain() -> None:
    faces = linker()
    assert link(faces, at(100), certainty=3.0) == (0,)
    assert link(faces, at(102), certainty=1.4) == (0,)


def test_a_jump_across_the_picture_is_another_face() -> None:
    faces = linker()
    for _ in range(5):
        link(faces, at(100))
    assert link(faces, at(900)) == (1,)


def test_a_small_face_in_motion_is_followed_by_its_buffer() -> None:
    # From frame to frame its boxes hardly touch.
    faces = linker()
    assert [link(faces, at(100 + 14 * frame, side=16)) for frame in range(20)] == [(0,)] * 20


def test_no_two_faces_ever_have_the_same_number() -> None:
    faces = linker()
    seen: set[int | None] = set()
    for visitor in range(60):
        place = at(200 * (visitor % 9), 200 * (visitor * 7 % 11))
        numbers = {link(faces, place)[0] for _ in range(3)}
        assert len(numbers) == 1
        assert not numbers & seen
        seen |= numbers
        for _ in range(LOST_FRAMES + 3):
            link(faces)
    assert seen == set(range(60))
