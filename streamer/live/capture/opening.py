"""Opens what a name stands for: a device, a camera in the network, or a film; and names the devices that are here.

Knows nothing of what is done with pictures.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av

from faceerase.configs.live import CameraConfig
from faceerase.errors import ConfigError, SourceError
from faceerase.streamer.live.capture.device import Device
from faceerase.streamer.live.capture.hand_over import Camera
from faceerase.streamer.live.capture.place import DEVICES, place_of
from faceerase.streamer.live.capture.stand_in import StandIn
from faceerase.streamer.live.sound.rounds import Rounds

LINUX_CAMERAS = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class Found:
    """A camera or microphone of this machine: what ``--camera`` calls it, and what it calls itself."""

    camera: str
    name: str


def open_camera(config: CameraConfig, rounds: Rounds | None = None) -> Camera:
    """Return an open camera.

    Args:
        config: which.
        rounds: is told when a film that stands in for one begins, and begins again.

    Raises:
        ConfigError: there is no such kind of camera, or an option is for another kind.
        SourceError: it is missing, busy, forbidden, or gives no pictures.
    """
    names = [found.name for found in cameras_here()] if sys.platform == "win32" else []
    place = place_of(config, sys.platform, names)
    if place.kind != "film":
        if config.loop:
            raise ConfigError("--loop is for a film that stands in for a camera")
        return Device(place)
    if config.size is not None or config.rate is not None:
        raise ConfigError("--size and --rate are for cameras; a film has its own")
    path = Path(place.url)
    if not path.exists():
        raise SourceError(f"{place.name}: no such camera or film; 'faceerase live --list' names the cameras")
    return StandIn(path, config.loop, rounds)


def cameras_here(folder: Path = LINUX_CAMERAS) -> Sequence[Found]:
    """Return the cameras of this machine; ``folder`` is where Linux lists them."""
    kind = DEVICES.get(sys.platform)
    if kind == "v4l2":
        return _of_linux(folder)
    return [Found(str(number), name) for number, name in enumerate(names_of(kind, "video"))]


def names_of(kind: str | None, medium: Literal["audio", "video"]) -> list[str]:
    """Return what the devices of one of FFmpeg's inputs call themselves; none where it lists none."""
    with suppress(av.error.FFmpegError, ValueError):
        if kind is not None:
            return [one.description for one in av.enumerate_input_devices(kind) if medium in one.media_types]
    return []


def _of_linux(folder: Path) -> list[Found]:
    found = []
    for entry in sorted(folder.glob("video*"), key=lambda path: int(path.name.removeprefix("video"))):
        with suppress(OSError, ValueError):
            # A camera has several nodes; pictures come from the first.
            if int((entry / "index").read_text()) == 0:
                found.append(Found(f"/dev/{entry.name}", (entry / "name").read_text().strip()))
    return found
