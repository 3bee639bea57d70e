"""Sound in recordings: in its place by a fake clock, whatever a microphone does."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from fake_camera import FakeCamera
from flash_film import LENGTH, beeps, beeps_of, flashes_of, picture
from flash_film import RATE as PICTURES

from faceerase.configs.live import LiveEncodeConfig
from faceerase.errors import SourceError
from faceerase.streamer.live.capture.hand_over import Captured, Taken
from faceerase.streamer.live.cleaner import Clean, frame_of
from faceerase.streamer.live.outlets.recorder import Recorder
from faceerase.streamer.live.sound import listening
from faceerase.streamer.live.sound.heard import RATE, Heard
from faceerase.streamer.live.sound.listening import Listening
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.mask.matte import Matte

BEGAN = 1000.0
MOMENTS = (0.52, 1.48)
FRAME = 1 / PICTURES
PIECE = 960

MATTE = Matte(np.zeros((1, 1), np.uint8), (2, 2), 320, 180)


def shown(number: int) -> Clean:
    """The picture of a number, clean already."""
    at = BEGAN + number * FRAME
    bright = any(moment <= number * FRAME < moment + LENGTH for moment in MOMENTS)
    return Clean(frame_of(Taken(number, Captured(picture(bright), at)), number), MATTE, 0, Looks(), at)


def sound(begin: float, end: float, speed: float = 1.0) -> Iterator[Heard]:
    """What a microphone hears from ``begin`` to ``end``, whose card counts ``speed`` times as fast as the clock."""
    at = begin
    while at < end:
        times = at + np.arange(PIECE) / (RATE * speed)
        yield Heard(beeps(times, MOMENTS)[None], BEGAN + at)
        at += PIECE / (RATE * speed)


def recorded(recorder: Recorder, target: Path, heard: Iterator[Heard], seconds: float = 2.0) -> Any:
    """Record pictures and sound as they would arrive."""
    recorder.start(target)
    coming = next(heard, None)
    for number in range(round(seconds * PICTURES)):
        one = shown(number)
        while coming is not None and coming.end <= one.captured + 0.05:
            recorder.hear(coming)
            coming = next(heard, None)
        while recorder._take is not None and recorder._take._waiting.qsize() > 6:
            time.sleep(0.001)
        recorder.show(one)
    return recorder.stop(BEGAN + seconds)


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    info = FakeCamera([]).info
    return Recorder(info, LiveEncodeConfig(), tmp_path, 1)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize(
    ("begin", "speed"),
    [(-0.3, 1.0), (0.1234, 1.0), (-0.3, 1.001), (-0.3, 0.999)],
    ids=["early", "late", "fast", "slow"],
)
def test_a_beep_lies_beside_its_flash(
    recorder: Recorder, tmp_path: Path, suffix: str, begin: float, speed: float
) -> None:
    done = recorded(recorder, tmp_path / f"a{suffix}", sound(begin, 2.2, speed))
    flashes, heard = flashes_of(done.path), beeps_of(done.path)
    assert len(flashes) == len(heard) == 2
    for (_, flash), beep in zip(flashes, heard, strict=True):
        assert abs(flash - beep) < FRAME / 2
    assert done.seconds == pytest.approx(2.0, abs=0.002)
    assert done.remarks == (() if begin < 0.1 else ("sound: the microphone gave nothing once; 0.1 s are silent",))


def test_a_microphone_that_falls_silent_leaves_a_gap(recorder: Recorder, tmp_path: Path) -> None:
    def broken() -> Iterator[Heard]:
        yield from sound(-0.1, 0.4)
        yield from sound(1.2, 2.2)

    done = recorded(recorder, tmp_path / "a.mp4", broken())
    (beep,) = beeps_of(done.path)
    assert abs(beep - flashes_of(done.path)[1][1]) < FRAME / 2
    assert any("gave nothing once; 0.8 s are silent" in remark for remark in done.remarks)


def test_a_microphone_that_says_nothing_at_all(recorder: Recorder, tmp_path: Path) -> None:
    done = recorded(recorder, tmp_path / "a.mp4", iter(()))
    with av.open(str(done.path)) as film:
        length = sum(frame.samples for frame in film.decode(audio=0)) / RATE
    assert length == pytest.approx(2.0, abs=0.05)
    assert done.remarks == ("sound: the microphone gave nothing once; 2.0 s are silent",)


def test_sound_does_not_go_on_after_the_picture(recorder: Recorder, tmp_path: Path) -> None:
    done = recorded(recorder, tmp_path / "a.mp4", sound(-0.1, 5.0), seconds=1.0)
    for heard in sound(1.0, 5.0):
        recorder.hear(heard)
    with av.open(str(done.path)) as film:
        (track,) = film.streams.audio
        assert float(track.duration * track.time_base) == pytest.approx(1.0, abs=0.03)


def test_what_is_kept_of_the_sound_before_does_not_grow(recorder: Recorder) -> None:
    for heard in sound(0.0, 30.0):
        recorder.hear(heard)
    assert len(recorder._lately) * PIECE / RATE < 1.1


@dataclass
class FakeMicrophone:
    """Gives pieces, then ``end`` happens."""

    pieces: int
    end: Exception | None = None
    channels: int = 1
    name: str = "fake"
    closed: threading.Event = field(default_factory=threading.Event)

    def heard(self) -> Iterator[Heard]:
        for _ in range(self.pieces):
            if self.closed.is_set():
                return
            yield Heard(np.zeros((self.channels, PIECE), np.float32), time.monotonic())
        if self.end is not None:
            raise self.end
        self.closed.wait()

    def close(self) -> None:
        self.closed.set()


def until(happened: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.005)


GONE = SourceError("fake: the microphone is gone (no such device)")


def test_a_microphone_that_is_gone_ends_it() -> None:
    heard: list[Heard] = []
    it = Listening(FakeMicrophone(3, GONE), None, heard.append)
    until(lambda: it._error is not None)
    with pytest.raises(SourceError, match="the microphone is gone"):
        it.show(shown(0))
    assert len(heard) == 3
    it.close()


def test_a_microphone_that_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "AGAIN_SECONDS", 0.01)
    heard: list[Heard] = []
    tries: list[int] = []

    def again() -> FakeMicrophone:
        tries.append(1)
        if len(tries) < 3:
            raise GONE
        return FakeMicrophone(2)

    it = Listening(FakeMicrophone(3, GONE), again, heard.append)
    until(lambda: len(heard) == 5)
    it.show(shown(0))
    it.close()
    assert len(tries) == 3


def test_a_microphone_that_comes_back_as_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "AGAIN_SECONDS", 0.01)
    it = Listening(FakeMicrophone(1, GONE), lambda: FakeMicrophone(1, channels=2), lambda heard: None)
    until(lambda: it._error is not None)
    with pytest.raises(SourceError, match="another number of channels"):
        it.show(shown(0))
    it.close()


def test_a_microphone_that_is_gone_leaves_a_whole_recording(
    room: Callable[..., Any], recorder: Recorder, tmp_path: Path
) -> None:
    it = room([10] * 1000)
    it.session._recorder = recorder
    recorder.start(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match="the microphone is gone"):
        it.session.run(lambda: True, [Listening(FakeMicrophone(3, GONE), None, recorder.hear), it.seen])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    with av.open(str(tmp_path / "a.mp4")) as film:
        assert len(film.streams.audio) == 1
        assert sum(1 for _ in film.decode(video=0)) == recorder.finished[0].frames
    assert it.camera.closed
