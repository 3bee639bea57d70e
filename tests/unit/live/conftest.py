"""The parts of a session around a camera that shows what a test wants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fake_camera import FakeCamera, Seen

from faceerase.configs.live import LiveConfig
from faceerase.errors import SourceError
from faceerase.streamer.live.outlets.recorder import Recorder
from faceerase.streamer.live.session import Session
from faceerase.streamer.live.tuning import Tuner


@dataclass
class Room:
    """Everything around one camera."""

    camera: FakeCamera
    session: Session
    tuner: Tuner
    recorder: Recorder
    seen: Seen


@pytest.fixture
def room(tmp_path: Path, blob_engine: Any, make_contract: Callable[..., Any]) -> Callable[..., Room]:
    """``room(lefts, end=…, again=…, engine=…)``: a camera and the session that shows it."""

    def make(
        lefts: Sequence[int | None] = tuple(range(10, 110, 4)),
        end: Exception | None = None,
        again: Callable[[], Any] | None = None,
        engine: Any = None,
    ) -> Room:
        config = LiveConfig.model_validate({"erase": {"method": "solid"}, "look": {"min_face": 16}})
        engine = engine or replace(blob_engine, contract=make_contract(threshold=0.8))
        camera = FakeCamera(lefts, end)
        tuner = Tuner(config, engine.contract)
        recorder = Recorder(camera.info, config.encode, tmp_path)
        return Room(camera, Session(camera, again, config, engine, tuner, recorder), tuner, recorder, Seen())

    return make


@pytest.fixture
def gone() -> SourceError:
    """A camera's end."""
    return SourceError("fake: the camera is gone (no such device)")
