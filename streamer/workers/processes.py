"""Workers as processes of this machine, each with a pipe of its own, so that one that is killed takes nothing along.

(``concurrent.futures`` and loky give up every unit when one process dies, and share queues whose locks die with it.)
Knows nothing of what a unit does.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic

from faceerase.streamer.workers.seam import Advanced, Begun, Done, Event, Failed, Lost, ResultT, Unit
from faceerase.streamer.workers.worker import work

STOP_SECONDS = 0.9
"""What workers have for cleaning up when they are ended; then they are killed, and cleaned up after."""


@dataclass(slots=True)
class _Hand(Generic[ResultT]):
    number: int
    process: SpawnProcess
    pipe: "Connection[Any, Any]"
    unit: Unit[ResultT] | None = None


class ProcessExecutor(Generic[ResultT]):
    """Up to ``workers`` processes; each is started when there is something for it to do."""

    def __init__(self, workers: int, threads: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._threads = threads
        self._hands: dict[int, _Hand[ResultT]] = {}
        self._cores = _share_out(workers, threads)
        self._begun: list[Event[ResultT]] = []

    @property
    def free(self) -> int:
        """How many workers have nothing to do."""
        return len(self._cores) - sum(hand.unit is not None for hand in self._hands.values())

    def submit(self, unit: Unit[ResultT]) -> None:
        """Give a unit to a worker that has none, a running one where there is one."""
        idle = [hand for hand in self._hands.values() if hand.unit is None]
        hand = idle[0] if idle else self._start()
        hand.unit = unit
        with suppress(OSError):  # it just died: that is seen, and said, where events are gathered
            hand.pipe.send(unit)
        self._begun.append(Begun(hand.number, unit, hand.process.pid or 0))

    def events(self, timeout: float) -> Sequence[Event[ResultT]]:
        """Return what happened; waits up to ``timeout`` seconds for something."""
        events, self._begun = self._begun, []
        hands = list(self._hands.values())
        patience = 0.0 if events else timeout
        if not hands:
            time.sleep(patience)
        ready = wait([end for hand in hands for end in (hand.pipe, hand.process.sentinel)], patience) if hands else []
        for hand in hands:
            if hand.pipe in ready or hand.process.sentinel in ready:
                events += self._said(hand)
            if hand.process.sentinel in ready:
                events += self._ended(hand)
        return events

    def __enter__(self) -> "ProcessExecutor[ResultT]":
        return self

    def __exit__(self, *raised: Any) -> None:
        """End all workers: those that have nothing to do politely, all of them within two seconds."""
        hands = list(self._hands.values())
        for hand in hands:
            if hand.unit is None:
                self._dismiss(hand)
            elif hand.process.is_alive():
                hand.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for hand in hands:
            hand.process.join(max(0.0, until - time.monotonic()))
            if hand.process.is_alive():
                hand.process.kill()
                hand.process.join()
            if hand.unit is not None:
                hand.unit.clear(hand.process.pid or 0)
            hand.pipe.close()
        self._hands.clear()

    def _start(self) -> _Hand[ResultT]:
        number = next(number for number in range(len(self._cores)) if number not in self._hands)
        mine, its = self._context.Pipe()
        process = self._context.Process(
            target=work, args=(its, self._threads, self._cores[number]), name=f"faceerase-worker-{number}", daemon=True
        )
        process.start()
        its.close()  # so that its end is seen here
        hand: _Hand[ResultT] = _Hand(number, process, mine)
        self._hands[number] = hand
        return hand

    def _said(self, hand: _Hand[ResultT]) -> list[Event[ResultT]]:
        events: list[Event[ResultT]] = []
        try:
            while hand.unit is not None and hand.pipe.poll():
                kind, value = hand.pipe.recv()
                if kind == "advanced":
                    events.append(Advanced(hand.number, hand.unit, value))
                else:
                    events.append((Done if kind == "done" else Failed)(hand.number, hand.unit, value))
                    hand.unit = None
        except (EOFError, OSError):  # it died while it spoke
            return events
        return events

    def _ended(self, hand: _Hand[ResultT]) -> list[Event[ResultT]]:
        self._hands.pop(hand.number)
        hand.process.join()
        hand.pipe.close()
        if hand.unit is None:
            return []
        return [Lost(hand.number, hand.unit, hand.process.pid or 0, _how(hand.process.exitcode))]

    def _dismiss(self, hand: _Hand[ResultT]) -> None:
        try:
            hand.pipe.send(None)
        except OSError:
            hand.process.terminate()


def _how(code: int | None) -> str:
    """Return in words how a process ended."""
    if code is None or code >= 0:
        return f"it ended with code {code}"
    name = signal.Signals(-code).name
    return f"killed by {name}" + ("; out of memory?" if name == "SIGKILL" else "")


def _share_out(workers: int, threads: int) -> list[frozenset[int]]:
    """Return the cores of each worker; an empty set stands for all, where there are not fewer or none can be chosen."""
    if sys.platform != "linux":
        return [frozenset[int]()] * workers
    cores = sorted(os.sched_getaffinity(0))
    if threads >= len(cores):
        return [frozenset[int]()] * workers
    return [
        frozenset(cores[(number * threads + one) % len(cores)] for one in range(threads)) for number in range(workers)
    ]
