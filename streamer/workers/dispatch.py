"""Units to workers, as many as they can take; what was lost with a worker is tried again, but not for ever.

Knows nothing of processes, machines, or what a unit does.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator

from faceerase.streamer.workers.seam import Done, Event, Executor, Failed, Failure, Lost, ResultT, Unit

POLL_SECONDS = 0.2
WORKER_LOST = 5
"""Exit code of a film whose worker was killed: memory is the usual reason."""


def carry_out(
    units: Iterable[Unit[ResultT] | None], executor: Executor[ResultT], attempts: int = 2
) -> Iterator[Event[ResultT]]:
    """Yield what happens while units are done; each ends with ``Done`` or ``Failed``.

    Args:
        units: asked for one when a worker is free; None: there is none now, ask again later.
        executor: who does them.
        attempts: how often a unit is begun whose worker is lost each time; then it fails.
    """
    source, more = iter(units), True
    again: deque[Unit[ResultT]] = deque()
    lost: Counter[str] = Counter()
    in_hand = 0
    while True:
        while executor.free and (again or more):
            if again:
                unit: Unit[ResultT] | None = again.popleft()
            else:
                try:
                    unit = next(source)
                except StopIteration:
                    more = False
                    break
            if unit is None:
                break
            executor.submit(unit)
            in_hand += 1
        if not (in_hand or again or more):
            return
        for event in executor.events(POLL_SECONDS):
            yield event
            if isinstance(event, Lost):
                event.unit.clear(event.pid)
                lost[event.unit.name] += 1
                if lost[event.unit.name] < attempts:
                    again.append(event.unit)
                else:
                    times = f"{attempts} times in a row" if attempts > 1 else "once"
                    text = f"its worker was lost {times} ({event.how}); not tried again in this run"
                    yield Failed(event.worker, event.unit, Failure(text, WORKER_LOST, "WorkerLost"))
                in_hand -= 1
            elif isinstance(event, Done | Failed):
                in_hand -= 1
