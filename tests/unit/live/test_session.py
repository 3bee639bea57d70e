"""A camera shown live: nothing raw, nothing late, and a recording that is whole whatever happens."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from fake_camera import DARK, FACE, FakeCamera, scene

from faceerase.errors import ConfigError, ModelError, SourceError
from faceerase.streamer.live.capture import watching
from faceerase.streamer.live.capture.hand_over import Captured, Taken
from faceerase.streamer.live.cleaner import Cleaner, unseen
from faceerase.streamer.live.outlets.screen import Screen
from faceerase.streamer.live.quality import Governor
from faceerase.streamer.live.tuning import Tuning

Make = Callable[..., Any]


def always() -> bool:
    return True


def length_of(path: Path) -> float:
    with av.open(str(path)) as film:
        return float(film.streams.video[0].duration * film.streams.video[0].time_base)


def test_no_face_is_shown_in_any_picture(room: Make) -> None:
    it = room()
    it.session.run(always, [it.seen])
    assert len(it.seen.shown) > 5
    assert all(int(luma.max()) < FACE - 80 for luma in it.seen.luma)
    assert it.seen.closed
    assert it.camera.closed


def test_before_the_first_look_the_whole_picture_is_covered(room: Make) -> None:
    it = room()
    it.session.run(always, [it.seen])
    assert it.seen.shown[0].matte.cells.all()
    assert not it.seen.shown[2].matte.cells.all()


def test_a_face_that_enters_is_covered_in_the_first_picture_that_shows_it(room: Make) -> None:
    it = room([None] * 12 + [280] * 12)
    it.session.run(always, [it.seen])
    assert all(int(luma.max()) < FACE - 80 for luma in it.seen.luma)
    assert it.seen.shown[-1].faces == 1


def test_what_comes_too_fast_is_dropped_and_counted(room: Make, blob_engine: Any) -> None:
    class Slow:
        contract = replace(blob_engine.contract, threshold=0.8)

        def look(self, tiles: Any) -> Any:
            time.sleep(0.05)
            return blob_engine.look(tiles)

    it = room(engine=Slow())
    it.session.run(always, [it.seen])
    status = it.session.status
    assert status.dropped > 0
    assert status.shown + status.dropped == status.captured
    assert status.latency.worst > 0


def test_who_ends_it_is_heard(room: Make) -> None:
    it = room([10] * 1000)
    it.session.run(lambda: len(it.seen.shown) < 4, [it.seen])
    assert len(it.seen.shown) == 4


def test_a_recording_lasts_as_long_as_the_clock_says(room: Make, tmp_path: Path) -> None:
    it = room([10] * 1000)
    it.recorder.start(tmp_path / "a.mp4")
    it.session.run(lambda: it.session.status.seconds < 0.4, [it.seen])
    ended = time.monotonic()
    (done,) = it.recorder.finished
    assert length_of(done.path) == pytest.approx(done.seconds, abs=0.002)
    assert done.seconds == pytest.approx(done.clock, abs=0.002)
    assert done.clock <= ended - it.seen.shown[0].captured + 0.001
    assert done.seconds >= it.seen.shown[-1].captured - it.seen.shown[0].captured
    with av.open(str(done.path)) as film:
        times = [float(frame.time) for frame in film.decode(video=0)]
    captured = [one.captured - it.seen.shown[0].captured for one in it.seen.shown]
    assert times == pytest.approx(captured, abs=0.001)


def test_an_unplugged_camera_leaves_a_whole_recording(room: Make, tmp_path: Path, gone: SourceError) -> None:
    it = room(end=gone)
    it.recorder.start(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match="the camera is gone"):
        it.session.run(always, [it.seen])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert it.recorder.finished[0].frames == len(it.seen.shown)


def test_a_failing_network_shows_nothing_more(room: Make, tmp_path: Path, blob_engine: Any) -> None:
    class Failing:
        contract = replace(blob_engine.contract, threshold=0.8)
        runs = 0

        def look(self, tiles: Any) -> Any:
            self.runs += 1
            if self.runs > 3:
                raise ModelError("out of order")
            return blob_engine.look(tiles)

    it = room(engine=Failing())
    it.recorder.start(tmp_path / "a.mp4")
    with pytest.raises(ModelError, match="out of order"):
        it.session.run(always, [it.seen])
    assert all(int(luma.max()) < FACE - 80 for luma in it.seen.luma)
    assert (tmp_path / "a.mp4").exists()


def test_a_camera_that_comes_back(room: Make, gone: SourceError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AGAIN_SECONDS", 0.01)
    tries: list[int] = []

    def again() -> FakeCamera:
        tries.append(1)
        if len(tries) < 3:
            raise gone
        return FakeCamera([50] * 20)

    it = room(end=gone, again=again)
    it.session.run(always, [it.seen])
    assert len(tries) == 3
    assert it.session.status.reconnected == 1
    assert all(int(luma.max()) < FACE - 80 for luma in it.seen.luma)


def test_a_camera_that_comes_back_as_another(room: Make, gone: SourceError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "AGAIN_SECONDS", 0.01)

    def again() -> FakeCamera:
        other = FakeCamera([50])
        other.info = replace(other.info, width=640)
        return other

    it = room(end=gone, again=again)
    with pytest.raises(SourceError, match="came back with other pictures"):
        it.session.run(always, [it.seen])


def test_recordings_are_begun_and_ended_meanwhile(room: Make, tmp_path: Path) -> None:
    it = room([10] * 1000)
    runner = threading.Thread(target=it.session.run, args=(lambda: len(it.recorder.finished) < 2, [it.seen]))
    runner.start()
    for _ in range(2):
        it.recorder.start()
        with pytest.raises(ConfigError, match="runs already"):
            it.recorder.start()
        before = len(it.seen.shown)
        while len(it.seen.shown) < before + 3:
            time.sleep(0.01)
        it.recorder.stop()
    runner.join()
    names = {one.path.name for one in it.recorder.finished}
    assert len(names) == 2
    assert names == {path.name for path in tmp_path.iterdir()}


def test_a_recording_without_pictures_is_none(room: Make, tmp_path: Path) -> None:
    it = room()
    it.recorder.start()
    assert it.recorder.stop() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.avi", "a.mxf"])
def test_containers_that_count_frames_are_refused(room: Make, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="not evenly spaced"):
        room().recorder.start(tmp_path / name)


def test_settings_count_from_the_next_picture_on(room: Make, blob_engine: Any) -> None:
    it = room()
    config_engine = replace(blob_engine, contract=replace(blob_engine.contract, threshold=0.8))
    cleaner = Cleaner(it.camera.info, config_engine, it.tuner, 16, Governor.of_rate(15))

    def share(number: int) -> float:
        clean = cleaner.erase(cleaner.look(Taken(number, Captured(scene(100), number / 30))))
        return float(clean.matte.cells.mean())

    narrow = [share(number) for number in range(4)][-1]
    it.tuner.set(Tuning("mosaic", 0.8, 1.5))
    wide = [share(number) for number in range(4, 8)][-1]
    assert wide > 1.5 * narrow
    it.tuner.set(Tuning("mosaic", 0.999, 0.2))
    assert [share(number) for number in range(8, 60)][-1] >= 0


def test_settings_out_of_range_are_refused(room: Make) -> None:
    tuner = room().tuner
    for wrong in (Tuning("blur", 1.0, 0.2), Tuning("blur", 0.0, 0.2), Tuning("blur", 0.5, 3.0)):
        with pytest.raises(ConfigError, match="lies between"):
            tuner.set(wrong)


def test_a_picture_that_nobody_looked_at_is_covered_all_over(room: Make, blob_engine: Any) -> None:
    it = room()
    cleaner = Cleaner(it.camera.info, replace(blob_engine), it.tuner, 16, Governor.of_rate(15))
    clean = cleaner.erase(unseen(Taken(0, Captured(scene(100), 0.0))))
    planes = clean.frame.picture.to_ndarray()[:180]
    assert clean.matte.cells.all()
    assert np.unique(planes).size == 1
    assert int(planes.max()) < DARK


def test_the_raw_picture_is_kept_only_where_it_is_wanted(room: Make, blob_engine: Any) -> None:
    it = room()
    it.session.run(always, [it.seen])
    assert it.session._before is None
    before = Screen()
    again = room()
    again.session._before = before
    drawn = []

    def wanted() -> bool:
        drawn.append(before.after(0, 0))
        return True

    again.session.run(wanted, [again.seen])
    assert any(one is not None for one in drawn)
    assert before.closed
