"""The workers of a driver on a cluster: as many as there is work and room for, of the same versions, all ended at last.

Knows nothing of units' files, or of what is told upwards.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic

from faceerase.errors import ClusterError
from faceerase.streamer.sidecar.versions import running_versions
from faceerase.streamer.workers.cluster.parcels import Arrival, Parcel
from faceerase.streamer.workers.cluster.room import Needs, room_for
from faceerase.streamer.workers.cluster.worker import Greeting, Worker
from faceerase.streamer.workers.seam import ResultT, Unit

LOOK_AROUND_SECONDS = 1.0
"""How often the machines of the cluster are counted."""

PATIENCE_SECONDS = 60.0
"""How long a cluster may have no machine that a worker fits on; one that grows needs some time."""

STILLBORN = 5
"""How many workers in a row may end before they said a word."""

GOODBYE_SECONDS, GONE_SECONDS = 0.5, 0.3
"""How long workers have for removing what was copied to them; how long it takes until killed ones are gone."""


@dataclass(slots=True, eq=False)
class Hand(Generic[ResultT]):
    """A worker as the driver sees it; ``hears`` is what is waited for: its greeting, or what it says of a unit."""

    number: int
    actor: Any
    hears: Any
    greeting: Greeting | None = None
    unit: Unit[ResultT] | None = None
    parcel: Parcel | None = None
    arrival: Arrival | None = None

    @property
    def idle(self) -> bool:
        """Whether it is there, and has nothing to do."""
        return self.greeting is not None and self.unit is None


class Staff(Generic[ResultT]):
    """Up to ``most`` workers (None: as many as there is room for), each with ``needs``."""

    def __init__(self, ray: Any, address: str, needs: Needs, most: int | None) -> None:
        self._ray, self._address, self._needs, self._most = ray, address, needs, most
        self._actors = ray.remote(Worker)
        self._versions = running_versions()
        self._looked, self._fitted = 0.0, time.monotonic()
        self._room = self._next = self._stillborn = 0
        self.hands: list[Hand[ResultT]] = []

    def engage(self, left: int) -> None:
        """Start workers for what is left to do, as far as there is room; let those go that nothing is left for.

        Raises:
            ClusterError: there has been no room for any for a minute.
        """
        hands = self.hands
        now = time.monotonic()
        if now - self._looked >= LOOK_AROUND_SECONDS or not self._looked:
            self._looked, self._room = now, room_for(self._ray.nodes(), self._needs)
            if self._room or any(hand.greeting for hand in hands):
                self._fitted = now
            elif now - self._fitted > PATIENCE_SECONDS:
                told = f"no machine has {self._needs} for a worker"
                raise ClusterError(f"--cluster {self._address}: {told}; add machines, or ask for less")
        # Those that are not there yet first.
        waiting = sorted((one for one in hands if one.unit is None), key=lambda one: one.greeting is not None)
        for hand in waiting[: max(0, len(waiting) - left)]:
            hands.remove(hand)
            if hand.idle:
                hand.actor.leave.remote()  # it ends after that: nobody knows it any more
            else:
                self._end([hand])
        most = max(1, self._room) if self._most is None else self._most
        while len(hands) < most and sum(hand.unit is None for hand in hands) < left:
            options = {"num_cpus": self._needs.cores, "num_gpus": self._needs.cards, "max_restarts": 0}
            # Two things at once: what was copied is removed while a unit is still being done.
            actor = self._actors.options(**options, max_task_retries=0, max_concurrency=2).remote(self._needs.cores)
            hands.append(Hand(self._next, actor, actor.greet.remote()))
            self._next += 1

    def welcome(self, hand: Hand[ResultT], greeting: Greeting) -> None:
        """Take a worker on.

        Raises:
            ClusterError: it would not give the same bits.
        """
        mine, its = self._versions.model_dump(), greeting.versions.model_dump()
        unlike = [name for name in mine if name not in {"platform", "python"} and mine[name] != its[name]]
        if unlike:
            told = ", ".join(f"{name} {its[name]} there and {mine[name]} here" for name in unlike)
            raise ClusterError(f"{greeting.machine}: {told}; all machines of a cluster need the same versions")
        hand.greeting = greeting
        self._stillborn = 0

    def part(self, hand: Hand[ResultT], error: Exception | None) -> None:
        """Take a worker off that ended, or whose word cannot be relied on.

        Raises:
            ClusterError: it is one of several in a row that never said a word.
        """
        self.hands.remove(hand)
        self._end([hand])
        if hand.greeting is None:
            self._stillborn += 1
            if self._stillborn >= STILLBORN:
                told = f"workers end before they begin ({last_line(error)})"
                raise ClusterError(f"--cluster {self._address}: {told}; is faceerase installed on every machine?")

    def end(self) -> None:
        """End all workers, and what they left."""
        ending = [hand.actor.leave.remote() for hand in self.hands if hand.greeting is not None]
        if ending:
            self.wait(ending, len(ending), GOODBYE_SECONDS)
        self._end(self.hands)
        self.hands = []

    def wait(self, what: Sequence[Any], count: int, timeout: float) -> list[Any]:
        """Return which of ``what`` is there, once so many are, or time is up."""
        try:
            ready, _ = self._ray.wait(list(what), num_returns=count, timeout=timeout, fetch_local=False)
        except SystemError as error:  # what Ray makes of a signal that ends this program
            if error.__cause__ is not None and not isinstance(error.__cause__, Exception):
                raise error.__cause__ from None
            raise
        return list(ready)

    def _end(self, hands: Sequence[Hand[ResultT]]) -> None:
        for hand in hands:
            with suppress(self._ray.exceptions.RayError, ValueError):
                self._ray.kill(hand.actor, no_restart=True)
        busy = [hand for hand in hands if hand.unit is not None and hand.greeting is not None]
        if busy:
            self.wait([hand.hears for hand in busy], len(busy), GONE_SECONDS)
        for hand in hands:
            if hand.arrival is not None:
                hand.arrival.abandon()
        for hand in busy:
            if hand.unit is not None and hand.greeting is not None:
                hand.unit.clear(hand.greeting.pid)


def last_line(error: Exception | None) -> str:
    """Return the last line of what an error says: Ray puts the reason there."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
