"""Which camera a name opens, and which cameras are here."""

import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from faceerase.configs.live import CameraConfig
from faceerase.errors import ConfigError, SourceError
from faceerase.streamer.live.capture.opening import Found, cameras_here, open_camera
from faceerase.streamer.live.capture.stand_in import StandIn
from faceerase.streamer.live.sound.rounds import Rounds


def test_a_film_stands_in_at_its_own_pace(silent_film: Path) -> None:
    camera = open_camera(CameraConfig(source=str(silent_film)))
    captured = list(camera.pictures())
    assert len(captured) == 12
    steps = [later.at - one.at for one, later in pairwise(captured)]
    assert steps == pytest.approx([1 / 25] * 11, abs=1e-6)


def test_a_film_that_begins_again_has_no_gap(silent_film: Path) -> None:
    camera = StandIn(silent_film, loop=True)
    captured = []
    for one in camera.pictures():
        captured.append(one)
        if len(captured) == 30:
            camera.close()
    steps = [later.at - one.at for one, later in pairwise(captured)]
    assert steps == pytest.approx([1 / 25] * 29, abs=1e-6)


class Never:
    """An event that does not happen, and for which nobody waits."""

    def wait(self, timeout: float) -> bool:
        return False

    def is_set(self) -> bool:
        return False


def test_a_film_that_cannot_be_decoded_in_time_is_held_up(silent_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds, now = Rounds(), [100.0]
    camera = StandIn(silent_film, False, rounds)
    monkeypatch.setattr(camera, "_closed", Never())
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    captured = []
    for one in camera.pictures():
        captured.append(one.at - 100)
        now[0] = 100 + len(captured) / 25 + (3.0 if len(captured) >= 4 else 0.5)
    first, late = [number / 25 for number in range(4)], [number / 25 + 3 for number in range(4, 12)]
    assert captured == pytest.approx([*first, *late], abs=1e-6)
    assert rounds.newest.at == pytest.approx(103)


def test_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such camera or film"):
        open_camera(CameraConfig(source=str(tmp_path / "none.mp4")))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (CameraConfig(source="rtsp://cam/1", loop=True), "--loop is for a film"),
        (CameraConfig(source="film.mp4", rate=30), "a film has its own"),
        (CameraConfig(source="film.mp4", size="640x480"), "a film has its own"),
    ],
)
def test_options_of_other_cameras(config: CameraConfig, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        open_camera(config)


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux lists them")
def test_cameras_of_linux(tmp_path: Path) -> None:
    for number, index, name in ((0, 0, "Front"), (1, 1, "Front"), (10, 0, "Capture card"), (2, 0, "Back")):
        folder = tmp_path / f"video{number}"
        folder.mkdir()
        (folder / "index").write_text(f"{index}\n")
        (folder / "name").write_text(f"{name}\n")
    assert cameras_here(tmp_path) == [
        Found("/dev/video0", "Front"),
        Found("/dev/video2", "Back"),
        Found("/dev/video10", "Capture card"),
    ]
    assert cameras_here(tmp_path / "none") == []
