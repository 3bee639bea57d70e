"""A piece of sound and when it was heard. Knows nothing of where it comes from or where it goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second, whatever a microphone gives: every encoder of sound takes it."""

LAYOUTS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """A piece of sound.

    Attributes:
        samples: (channels, n) float32 from -1 to 1.
        at: when the first was heard, in seconds of ``time.monotonic``.
        anew: whether it does not go on from the piece before.
    """

    samples: NDArray[np.float32]
    at: float
    anew: bool = False

    @property
    def end(self) -> float:
        """When the last one was over."""
        return self.at + int(self.samples.shape[1]) / RATE


class Microphone(Protocol):
    """Where live sound comes from."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    @property
    def channels(self) -> int:
        """1 or 2."""
        ...

    def heard(self) -> Iterator[Heard]:
        """Yield pieces as they are heard, until a file is over or the microphone is let go.

        Raises:
            SourceError: the microphone is gone.
        """
        ...

    def close(self) -> None:
        """Let the microphone go; ``heard`` ends soon."""
        ...


def channels_of(stream: AudioStream) -> int:
    """Return to how many channels a stream is mixed: 1 or 2."""
    return min(2, max(1, int(stream.codec_context.channels)))


class Evener:
    """Makes pieces of any sound pieces at ``RATE``."""

    def __init__(self, channels: int) -> None:
        """Mix everything to so many channels."""
        self._resampler = av.AudioResampler(format="fltp", layout=LAYOUTS[channels], rate=RATE)

    def even(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        """Return its samples, (channels, n); few may wait for the next."""
        frame.pts = None  # counted from here on
        parts = [np.asarray(part.to_ndarray(), np.float32) for part in self._resampler.resample(frame)]
        return np.concatenate(parts, axis=1) if parts else np.zeros((0, 0), np.float32)
