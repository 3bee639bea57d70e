"""Outlets that are not there say so."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_camera import FakeCamera

from faceerase.errors import SinkError
from faceerase.streamer.live.capture.hand_over import Taken
from faceerase.streamer.live.cleaner import Clean, unseen
from faceerase.streamer.live.outlets.virtual_camera import VirtualCamera
from faceerase.streamer.live.outlets.window import Window
from faceerase.streamer.mask.matte import Matte

INFO = FakeCamera([]).info


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(SinkError, match="no display"):
        Window("x")


def test_no_pyvirtualcam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(SinkError, match="pip install pyvirtualcam"):
        VirtualCamera(INFO)


def test_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def camera(**asked: Any) -> None:
        raise RuntimeError("no device")

    module = SimpleNamespace(PixelFormat=SimpleNamespace(BGR="bgr"), Camera=camera)
    monkeypatch.setitem(sys.modules, "pyvirtualcam", module)
    with pytest.raises(SinkError, match=r"\(no device\); Linux needs v4l2loopback"):
        VirtualCamera(INFO)


def test_a_virtual_camera_gets_every_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    fake = SimpleNamespace(device="/dev/video9", send=sent.append, close=lambda: sent.append(None))
    module = SimpleNamespace(PixelFormat=SimpleNamespace(BGR="bgr"), Camera=lambda **asked: fake)
    monkeypatch.setitem(sys.modules, "pyvirtualcam", module)
    camera = VirtualCamera(INFO)
    looked = unseen(Taken(0, next(iter(FakeCamera([5]).pictures()))))
    matte = Matte(np.zeros((1, 1), np.uint8), (2, 2), 320, 180)
    camera.show(Clean(looked.masked.frame, matte, 0, looked.masked.looks, 0.0))
    camera.close()
    assert camera.name == "/dev/video9"
    assert sent[0].shape == (180, 320, 3)
    assert sent[1] is None
