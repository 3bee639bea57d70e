"""The thread that captures: from a camera to the hand-over, and back to a camera that went and came again.

Knows nothing of what is done with pictures.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from faceerase.errors import SourceError
from faceerase.log import get_logger
from faceerase.streamer.live.capture.hand_over import Camera, HandOver

AGAIN_SECONDS = 1.0
"""From one try to reach a camera that is gone to the next."""

ThingT = TypeVar("ThingT")

_log = get_logger(__name__)


class Watching:
    """Captures until it is told to stop."""

    def __init__(self, camera: Camera, again: Callable[[], Camera] | None, room: HandOver) -> None:
        """Begin.

        Args:
            camera: open.
            again: opens it anew when it is gone; None: that is the end.
            room: where pictures are left.
        """
        self._camera = camera
        self._again = again
        self._room = room
        self._like = (camera.info.width, camera.info.height, camera.info.planar_format)
        self._stopped = threading.Event()
        self.reconnected = 0
        self.gone = False
        self._thread = threading.Thread(target=self._work, name="faceerase-camera", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the camera go; does not wait for one that hangs."""
        self._stopped.set()
        self._camera.close()
        self._thread.join(timeout=AGAIN_SECONDS)

    def _work(self) -> None:
        while True:
            try:
                for captured in self._camera.pictures():
                    if self._stopped.is_set():
                        break
                    self._room.put(captured)
                self._room.end()
                return
            except SourceError as error:
                if self._again is None or self._stopped.is_set():
                    self._room.end(error)
                    return
                _log.warning("%s; trying again", error)
            except BaseException as error:  # handed on, never swallowed
                self._room.end(error)
                return
            if not self._reconnect(self._again):
                return

    def _reconnect(self, again: Callable[[], Camera]) -> bool:
        self.gone = True
        self._camera.close()
        try:
            camera = reached_again(again, self._stopped)
        except BaseException as error:  # handed on, never swallowed
            self._room.end(error)
            return False
        if camera is None:
            self._room.end()
            return False
        like = (camera.info.width, camera.info.height, camera.info.planar_format)
        if like != self._like:
            camera.close()
            self._room.end(SourceError(f"{camera.name}: came back with other pictures than before; begin again"))
            return False
        self._camera = camera
        self.reconnected += 1
        self.gone = False
        return True


def reached_again(again: Callable[[], ThingT], stopped: threading.Event) -> ThingT | None:
    """Return what ``again`` opens, tried until it can; None: it was stopped meanwhile."""
    while not stopped.wait(AGAIN_SECONDS):
        try:
            return again()
        except SourceError as error:
            _log.debug("%s", error)
    return None
