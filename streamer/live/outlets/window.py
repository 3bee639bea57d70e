"""The picture of now in a window of the system (OpenCV's). Knows nothing of what the picture went through."""

import os
import sys

import cv2

from faceerase.errors import SinkError
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.outlets.screen import bgr_of

QUITS = frozenset({ord("q"), ord("Q"), 27})
"""Keys that end it: q and Escape."""


NO_DISPLAY = (
    "no window can be opened here (no display); show it in a browser instead: --serve 127.0.0.1:8080, or --no-window"
)


class Window:
    """One window. To be used by the main thread alone: systems ask for that."""

    def __init__(self, title: str) -> None:
        """Open it.

        Raises:
            SinkError: there is no display.
        """
        self._title = title
        if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise SinkError(NO_DISPLAY)  # OpenCV's Qt would end the whole program
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
            cv2.waitKey(1)
        except cv2.error as error:
            raise SinkError(NO_DISPLAY) from error

    def show(self, clean: Clean) -> None:
        """Show a picture."""
        cv2.imshow(self._title, bgr_of(clean.frame.picture))

    @property
    def wanted(self) -> bool:
        """Whether nobody closed it or pressed q since it was last asked."""
        key = cv2.waitKey(1) & 0xFF
        return key not in QUITS and cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Close it."""
        cv2.destroyWindow(self._title)
