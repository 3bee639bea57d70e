"""Workers as actors of a Ray cluster: as many as there are units, and room for; each holds one network for its life.

One that is lost is said to be, and replaced; Ray itself tries nothing again. Leaving ends all of them. Knows nothing of
what a unit does.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

from faceerase.errors import ClusterError, FaceEraseError
from faceerase.streamer.report import Progress
from faceerase.streamer.sidecar.versions import running_versions
from faceerase.streamer.workers.cluster.connection import connect
from faceerase.streamer.workers.cluster.parcels import (
    PIECE,
    Answer,
    Arrival,
    Folders,
    Parcel,
    Piece,
    Wanted,
    packed,
)
from faceerase.streamer.workers.cluster.room import Needs, room_for
from faceerase.streamer.workers.cluster.worker import Greeting, Worker
from faceerase.streamer.workers.seam import (
    Advanced,
    Begun,
    Done,
    Event,
    Failed,
    Failure,
    Lost,
    Portable,
    ResultT,
    Unit,
    failure_of,
)

LOOK_AROUND_SECONDS = 1.0
"""How often the machines of the cluster are counted."""

PATIENCE_SECONDS = 60.0
"""How long a cluster may have no machine that a worker fits on; one that grows needs some time."""

STILLBORN = 5
"""How many workers in a row may end before they said a word."""

GOODBYE_SECONDS, GONE_SECONDS = 0.5, 0.3
"""How long workers have for removing what was copied to them; how long it takes until a killed one is gone."""

SETTLE_SECONDS = 5.0
"""How long a file that a worker wrote to a share may take to be seen here."""


@dataclass(slots=True)
class _Hand(Generic[ResultT]):
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


@dataclass(slots=True)
class _Staff(Generic[ResultT]):
    hands: list[_Hand[ResultT]] = field(default_factory=list)
    next: int = 0
    stillborn: int = 0


class RayExecutor(Generic[ResultT]):
    """Up to ``most`` actors, each with ``needs``; ``units`` says how many units there are to be done."""

    def __init__(self, address: str, needs: Needs, units: int, most: int | None = None) -> None:
        self._address, self._needs, self._left, self._most = address, needs, units, most
        self._staff: _Staff[ResultT] = _Staff()
        self._begun: list[Event[ResultT]] = []
        self._sent: dict[Path, tuple[Any, ...]] = {}
        self._folders = Folders()
        self._versions = running_versions()
        self._looked = self._fitted = 0.0
        self._room = 0

    def __enter__(self) -> "RayExecutor[ResultT]":
        """Connect.

        Raises:
            ConfigError: Ray is not installed, or the address is none.
            ClusterError: no cluster answers.
        """
        self._ray = connect(self._address)
        self._actors = self._ray.remote(Worker)
        self._fitted = time.monotonic()
        return self

    def __exit__(self, *raised: Any) -> None:
        """End all workers, and what they left."""
        hands = self._staff.hands
        ending = [hand.actor.leave.remote() for hand in hands if hand.greeting is not None]
        if ending:
            self._wait(ending, len(ending), GOODBYE_SECONDS)
        for hand in hands:
            self._end(hand)
        self._staff = _Staff()
        self._sent.clear()
        self._folders.clear()

    @property
    def free(self) -> int:
        """How many workers have nothing to do; those that wait for room on the cluster don't count."""
        return sum(hand.idle for hand in self._staff.hands)

    def submit(self, unit: Unit[ResultT]) -> None:
        """Give a unit to a worker that has none."""
        hand = next(hand for hand in self._staff.hands if hand.idle)
        hand.unit = unit
        self._left = max(0, self._left - 1)
        assert hand.greeting is not None
        self._begun.append(Begun(hand.number, unit, hand.greeting.pid))
        try:
            self._give(hand, packed(unit, self._folders))
        except FaceEraseError as error:
            self._begun.append(self._ended(hand, Failed(hand.number, unit, failure_of(error))))

    def events(self, timeout: float) -> Sequence[Event[ResultT]]:
        """Return what happened; waits up to ``timeout`` seconds for something.

        Raises:
            ClusterError: there is no room for any worker, or none can begin.
        """
        self._engage()
        events, self._begun = self._begun, []
        hands = {hand.hears: hand for hand in self._staff.hands if not hand.idle}
        if not hands:
            time.sleep(0 if events or self.free else timeout)
            return events
        self._wait(list(hands), 1, 0 if events else timeout)
        for one in self._wait(list(hands), len(hands), 0):
            hand = hands[one]
            try:
                if hand.greeting is None:
                    self._welcome(hand, self._ray.get(hand.hears))
                else:
                    events += self._heard(hand, self._ray.get(next(hand.hears)))
            except (self._ray.exceptions.RayError, StopIteration) as error:
                events += self._lost(hand, error)
        return events

    def _wait(self, what: Sequence[Any], count: int, timeout: float) -> list[Any]:
        """Return which of ``what`` is there, once so many are, or time is up."""
        try:
            ready, _ = self._ray.wait(list(what), num_returns=count, timeout=timeout, fetch_local=False)
        except SystemError as error:  # what Ray makes of a signal that ends this program
            if error.__cause__ is not None and not isinstance(error.__cause__, Exception):
                raise error.__cause__ from None
            raise
        return list(ready)

    def _engage(self) -> None:
        """Start workers for what is left to do, as far as there is room; let those go that nothing is left for."""
        hands = self._staff.hands
        now = time.monotonic()
        if now - self._looked >= LOOK_AROUND_SECONDS or not self._looked:
            self._looked, self._room = now, room_for(self._ray.nodes(), self._needs)
            if self._room or any(hand.greeting for hand in hands):
                self._fitted = now
            elif now - self._fitted > PATIENCE_SECONDS:
                told = f"no machine has {self._needs} for a worker"
                raise ClusterError(f"--cluster {self._address}: {told}; add machines, or ask for less")
        waiting = sum(hand.unit is None for hand in hands)
        for hand in [hand for hand in reversed(hands) if hand.unit is None][: max(0, waiting - self._left)]:
            hands.remove(hand)
            if hand.idle:
                hand.actor.leave.remote()  # it ends after that: nobody knows it any more
            else:
                self._end(hand)
        most = max(1, self._room) if self._most is None else self._most
        while len(hands) < most and sum(hand.unit is None for hand in hands) < self._left:
            options = {"num_cpus": self._needs.cores, "num_gpus": self._needs.cards, "max_restarts": 0}
            # Two things at once: what was copied is removed while a unit is still being done.
            actor = self._actors.options(**options, max_task_retries=0, max_concurrency=2).remote(self._needs.cores)
            hands.append(_Hand(self._staff.next, actor, actor.greet.remote()))
            self._staff.next += 1

    def _welcome(self, hand: _Hand[ResultT], greeting: Greeting) -> None:
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
        self._staff.stillborn = 0

    def _heard(self, hand: _Hand[ResultT], message: Any) -> list[Event[ResultT]]:
        unit = hand.unit
        assert unit is not None
        try:
            match message:
                case Progress():
                    return [Advanced(hand.number, unit, message)]
                case Wanted(paths):
                    assert hand.parcel is not None
                    self._give(hand, self._with_files(hand.parcel, paths))
                    return []
                case Piece():
                    hand.arrival = hand.arrival or Arrival(_written(unit))
                    hand.arrival.take(message)
                    return []
                case Failure():
                    return [self._ended(hand, Failed(hand.number, unit, message))]
                case Answer(result):
                    if hand.arrival is not None:
                        hand.arrival.finish()
                    if isinstance(unit, Portable) and not _whole(unit):
                        return self._lost(hand, None)
                    return [self._ended(hand, Done(hand.number, unit, result))]
        except FaceEraseError as error:
            return [self._ended(hand, Failed(hand.number, unit, failure_of(error)))]
        raise AssertionError(message)

    def _give(self, hand: _Hand[ResultT], parcel: Parcel) -> None:
        hand.parcel = parcel
        hand.hears = hand.actor.do.options(num_returns="streaming").remote(parcel)

    def _with_files(self, parcel: Parcel, paths: Sequence[Path]) -> Parcel:
        """Return a parcel with files in it; each is read once, for all workers."""
        for path in paths:
            if path not in self._sent:
                self._sent[path] = tuple(self._objects(path))
        return Parcel(
            parcel.unit, parcel.reads, parcel.writes, parcel.token, {path: self._sent[path] for path in paths}
        )

    def _objects(self, path: Path) -> list[Any]:
        try:
            with path.open("rb") as file:
                return [self._ray.put(data) for data in iter(lambda: file.read(PIECE), b"")]
        except OSError as error:
            raise ClusterError(f"{path}: cannot be sent to a worker ({error.strerror})") from error

    def _ended(self, hand: _Hand[ResultT], event: Event[ResultT]) -> Event[ResultT]:
        """Let a worker be idle."""
        if hand.arrival is not None and not isinstance(event, Done):
            hand.arrival.abandon()
        hand.unit = hand.parcel = hand.arrival = None
        return event

    def _lost(self, hand: _Hand[ResultT], error: Exception | None) -> list[Event[ResultT]]:
        """Part with a worker that ended, or whose word cannot be relied on."""
        self._staff.hands.remove(hand)
        unit, greeting = hand.unit, hand.greeting
        self._end(hand)
        if greeting is None:
            self._staff.stillborn += 1
            if self._staff.stillborn >= STILLBORN:
                told = f"workers end before they begin ({_last_line(error)})"
                raise ClusterError(f"--cluster {self._address}: {told}; is faceerase installed on every machine?")
            return []
        if unit is None:
            return []
        self._left += 1
        how = f"on {greeting.machine}: {_how(error)}"
        return [Lost(hand.number, unit, greeting.pid, how)]

    def _end(self, hand: _Hand[ResultT]) -> None:
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(hand.actor, no_restart=True)
        if hand.arrival is not None:
            hand.arrival.abandon()
        if hand.unit is not None and hand.greeting is not None:
            self._wait([hand.hears], 1, GONE_SECONDS)
            hand.unit.clear(hand.greeting.pid)


def _written(unit: Unit[Any]) -> Path:
    assert isinstance(unit, Portable)
    return unit.writes


def _whole(unit: Portable) -> bool:
    """Return whether what a worker wrote is whole; a share may need some time, and be asked for its folder anew."""
    until = time.monotonic() + SETTLE_SECONDS
    while not unit.whole():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
        with suppress(OSError):
            list(unit.writes.parent.iterdir())
    return True


def _how(error: Exception | None) -> str:
    """Return in words how a worker was lost; Ray's own words fill a page."""
    if error is None:
        return "what it wrote did not arrive whole"
    if "OutOfMemory" in f"{type(error).__name__} {error}":
        return "it was ended by Ray for want of memory"
    return "its process was killed or crashed, or its machine vanished"


def _last_line(error: Exception | None) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
