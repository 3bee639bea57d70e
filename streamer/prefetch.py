"""A thread between two stages of a pipeline. Knows nothing of what flows through it."""

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def prefetch(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """Yield ``items`` while a thread works up to ``depth`` of them ahead.

    The worker's error is raised here, in its place. When the consumer stops early, the worker stops too, closes
    ``items`` if that is a generator, and is joined.
    """
    waiting: queue.Queue[_Item[T] | _End] = queue.Queue(maxsize=depth)
    stopped = threading.Event()

    def put(item: _Item[T] | _End) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_POLL_SECONDS)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        error: BaseException | None = None
        try:
            source = iter(items)
            with closing(source) if isinstance(source, Generator) else nullcontext():
                for value in source:
                    if not put(_Item(value)):
                        break
        except BaseException as caught:  # handed on, never swallowed
            error = caught
        put(_End(error))

    thread = threading.Thread(target=work, name="faceerase-prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item.value
    finally:
        stopped.set()
        thread.join()
