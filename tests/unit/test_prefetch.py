"""A thread between two stages: order, errors in their place, and nothing left over when the consumer stops."""

import threading
import time
from collections.abc import Iterator

import pytest

from faceerase.streamer.prefetch import prefetch


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "faceerase-prefetch"]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    assert not threads()
    yield
    assert not threads()


class Counting:
    """Numbers from 0, how far they got, and whether they were closed."""

    def __init__(self, count: int, fail_at: int | None = None) -> None:
        self.made = 0
        self.closed = False
        self._count = count
        self._fail_at = fail_at

    def numbers(self) -> Iterator[int]:
        try:
            for number in range(self._count):
                if number == self._fail_at:
                    raise ValueError(f"no {number}")
                self.made = number + 1
                yield number
        finally:
            self.closed = True


@pytest.mark.parametrize("depth", [1, 2, 16, 1000])
def test_everything_comes_out_in_order(depth: int) -> None:
    assert list(prefetch(range(200), depth)) == list(range(200))


def test_nothing_comes_out_of_nothing() -> None:
    assert list(prefetch([], 3)) == []


def test_none_is_an_item_like_any_other() -> None:
    assert list(prefetch([None, 0, None], 1)) == [None, 0, None]


def test_the_work_is_done_in_another_thread() -> None:
    def names() -> Iterator[str]:
        yield threading.current_thread().name

    assert list(prefetch(names(), 1)) == ["faceerase-prefetch"]


def test_an_error_is_raised_in_its_place() -> None:
    source = Counting(10, fail_at=3)
    items = prefetch(source.numbers(), 2)
    assert [next(items), next(items), next(items)] == [0, 1, 2]
    with pytest.raises(ValueError, match="no 3"):
        next(items)
    assert source.closed


def test_even_what_is_no_exception_is_handed_on() -> None:
    class Stop(BaseException):
        pass

    def stopping() -> Iterator[int]:
        yield 1
        raise Stop

    items = prefetch(stopping(), 4)
    assert next(items) == 1
    with pytest.raises(Stop):
        next(items)


def test_the_worker_runs_no_further_ahead_than_it_may() -> None:
    source = Counting(1000)
    items = prefetch(source.numbers(), 3)
    assert next(items) == 0
    time.sleep(0.3)
    # One was taken, three wait, and one is in the worker's hand.
    assert source.made <= 5
    items.close()


@pytest.mark.parametrize("taken", [1, 5])
def test_stopping_early_stops_the_worker_and_closes_its_source(taken: int) -> None:
    source = Counting(10_000)
    items = prefetch(source.numbers(), 2)
    for _ in range(taken):
        next(items)
    assert threads()
    items.close()
    assert not threads()
    assert source.closed
    assert source.made < 100


def test_an_error_in_the_consumer_stops_the_worker() -> None:
    source = Counting(10_000)

    def consume() -> None:
        for number in prefetch(source.numbers(), 2):
            if number == 4:
                raise RuntimeError("the consumer's own")

    with pytest.raises(RuntimeError, match="the consumer's own"):
        consume()
    assert source.closed


def test_stopping_goes_through_a_whole_chain() -> None:
    source = Counting(10_000)

    def doubled(items: Iterator[int]) -> Iterator[int]:
        for item in items:
            yield 2 * item

    chain = prefetch(doubled(prefetch(doubled(prefetch(source.numbers(), 2)), 2)), 2)
    assert [next(chain), next(chain)] == [0, 4]
    chain.close()
    assert source.closed


def test_a_chain_that_was_never_started_starts_no_thread() -> None:
    source = Counting(3)
    prefetch(source.numbers(), 2).close()
    assert source.made == 0
