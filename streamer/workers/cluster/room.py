"""How many workers a cluster has room for. Pure functions of what its machines have.

Knows nothing of Ray but how it describes machines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TINY = 1e-6
"""Shares of cards are decimal fractions: three times 0.33 must fit where 0.99 is."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What each worker takes: cores, and cards or a share of one (0: none)."""

    cores: int
    cards: float

    def __str__(self) -> str:
        """Return it in words."""
        cores = f"{self.cores} core" + ("s" if self.cores != 1 else "")
        return cores + (f" and {self.cards:g} GPU" if self.cards else "")


def room_for(machines: Sequence[Mapping[str, Any]], needs: Needs) -> int:
    """Return how many workers fit on machines that nothing else uses.

    Args:
        machines: as ``ray.nodes()`` tells them.
        needs: of one worker.
    """
    count = 0
    for machine in machines:
        if machine["Alive"]:
            has = machine["Resources"]
            fits = int(has.get("CPU", 0) / needs.cores)
            if needs.cards:
                fits = min(fits, _fitting(has.get("GPU", 0), needs.cards))
            count += fits
    return count


def _fitting(cards: float, share: float) -> int:
    """Return how many shares there are in cards; a share of one card does not reach across two."""
    if share < 1:
        return int(cards) * int(1 / share + TINY)
    return int(cards / share + TINY)
