"""The thread that listens: from a microphone to whoever records, and back to one that went and came again.

Knows nothing of what is done with sound.
"""

import threading
from collections.abc import Callable

from faceerase.errors import SourceError
from faceerase.log import get_logger
from faceerase.streamer.live.capture.watching import AGAIN_SECONDS, reached_again
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.sound.heard import Heard, Microphone

_log = get_logger(__name__)


class Listening:
    """Listens until it is closed. An ``Outlet``, for it is asked with every picture whether all is well."""

    def __init__(
        self, microphone: Microphone, again: Callable[[], Microphone] | None, hear: Callable[[Heard], None]
    ) -> None:
        """Begin.

        Args:
            microphone: open.
            again: opens it anew when it is gone; None: that is the end.
            hear: is given every piece, in the thread that listens.
        """
        self._microphone = microphone
        self._again = again
        self._hear = hear
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="faceerase-microphone", daemon=True)
        self._thread.start()

    def show(self, clean: Clean) -> None:
        """Say whether sound still comes.

        Raises:
            SourceError: the microphone is gone.
        """
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Let the microphone go; does not wait for one that hangs."""
        self._stopped.set()
        self._microphone.close()
        self._thread.join(timeout=AGAIN_SECONDS)

    def _work(self) -> None:
        try:
            while not self._stopped.is_set():
                try:
                    for heard in self._microphone.heard():
                        self._hear(heard)
                    return
                except SourceError as error:
                    if self._again is None or self._stopped.is_set():
                        raise
                    _log.warning("%s; trying again", error)
                    self._reconnect(self._again)
        except BaseException as error:  # handed on, never swallowed
            self._error = error

    def _reconnect(self, again: Callable[[], Microphone]) -> None:
        self._microphone.close()
        microphone = reached_again(again, self._stopped)
        if microphone is None:
            return
        if microphone.channels != self._microphone.channels:
            microphone.close()
            raise SourceError(f"{microphone.name}: came back with another number of channels; begin again")
        self._microphone = microphone
