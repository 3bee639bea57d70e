"""Where a camera is, and how FFmpeg opens it on each system: told from its name. Pure functions; open nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from faceerase.configs.live import CameraConfig
from faceerase.errors import ConfigError

DEVICES = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""FFmpeg's input for cameras on each ``sys.platform``."""

NETWORK: dict[str, tuple[tuple[str, str], ...]] = {
    "rtsp": (("rtsp_transport", "tcp"), ("protocol_whitelist", "rtsp,rtp,tcp,udp")),
    "rtsps": (("rtsp_transport", "tcp"), ("protocol_whitelist", "rtsps,rtp,tls,tcp")),
    "http": (("protocol_whitelist", "http,tcp"),),
    "https": (("protocol_whitelist", "https,tls,tcp"),),
}
"""Schemes of network cameras, and options: what comes from the network opens no files, and nothing else there."""

AT_ONCE = (("fflags", "nobuffer"), ("flags", "low_delay"))
"""No frame is held back for the sake of smoothness."""


@dataclass(frozen=True, slots=True)
class Place:
    """What ``av.open`` is given. ``name`` is for people: a password in a URL is not in it."""

    kind: Literal["device", "network", "film"]
    name: str
    url: str
    format: str | None = None
    options: tuple[tuple[str, str], ...] = ()


def place_of(camera: CameraConfig, platform: str, names: Sequence[str] = ()) -> Place:
    """Return where a camera is.

    Args:
        camera: its number, device, URL or film, and what is asked of it.
        platform: ``sys.platform``.
        names: of the cameras, in order, where the system knows them by name only (Windows).

    Raises:
        ConfigError: this system has no cameras by that name, or there is no such scheme.
    """
    source = camera.source
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.\-]+)://", source)
    if scheme is not None:
        return _in_network(source, scheme[1].lower(), camera.options)
    numbered = re.fullmatch(r"[0-9]{1,3}", source) is not None
    named = source.startswith("/dev/") or (platform == "win32" and source.startswith("video="))
    if not (numbered or named):
        return Place("film", source, source)
    kind = DEVICES.get(platform)
    if kind is None:
        raise ConfigError(f"--camera {source}: no cameras are known on {platform}; name a URL or a film")
    url = source
    if numbered and kind == "v4l2":
        url = f"/dev/video{int(source)}"
    if numbered and kind == "dshow":
        if int(source) >= len(names):
            there = ", ".join(names) or "none"
            raise ConfigError(f"--camera {source}: there is no such camera here; there are: {there}")
        url = f"video={names[int(source)]}"
    options = dict(AT_ONCE)
    if camera.size is not None:
        options["video_size"] = camera.size
    if camera.rate is not None:
        options["framerate"] = f"{camera.rate:g}"
    elif kind == "avfoundation":
        options["framerate"] = "30"  # its own default, 29.97, is one that cameras refuse
    return Place("device", url, url, kind, tuple({**options, **camera.options}.items()))


def _in_network(source: str, scheme: str, options: dict[str, str]) -> Place:
    if scheme not in NETWORK:
        raise ConfigError(f"--camera {scheme}://…: name one of {', '.join(NETWORK)}, a device or a film")
    name = re.sub(r"(?<=://)[^/@]*@", "", source).partition("?")[0]
    given = {**dict(AT_ONCE), **dict(NETWORK[scheme]), **options}
    return Place("network", name, source, None, tuple(given.items()))
