"""How a camera is shown live: every option, its default and its range, as one frozen value.

Values that a film has too are those of ``configs.film``, with defaults for pictures that cannot wait. Knows nothing of
cameras or networks.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from faceerase.configs.base import Frozen, laid_over, read_toml, validate
from faceerase.configs.film import SHIPPED_MODEL, EncodeConfig, EraseConfig, MaskConfig, Provider


class CameraConfig(Frozen):
    """What is looked through.

    ``source`` is a camera's number or device, a URL, or a film that stands in for one (``loop``: again and again);
    ``size`` and ``rate`` are asked of a device, ``options`` passed to it last; ``reconnect`` waits for one that went.
    """

    source: Annotated[str, Field(min_length=1)] = "0"
    size: Annotated[str, Field(pattern=r"^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$")] | None = None
    rate: Annotated[float, Field(gt=0, le=1000)] | None = None
    options: dict[str, str] = Field(default_factory=dict)
    loop: bool = False
    reconnect: bool = False


class MicrophoneConfig(Frozen):
    """What is listened to for recordings: a microphone's name or number, ``default``, or a file; None: nothing is."""

    source: Annotated[str, Field(min_length=1)] | None = None


class LiveLookConfig(Frozen):
    """What is looked at, and with what.

    ``min_face`` is the height in pixels of the smallest face to be found while there is time; ``least_rate`` the
    pictures a second for which quality steps down; ``threads`` of the network on the CPU, 0 = one per core.
    """

    model: Path = SHIPPED_MODEL
    provider: Provider = "auto"
    min_face: Annotated[float, Field(ge=4, le=4096)] = 32
    least_rate: Annotated[float, Field(ge=1, le=240)] = 15
    threads: Annotated[int, Field(ge=0, le=256)] = 0


class LiveMaskConfig(MaskConfig):
    """How a map becomes a mask; ``margin`` is generous, as nobody knows where a face will be."""

    margin: Annotated[float, Field(ge=0, le=2)] = 0.2


class LiveEncodeConfig(EncodeConfig):
    """How recordings are encoded: quickly, so that every player shows them, and without B-frames.

    Where frames are reordered and not evenly spaced, MP4 does not tell how long the last one is shown.
    """

    codec: Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")] = "h264"
    preset: Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")] | None = "superfast"
    pix_fmt: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = "yuv420p"
    options: dict[str, str] = Field(default_factory=lambda: {"bf": "0"})
    threads: Annotated[int, Field(ge=1, le=64)] = 1


class ServeConfig(Frozen):
    """Where the page is.

    ``host`` other than this machine itself asks for a token; ``split`` shows the raw picture beside the clean one, on
    this machine only. Port 0: any free one.
    """

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    split: bool = False


class LiveConfig(Frozen):
    """Everything that decides what is shown."""

    camera: CameraConfig = CameraConfig()
    microphone: MicrophoneConfig = MicrophoneConfig()
    look: LiveLookConfig = LiveLookConfig()
    mask: LiveMaskConfig = LiveMaskConfig()
    erase: EraseConfig = EraseConfig()
    encode: LiveEncodeConfig = LiveEncodeConfig()
    serve: ServeConfig = ServeConfig()


def load_live_config(path: Path | None, flags: dict[str, dict[str, Any]]) -> LiveConfig:
    """Return the schema's defaults, changed by a file of the user's, by flags.

    Args:
        path: a TOML file with the tables ``camera``, ``microphone``, ``look``, ``mask``, ``erase``, ``encode``,
            ``serve``, or None.
        flags: the same tables; None values count as not given.

    Raises:
        ConfigError: the file is missing or not TOML, a key is unknown, or a value is out of range.
    """
    given = read_toml(path) if path is not None else {}
    validate(LiveConfig, given, str(path))
    return validate(LiveConfig, laid_over(given, flags), "options")
