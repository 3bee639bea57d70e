"""A farm in events: workers that ask a driver for segments, read, compute and write them over one storage, and joins.

A worker, the driver's dispatch, the driver's join and the storage are each a queue of one server that takes what comes
first. (A storage that serves all at once has the same throughput and the same end.) Knows nothing of what was measured.
"""

import heapq
from dataclasses import dataclass
from typing import Literal

Resource = Literal["workers", "dispatch", "storage", "join"]


@dataclass(frozen=True, slots=True)
class Footage:
    """Films of one length, cut into segments of one length.

    Attributes:
        films: how many.
        segments: of each.
        compute: seconds of one worker for a segment.
        read: bytes for a segment, its margins included.
        written: bytes of a segment's result.
    """

    films: int
    segments: int
    compute: float
    read: float
    written: float


@dataclass(frozen=True, slots=True)
class Farm:
    """Machines.

    Attributes:
        workers: cores that compute.
        dispatch: seconds of the driver for each segment.
        join: seconds of the driver for each segment of a film that it joins.
        storage: bytes a second of all reading and writing.
        link: bytes a second of one worker.
        driver_link: bytes a second of the driver.
        start: seconds until a worker has loaded its network.
    """

    workers: int
    dispatch: float
    join: float
    storage: float
    link: float
    driver_link: float
    start: float


@dataclass(frozen=True, slots=True)
class Run:
    """How it went: seconds in all, and the share of them in which each resource was busy."""

    seconds: float
    busy: dict[Resource, float]

    @property
    def bottleneck(self) -> Resource:
        """What was busy most."""
        return max(self.busy, key=lambda name: self.busy[name])


class _Queue:
    """One server; what is asked of it is done in the order of asking."""

    def __init__(self) -> None:
        self.free = self.busy = 0.0

    def serve(self, now: float, seconds: float) -> float:
        """Return when something that is asked for now, and takes so long, is done."""
        self.free = max(now, self.free) + seconds
        self.busy += seconds
        return self.free


def full_at(footage: Footage, farm: Farm) -> dict[Resource, float]:
    """Return with how many workers each resource has as much to do as it can."""
    size = footage.written
    per_segment: dict[Resource, float] = {
        "dispatch": farm.dispatch,
        "storage": (footage.read + 3 * size) / farm.storage,  # written, read by the join, written again
        "join": max(farm.join, 2 * size / farm.driver_link),
    }
    worker = footage.compute + (footage.read + size) / farm.link
    return {name: worker / seconds for name, seconds in per_segment.items()}


def simulate(footage: Footage, farm: Farm) -> Run:
    """Return how a farm gets through footage; segments are given out film by film."""
    total = footage.films * footage.segments
    dispatch, storage, join = _Queue(), _Queue(), _Queue()
    left = [footage.segments] * footage.films
    given, computing, end = 0, 0.0, 0.0
    # (time, order, step, worker's segment); steps: 0 ask, 1 read, 2 computed, 3 written, 4 join a film
    events = [(farm.start, number, 0, -1) for number in range(min(farm.workers, total))]
    order = len(events)
    heapq.heapify(events)
    while events:
        now, _, step, segment = heapq.heappop(events)
        end = max(end, now)
        order += 1
        if step == 0 and given < total:
            done = dispatch.serve(now, farm.dispatch)
            heapq.heappush(events, (done, order, 1, given))
            given += 1
        elif step == 1:
            read = max(storage.serve(now, footage.read / farm.storage), now + footage.read / farm.link)
            computing += footage.compute
            heapq.heappush(events, (read + footage.compute, order, 2, segment))
        elif step == 2:
            written = max(storage.serve(now, footage.written / farm.storage), now + footage.written / farm.link)
            heapq.heappush(events, (written, order, 3, segment))
        elif step == 3:
            film = segment // footage.segments
            left[film] -= 1
            if not left[film]:
                size = footage.written * footage.segments
                moved = storage.serve(now, 2 * size / farm.storage)
                joined = join.serve(now, max(footage.segments * farm.join, 2 * size / farm.driver_link))
                heapq.heappush(events, (max(moved, joined), order, 4, segment))
            order += 1
            heapq.heappush(events, (now, order, 0, -1))
    busy: dict[Resource, float] = {
        "workers": computing / (farm.workers * end),
        "dispatch": dispatch.busy / end,
        "storage": storage.busy / end,
        "join": join.busy / end,
    }
    return Run(end, busy)
