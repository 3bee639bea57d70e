"""A film that stands in for a camera: its pictures come when they would be shown, as often as wanted.

Knows nothing of what is done with them.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from faceerase.log import get_logger
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.live.capture.hand_over import Captured
from faceerase.streamer.live.sound.rounds import Rounds

BEHIND_SECONDS = 1.0
"""What is later than this is not made up for: the film is held up, as a camera gives fewer pictures."""

_log = get_logger(__name__)


class StandIn:
    """A ``Camera`` that is a film."""

    def __init__(self, path: Path, loop: bool, rounds: Rounds | None = None) -> None:
        """Open the film.

        Args:
            path: of the film.
            loop: it begins again when it is over.
            rounds: is told when it begins.

        Raises:
            SourceError: it cannot be read.
        """
        self._info = FilmSource(path).info
        self._loop = loop
        self._rounds = rounds or Rounds()
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """The film's."""
        return self._info.path.name

    @property
    def info(self) -> FilmInfo:
        """The film's."""
        return self._info

    def pictures(self) -> Iterator[Captured]:
        """Yield pictures at the moments of the film; late, or held up, where they cannot be decoded in time.

        Raises:
            SourceError: the film cannot be read further.
        """
        begin = time.monotonic()
        length = 1 / float(self.info.rate)
        while True:
            self._rounds.begin(begin)
            end = 0.0
            for frame in FilmSource.known(self._info).frames():  # what one notes grows with every round
                shown = frame.time - float(self.info.start)
                end = shown + length
                due = begin + shown
                if self._closed.wait(max(0.0, due - time.monotonic())):
                    return
                behind = time.monotonic() - due
                if behind > BEHIND_SECONDS:
                    _log.debug("%s: held up for %.1f s, as it cannot be decoded in time", self.name, behind)
                    self._rounds.hold_up(behind)
                    begin, due = begin + behind, due + behind
                yield Captured(frame.picture, due)
            if not self._loop or self._closed.is_set():
                return
            begin += end

    def close(self) -> None:
        """End the film."""
        self._closed.set()
