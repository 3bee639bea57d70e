"""The live path over a film by a virtual clock: what a quiet machine would show, on a machine that is not.

The pictures go through the product's own ``Cleaner``; what is simulated is only what time each step takes, and so which
pictures are dropped and how far quality steps down. Two threads as in ``Session``: the next picture is looked at while
the one before is erased, no sooner. Knows nothing of files or judges.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ModelContract
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.frame import Frame
from faceerase.streamer.live.capture.hand_over import Captured, Taken
from faceerase.streamer.live.cleaner import Clean, Cleaner, unseen
from faceerase.streamer.live.quality import Governor
from faceerase.streamer.seams import MaskEngine


@dataclass(frozen=True, slots=True)
class Costs:
    """Wall seconds that are assumed of a quiet machine.

    Attributes:
        picture: what a look takes beside the network.
        tile: of the network.
        erase: of a picture.
    """

    picture: float = 0.008
    tile: float = 0.0039
    erase: float = 0.02

    def governor(self, least_rate: float) -> Governor:
        """Return the governor for so many pictures a second; by the clock it sees what the network takes, no more."""
        whole = Governor.of_rate(least_rate)
        return replace(whole, budget=whole.budget - self.picture - self.erase)


@dataclass(slots=True)
class Clock:
    """Tells the time that somebody sets."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return it."""
        return self.now


@dataclass(frozen=True, slots=True)
class Timed:
    """A ``MaskEngine`` whose tiles take their time on a clock."""

    engine: MaskEngine
    clock: Clock
    tile: float

    @property
    def contract(self) -> ModelContract:
        """The engine's."""
        return self.engine.contract

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Look, and let time pass."""
        self.clock.now += self.tile * len(tiles)
        return self.engine.look(tiles)


@dataclass(frozen=True, slots=True)
class Held(Governor):
    """A governor that stays where it is."""

    def after(self, seconds: float) -> Governor:
        """Return itself."""
        return self


@dataclass(frozen=True, slots=True)
class Shown:
    """A clean picture, the number of the film's frame, when it was shown, and on which step of quality."""

    clean: Clean
    number: int
    at: float
    step: int


@dataclass(slots=True)
class Live:
    """A film as a camera, and the machine that shows it clean.

    ``every``: no sooner than every so many frames is one looked at, however quick the machine.
    """

    info: FilmInfo
    engine: MaskEngine
    costs: Costs
    every: int = 1
    clock: Clock = field(default_factory=Clock)

    @property
    def timed(self) -> MaskEngine:
        """The network by the clock."""
        return Timed(self.engine, self.clock, self.costs.tile)

    def show(self, frames: Iterator[Frame], make: Callable[[Clock], Cleaner]) -> Iterator[Shown]:
        """Yield what is shown of a film's frames; ``make`` makes the cleaner by the clock."""
        cleaner = make(self.clock)
        erased: float | None = None  # when the eraser was done with the picture before
        for taken in self._newest(frames):
            self.clock.now = max(self.clock.now, taken.captured.at)
            step = cleaner.governor.step
            looked = unseen(taken) if erased is None else cleaner.look(taken)
            self.clock.now += 0.0 if erased is None else self.costs.picture
            # The eraser begins when it is free, and then the next picture is looked at.
            self.clock.now = max(self.clock.now, erased or 0.0)
            erased = self.clock.now + self.costs.erase
            yield Shown(cleaner.erase(looked), taken.number, erased, step)

    def _newest(self, frames: Iterator[Frame]) -> Iterator[Taken]:
        """Yield the newest frame at the clock's time, or the next one where none is there yet."""
        waiting: Taken | None = None
        earliest = 0
        for number, frame in enumerate(frames):
            at = frame.time - float(self.info.start)
            while waiting is not None and at > self.clock.now and waiting.number >= earliest:
                earliest = waiting.number + self.every
                taken, waiting = waiting, None
                yield taken
            waiting = Taken(number, Captured(frame.picture, at))
        if waiting is not None and waiting.number >= earliest:
            yield waiting
