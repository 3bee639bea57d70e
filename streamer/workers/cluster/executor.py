"""Workers as actors of a Ray cluster: as many as there are units, and room for; each holds one network for its life.

One that is lost is said to be, and replaced; Ray itself tries nothing again. Leaving ends all of them. Knows nothing of
what a unit does.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic

from faceerase.errors import ClusterError, FaceEraseError
from faceerase.streamer.report import Progress
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
from faceerase.streamer.workers.cluster.room import Needs
from faceerase.streamer.workers.cluster.staff import Hand, Staff, last_line
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

SETTLE_SECONDS = 5.0
"""How long a file that a worker wrote to a share may take to be seen here."""


class RayExecutor(Generic[ResultT]):
    """Up to ``most`` actors, each with ``needs``; ``units`` says how many units there are to be done."""

    def __init__(self, address: str, needs: Needs, units: int, most: int | None = None) -> None:
        self._address, self._needs, self._left, self._most = address, needs, units, most
        self._begun: list[Event[ResultT]] = []
        self._sent: dict[Path, tuple[Any, ...]] = {}
        self._folders = Folders()

    def __enter__(self) -> "RayExecutor[ResultT]":
        """Connect.

        Raises:
            ConfigError: Ray is not installed, or the address is none.
            ClusterError: no cluster answers.
        """
        self._ray = connect(self._address)
        self._staff: Staff[ResultT] = Staff(self._ray, self._address, self._needs, self._most)
        return self

    def __exit__(self, *raised: Any) -> None:
        """End all workers, and what they left."""
        self._staff.end()
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
        self._staff.engage(self._left)
        events, self._begun = self._begun, []
        hands = {hand.hears: hand for hand in self._staff.hands if not hand.idle}
        if not hands:
            time.sleep(0 if events or self.free else timeout)
            return events
        self._staff.wait(list(hands), 1, 0 if events else timeout)
        for one in self._staff.wait(list(hands), len(hands), 0):
            hand = hands[one]
            try:
                if hand.greeting is None:
                    self._staff.welcome(hand, self._ray.get(hand.hears))
                else:
                    events += self._heard(hand, self._ray.get(next(hand.hears)))
            except (self._ray.exceptions.RayError, StopIteration) as error:
                events += self._lost(hand, error)
        return events

    def _heard(self, hand: Hand[ResultT], message: Any) -> list[Event[ResultT]]:
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

    def _give(self, hand: Hand[ResultT], parcel: Parcel) -> None:
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

    def _ended(self, hand: Hand[ResultT], event: Event[ResultT]) -> Event[ResultT]:
        """Let a worker be idle."""
        if hand.arrival is not None and not isinstance(event, Done):
            hand.arrival.abandon()
        hand.unit = hand.parcel = hand.arrival = None
        return event

    def _lost(self, hand: Hand[ResultT], error: Exception | None) -> list[Event[ResultT]]:
        """Part with a worker that ended, or whose word cannot be relied on."""
        unit, greeting = hand.unit, hand.greeting
        self._staff.part(hand, error)
        if unit is None or greeting is None:
            return []
        self._left += 1
        how = f"on {greeting.machine}: {_how(error)}"
        return [Lost(hand.number, unit, greeting.pid, how)]


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
    if "RayTaskError" in type(error).__name__:
        return f"a fault of faceerase itself: {last_line(error)}"
    return "its process was killed or crashed, or its machine vanished"
