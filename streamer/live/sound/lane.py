"""Lays pieces of sound one after the other, each where the clock says: what drifts is stretched, gaps are silent.

Pure, but for where it has got to. Knows nothing of clocks, microphones or encoders.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.live.sound.heard import RATE

SLACK = round(0.005 * RATE)
"""Samples by which sound may be off its place: nobody hears 5 ms."""

JUMP = round(0.03 * RATE)
"""Samples from which sound is missing, or there twice; less is a clock that runs a little faster or slower."""

STRETCH = 0.005
"""Share of a piece by which it is made longer or shorter at most: a twelfth of a semitone."""

Samples = NDArray[np.float32]


class Lane:
    """One line of sound from 0 on."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._laid = 0
        self._begun = False
        self._gaps = self._silent = self._dropped = 0

    def lay(self, at: float, samples: Samples, anew: bool = False) -> Iterator[Samples]:
        """Yield what comes next, so that samples begin where they belong, or nearly so.

        Args:
            at: seconds after 0 at which they begin.
            samples: (channels, n), one at least.
            anew: they don't go on from those before, and begin there to the sample.
        """
        off = round(at * RATE) - self._laid
        size = samples.shape[1]
        exactly = anew or not self._begun
        if off > JUMP or (off > 0 and exactly):
            yield from self._silence(off)
        elif off < -JUMP or (off < 0 and exactly):
            cut = min(size, -off)
            self._dropped += cut if self._begun and -off > JUMP else 0
            samples = samples[:, cut:]
        elif abs(off) > SLACK:
            most = round(STRETCH * size)
            samples = stretched(samples, size + min(most, max(-most, off)))
        if samples.shape[1]:
            self._begun = True
            self._laid += samples.shape[1]
            yield samples

    def end(self, at: float) -> Iterator[Samples]:
        """Yield silence to the end, ``at`` seconds after 0."""
        yield from self._silence(round(at * RATE) - self._laid)

    @property
    def remarks(self) -> list[str]:
        """What is not as it was heard."""
        remarks = []
        if self._gaps:
            times = "once" if self._gaps == 1 else f"{self._gaps} times"
            remarks.append(f"sound: the microphone gave nothing {times}; {self._silent / RATE:.1f} s are silent")
        if self._dropped:
            remarks.append(f"sound: {self._dropped / RATE:.1f} s came twice or too late, and were dropped")
        return remarks

    def _silence(self, size: int) -> Iterator[Samples]:
        if size > JUMP:
            self._gaps += 1
            self._silent += size
        while size > 0:
            part = min(size, RATE)  # of hours, too
            self._laid += part
            size -= part
            yield np.zeros((self._channels, part), np.float32)


def stretched(samples: Samples, size: int) -> Samples:
    """Return samples, (channels, n), drawn out or pushed together to ``size`` of them, in straight lines."""
    places = np.linspace(0, samples.shape[1] - 1, size)
    known = np.arange(samples.shape[1])
    return np.stack([np.interp(places, known, channel) for channel in samples]).astype(np.float32)
