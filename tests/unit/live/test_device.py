"""A camera behind a fake of FFmpeg: every way in which it fails is a line, and says what to do."""

import errno
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import av
import pytest

from faceerase.errors import SourceError
from faceerase.streamer.live.capture.device import Device
from faceerase.streamer.live.capture.place import Place

PLACE = Place("device", "/dev/video0", "/dev/video0", "v4l2", (("video_size", "9x9"),))


class Packet:
    def __init__(self, *pictures: av.VideoFrame, error: Exception | None = None) -> None:
        self.pictures, self.error = pictures, error

    def decode(self) -> tuple[av.VideoFrame, ...]:
        if self.error is not None:
            raise self.error
        return self.pictures


class Container:
    """Stands in for FFmpeg's: gives packets, then ends or fails."""

    def __init__(self, packets: list[Packet], end: Exception | None = None) -> None:
        stream = SimpleNamespace(average_rate=Fraction(25), thread_type="AUTO")
        self.streams = SimpleNamespace(video=[stream])
        self.packets, self.end, self.closed = packets, end, False

    def demux(self, stream: Any) -> Iterator[Packet]:
        yield from self.packets
        if self.end is not None:
            raise self.end

    def close(self) -> None:
        self.closed = True


def opening(container: Container) -> Callable[..., Any]:
    return lambda url, **options: container


def failing(error: Exception) -> Callable[..., Any]:
    def fails(url: str, **options: Any) -> Any:
        raise error

    return fails


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (av.error.FileNotFoundError(errno.ENOENT, "No such file"), "no such camera; 'faceerase live --list'"),
        (OSError(errno.ENODEV, "No such device"), "no such camera"),
        (OSError(errno.EBUSY, "Device or resource busy"), "busy: another program uses this camera"),
        (av.error.PermissionError(errno.EACCES, "Permission denied"), "no permission to use it"),
        (OSError(errno.EINVAL, "Invalid argument"), r"refuses what is asked of it \(video_size=9x9\)"),
        (OSError(errno.EIO, "Input/output error"), r"cannot be opened \(input/output error\)"),
    ],
)
def test_cameras_that_do_not_open(error: Exception, said: str) -> None:
    with pytest.raises(SourceError, match=f"^/dev/video0: {said}"):
        Device(PLACE, failing(error))


def test_ffmpeg_is_asked_as_the_place_says(noise_picture: Callable[..., av.VideoFrame]) -> None:
    asked: dict[str, Any] = {}

    def opens(url: str, **options: Any) -> Any:
        asked.update(options, url=url)
        return Container([Packet(noise_picture())])

    Device(PLACE, opens)
    assert (asked["url"], asked["format"], asked["options"]) == ("/dev/video0", "v4l2", {"video_size": "9x9"})


def test_pictures_come_planar_and_none_is_missing(noise_picture: Callable[..., av.VideoFrame]) -> None:
    packets = [Packet(noise_picture("yuyv422", seed=number)) for number in range(3)]
    device = Device(PLACE, opening(Container(packets)))
    assert (device.info.width, device.info.height, device.info.planar_format) == (64, 48, "yuv422p")
    assert device.info.rate == 25
    arriving = device.pictures()
    pictures = [next(arriving) for _ in packets]
    assert [one.picture.format.name for one in pictures] == ["yuv422p"] * 3
    assert [one.at for one in pictures] == sorted(one.at for one in pictures)
    with pytest.raises(SourceError, match="the camera is gone"):
        next(arriving)


def test_a_camera_that_is_unplugged(noise_picture: Callable[..., av.VideoFrame]) -> None:
    device = Device(PLACE, opening(Container([Packet(noise_picture())], OSError(errno.ENODEV, "No such device"))))
    pictures = device.pictures()
    next(pictures)
    with pytest.raises(SourceError, match=r"^/dev/video0: the camera is gone \(no such device\)$"):
        next(pictures)


def test_a_damaged_picture_is_passed_over(noise_picture: Callable[..., av.VideoFrame]) -> None:
    damaged = Packet(error=av.error.InvalidDataError(1, "Invalid data"))
    device = Device(PLACE, opening(Container([damaged, Packet(noise_picture()), damaged, Packet(noise_picture())])))
    pictures = device.pictures()
    assert next(pictures).at <= next(pictures).at


def test_other_pictures_than_before(noise_picture: Callable[..., av.VideoFrame]) -> None:
    packets = [Packet(noise_picture()), Packet(noise_picture(width=128))]
    pictures = Device(PLACE, opening(Container(packets))).pictures()
    next(pictures)
    with pytest.raises(SourceError, match=r"were 64×48 yuv420p and are 128×48 yuv420p now"):
        next(pictures)


def test_no_pictures_at_all() -> None:
    container = Container([])
    with pytest.raises(SourceError, match="gives no pictures"):
        Device(PLACE, opening(container))
    assert container.closed


def test_a_camera_that_is_let_go(noise_picture: Callable[..., av.VideoFrame]) -> None:
    container = Container([Packet(noise_picture())] * 9)
    device = Device(PLACE, opening(container))
    pictures = device.pictures()
    next(pictures)
    next(pictures)
    device.close()
    assert not container.closed, "not while somebody may be reading"
    assert list(pictures) == []
    assert container.closed
