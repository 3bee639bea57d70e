"""The newest picture wins, and nothing is lost silently."""

from collections.abc import Callable

import av
import pytest

from faceerase.errors import SourceError
from faceerase.streamer.live.capture import hand_over
from faceerase.streamer.live.capture.hand_over import Captured, HandOver


@pytest.fixture
def captured(noise_picture: Callable[..., av.VideoFrame]) -> Captured:
    return Captured(noise_picture(), 1.0)


def test_the_newest_wins_and_the_others_are_counted(captured: Captured) -> None:
    room = HandOver("it")
    for _ in range(5):
        room.put(captured)
    taken = next(room.pictures(None))
    assert taken is not None
    assert (taken.number, room.captured, room.dropped) == (4, 5, 4)


def test_the_last_picture_comes_before_the_end(captured: Captured) -> None:
    room = HandOver("it")
    room.put(captured)
    room.end(SourceError("gone"))
    pictures = room.pictures(None)
    assert next(pictures) is not None
    with pytest.raises(SourceError, match="gone"):
        next(pictures)


def test_a_film_just_ends(captured: Captured) -> None:
    room = HandOver("it")
    room.put(captured)
    room.end()
    assert len(list(room.pictures(None))) == 1
    assert room.over


def test_who_waits_is_asked_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over, "POLL_SECONDS", 0.001)
    assert next(HandOver("it").pictures(None)) is None


def test_a_silent_camera_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over, "POLL_SECONDS", 0.001)
    with pytest.raises(SourceError, match=r"^it: the camera is gone \(no picture for 0 s\)$"):
        list(HandOver("it").pictures(0))
