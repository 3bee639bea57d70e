"""A film or sound file that stands in for a microphone: its sound comes when it would be heard.

It begins whenever the film that stands in for the camera does. Knows nothing of what is done with it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av

from faceerase.errors import SourceError, reason_of
from faceerase.streamer.decode.info import probe
from faceerase.streamer.decode.opening import FORMATS, open_film
from faceerase.streamer.live.sound.heard import RATE, Evener, Heard, channels_of
from faceerase.streamer.live.sound.rounds import Rounds

SOUND_FORMATS = f"{FORMATS},wav,w64,aiff,flac,mp3,aac"
"""Demuxers that read one file and open no other."""

POLL_SECONDS = 0.2
"""How long is waited for a film to begin again before it is asked whether anybody listens still."""


class StandIn:
    """A ``Microphone`` that is a film's first sound, or a file of sound."""

    def __init__(self, path: Path, rounds: Rounds) -> None:
        """Look at the file.

        Args:
            path: of the file.
            rounds: when it begins, and begins again.

        Raises:
            SourceError: it cannot be read, or has no sound.
        """
        self._path, self._rounds = path, rounds
        self._closed = threading.Event()
        self._start: Fraction | None = None
        with suppress(SourceError):  # a file of sound has no picture
            self._start = probe(path).start
        with open_film(path, SOUND_FORMATS) as container:
            if not container.streams.audio:
                raise SourceError(f"{path.name}: has no sound that could stand in for a microphone")
            self._channels = channels_of(container.streams.audio[0])

    @property
    def name(self) -> str:
        """The file's."""
        return self._path.name

    @property
    def channels(self) -> int:
        """1 or 2; of more, two are mixed."""
        return self._channels

    def heard(self) -> Iterator[Heard]:
        """Yield pieces, each when it is over, round for round, until the microphone is let go.

        Raises:
            SourceError: the file cannot be read further.
        """
        number = 0
        while not self._closed.is_set():
            if self._rounds.wait(number, POLL_SECONDS):
                number = self._rounds.newest.number
                yield from self._round(number)

    def close(self) -> None:
        """End the sound."""
        self._closed.set()

    def _round(self, number: int) -> Iterator[Heard]:
        begun = self._rounds.newest.at
        try:
            for piece in self._pieces():
                newest, anew = self._rounds.newest, piece.anew
                if newest.number == number and newest.at != begun:  # it was held up
                    begun, anew = newest.at, True
                placed = replace(piece, at=begun + piece.at, anew=anew)
                if newest.number != number and placed.end > newest.at:
                    left = round((newest.at - placed.at) * RATE)
                    if left > 0:
                        yield replace(placed, samples=placed.samples[:, :left])
                    return
                if self._closed.wait(max(0.0, placed.end - time.monotonic())):
                    return
                yield placed
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self.name}: cannot be read further ({reason_of(error)})") from error

    def _pieces(self) -> Iterator[Heard]:
        """Yield the file's sound, timed from where its picture begins."""
        evener = Evener(self._channels)
        start, at, anew = self._start, 0.0, True
        with open_film(self._path, SOUND_FORMATS) as container:
            for frame in container.decode(audio=0):
                if frame.pts is not None and frame.time_base is not None:
                    moment = frame.pts * frame.time_base
                    start = moment if start is None else start
                    at = float(moment - start)
                samples = evener.even(frame)
                if samples.size:
                    yield Heard(samples, at, anew)
                    anew = False
                    at += samples.shape[1] / RATE
