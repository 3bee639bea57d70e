"""How cameras are opened on each system."""

import pytest

from faceerase.configs.live import CameraConfig
from faceerase.errors import ConfigError
from faceerase.streamer.live.capture.place import place_of


@pytest.mark.parametrize(
    ("source", "platform", "format", "url"),
    [
        ("0", "linux", "v4l2", "/dev/video0"),
        ("12", "linux", "v4l2", "/dev/video12"),
        ("/dev/video2", "linux", "v4l2", "/dev/video2"),
        ("1", "darwin", "avfoundation", "1"),
        ("1", "win32", "dshow", "video=Second"),
        ("video=My camera", "win32", "dshow", "video=My camera"),
    ],
)
def test_devices_of_each_system(source: str, platform: str, format: str, url: str) -> None:
    place = place_of(CameraConfig(source=source), platform, ["First", "Second"])
    assert (place.kind, place.format, place.url) == ("device", format, url)
    assert dict(place.options)["fflags"] == "nobuffer"


def test_what_is_asked_of_a_device() -> None:
    camera = CameraConfig(source="0", size="1280x720", rate=30, options={"input_format": "mjpeg", "flags": "x"})
    options = dict(place_of(camera, "linux").options)
    assert options["video_size"] == "1280x720"
    assert options["framerate"] == "30"
    assert options["input_format"] == "mjpeg"
    assert options["flags"] == "x", "the user's own options come last"


def test_macs_need_a_rate() -> None:
    assert dict(place_of(CameraConfig(source="0"), "darwin").options)["framerate"] == "30"
    assert "framerate" not in dict(place_of(CameraConfig(source="0"), "linux").options)


def test_passwords_are_not_told() -> None:
    place = place_of(CameraConfig(source="rtsp://me:secret@cam.local:554/live?key=secret"), "linux")
    assert place.kind == "network"
    assert place.url == "rtsp://me:secret@cam.local:554/live?key=secret"
    assert place.name == "rtsp://cam.local:554/live"


@pytest.mark.parametrize("url", ["rtsp://cam/1", "http://cam/mjpeg", "https://cam/x"])
def test_networks_open_no_files(url: str) -> None:
    allowed = dict(place_of(CameraConfig(source=url), "linux").options)["protocol_whitelist"].split(",")
    assert "file" not in allowed


@pytest.mark.parametrize("url", ["file:///etc/passwd", "concat://a", "ftp://cam/x"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="name one of rtsp"):
        place_of(CameraConfig(source=url), "linux")


def test_anything_else_is_a_film() -> None:
    place = place_of(CameraConfig(source="clips/film.mp4"), "linux")
    assert (place.kind, place.url, place.format) == ("film", "clips/film.mp4", None)


def test_systems_without_cameras_say_so() -> None:
    with pytest.raises(ConfigError, match="no cameras are known on sunos"):
        place_of(CameraConfig(source="0"), "sunos")
    with pytest.raises(ConfigError, match="there are: First"):
        place_of(CameraConfig(source="3"), "win32", ["First"])
