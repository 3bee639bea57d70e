"""How much is looked at in each picture, by how long that takes: fewer tiles and larger margins when time is short.

The covering itself never steps down. Pure values; know nothing of pictures, clocks or networks.
"""

from dataclasses import dataclass, replace

from faceerase.contract import ModelContract
from faceerase.streamer.look.planner import ScanPlanner


@dataclass(frozen=True, slots=True)
class Step:
    """One quality.

    Attributes:
        round: every part of the picture is looked at within so many pictures, the whole of it in each.
        coarser: how many times as large as asked for the smallest face is for which the picture is gone through.
        sparing: whether those who are large enough in the picture as a whole are followed there, not closely.
        margin: how many times as wide as asked for covers are grown.
    """

    round: int
    coarser: float
    sparing: bool
    margin: float


STEPS = (
    Step(round=1, coarser=1.0, sparing=False, margin=1.0),
    Step(round=1, coarser=1.0, sparing=True, margin=1.2),
    Step(round=2, coarser=1.0, sparing=True, margin=1.4),
    Step(round=3, coarser=1.0, sparing=True, margin=1.6),
    Step(round=2, coarser=1.4, sparing=True, margin=1.8),
    Step(round=1, coarser=2.8, sparing=True, margin=2.0),
)
"""From the best to the quickest."""

BEGINS = 2
"""The step to begin with: nobody knows yet how quick the machine is."""

TWO_AT_ONCE = 1.4
"""How many times the time between two pictures one may take, as the next is looked at while it is erased."""

SHORT, PLENTY = 0.9, 0.55
"""Shares of the time that a picture may take: from the one on quality steps down, below the other it may step up."""

FOLLOWS = 0.15
"""Weight of the latest picture in the mean."""

SPIKE = 2.0
"""Times its time that a picture counts for at most: after a cut everything is looked at, in the next picture not."""

PATIENCE, LONGEST_PATIENCE = 2.0, 12.0
"""Seconds of plenty before quality steps up; twice as long each time that it was too early."""


@dataclass(frozen=True, slots=True)
class Governor:
    """Which step it is, and what it goes by.

    Attributes:
        budget: seconds that a picture may take.
        step: number of the step.
        mean: seconds that pictures take lately.
        calm: seconds for which there was plenty of time.
        patience: seconds of it that are asked for.
    """

    budget: float
    step: int = BEGINS
    mean: float = 0.0
    calm: float = 0.0
    patience: float = PATIENCE

    @classmethod
    def of_rate(cls, least: float) -> "Governor":
        """Return the governor that steps quality down where fewer than ``least`` pictures a second are shown."""
        return cls(TWO_AT_ONCE / least)

    @property
    def quality(self) -> Step:
        """What is looked at."""
        return STEPS[self.step]

    def after(self, seconds: float) -> "Governor":
        """Return the governor after a picture that took ``seconds``."""
        mean = self.mean + (min(seconds, SPIKE * self.budget) - self.mean) * FOLLOWS
        if mean > SHORT * self.budget and self.step + 1 < len(STEPS):
            patience = min(LONGEST_PATIENCE, 2 * self.patience)
            return replace(self, step=self.step + 1, mean=PLENTY * self.budget, calm=0.0, patience=patience)
        calm = self.calm + max(seconds, self.budget) if mean < PLENTY * self.budget else 0.0
        if calm > self.patience and self.step > 0:
            return replace(self, step=self.step - 1, mean=PLENTY * self.budget, calm=0.0)
        return replace(self, mean=mean, calm=calm)

    def planner(self, contract: ModelContract, min_face: float) -> ScanPlanner:
        """Return the planner of the step."""
        step = self.quality
        return ScanPlanner(contract, min_face * step.coarser, step.round, step.sparing)
