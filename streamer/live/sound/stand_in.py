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
from faceerase.streamer.live.sound.rounds import Round, Rounds

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
            begun = self._rounds.after(number, POLL_SECONDS)
            if begun is not None:
                number = begun.number
                yield from self._round(begun)

    def close(self) -> None:
        """End the sound."""
        self._closed.set()

    def _round(self, begun: Round) -> Iterator[Heard]:
        try:
            for piece in self._pieces(begun.at):
                newer = self._rounds.after(begun.number, 0)
                if newer is not None and piece.end > newer.at:
                    left = round((newer.at - piece.at) * RATE)
                    if left > 0:
                        yield replace(piece, samples=piece.samples[:, :left])
                    return
                if self._closed.wait(max(0.0, piece.end - time.monotonic())):
                    return
                yield piece
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self.name}: cannot be read further ({reason_of(error)})") from error

    def _pieces(self, begun: float) -> Iterator[Heard]:
        evener = Evener(self._channels)
        start, due, anew = self._start, begun, True
        with open_film(self._path, SOUND_FORMATS) as container:
            for frame in container.decode(audio=0):
                if frame.pts is not None and frame.time_base is not None:
                    moment = frame.pts * frame.time_base
                    start = moment if start is None else start
                    due = begun + float(moment - start)
                samples = evener.even(frame)
                if samples.size:
                    yield Heard(samples, due, anew)
                    anew = False
                    due += samples.shape[1] / RATE
