"""The picture of now as a camera that other programs can choose (pyvirtualcam, where it and a driver are installed).

Knows nothing of what the picture went through.
"""

import importlib
from typing import Any

from faceerase.errors import SinkError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.outlets.screen import bgr_of


class VirtualCamera:
    """One virtual camera."""

    def __init__(self, info: FilmInfo) -> None:
        """Open it, as large and as quick as a camera.

        Raises:
            SinkError: pyvirtualcam is not installed, or the system has no driver for it.
        """
        try:
            # Only when asked for: a package without types that few need.
            module: Any = importlib.import_module("pyvirtualcam")
        except ImportError as error:
            raise SinkError("--virtual-camera needs pyvirtualcam: pip install pyvirtualcam") from error
        try:
            bgr = module.PixelFormat.BGR
            self._camera = module.Camera(width=info.width, height=info.height, fps=float(info.rate), fmt=bgr)
        except RuntimeError as error:
            raise SinkError(
                f"no virtual camera can be opened ({error}); Linux needs v4l2loopback, macOS and Windows OBS"
            ) from error

    @property
    def name(self) -> str:
        """What other programs call it."""
        return str(self._camera.device)

    def show(self, clean: Clean) -> None:
        """Send a picture."""
        self._camera.send(bgr_of(clean.frame.picture))

    def close(self) -> None:
        """Close it."""
        self._camera.close()
