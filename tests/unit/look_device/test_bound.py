"""Batches on a card: the same bits, few sizes, tensors that stay, graphs, and what happens when memory is short."""

from typing import Any

import numpy as np
import pytest
from cards import FakeCardSession, FakeDevice, HostDevice

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.streamer.look.device.bound import BoundRun
from faceerase.streamer.look.device.execution import Ends, PlainRun, ends_of
from faceerase.streamer.look.device.sizes import MOST, TRIAL
from faceerase.streamer.look.providers import make_session

SIDE = 8
ENDS = Ends("tiles", "map", np.float32, np.float32)


def batch(count: int, side: int = SIDE) -> Any:
    return np.random.default_rng(count).random((count, 1, side, side), dtype=np.float32)


def bound(session: FakeCardSession, device: Any = None, size: Any = 4, captures: bool = False) -> BoundRun:
    return BoundRun(session, ENDS, SIDE, device or FakeDevice(), size, captures)


def test_the_bound_way_gives_the_bits_of_the_plain_one() -> None:
    session = make_session(SHIPPED_MODEL, "cpu", 1)
    ends = ends_of(session, session.get_inputs()[0].name, session.get_outputs()[0].name)
    plain, on_device = PlainRun(session, ends, 4), BoundRun(session, ends, 256, HostDevice(), 4, captures=False)
    for count in (1, 3, 4, 6):
        tiles = batch(count, 256)
        assert np.array_equal(on_device.run(tiles), plain.run(tiles)), count


def test_a_batch_is_filled_up_to_a_size_that_is_known() -> None:
    session = FakeCardSession()
    run = bound(session, size=6)
    for count in (1, 2, 3, 5, 6, 8):
        assert np.array_equal(run.run(batch(count)), batch(count))
    assert [tiles for tiles, _ in session.runs] == [1, 2, 4, 6, 6, 6, 2]


def test_tensors_stay_where_they_are_from_run_to_run() -> None:
    device = FakeDevice()
    run = bound(FakeCardSession(), device)
    for _ in range(5):
        run.run(batch(4))
        run.run(batch(2))
    assert len(device.tensors) == 4, "one in and one out for each of two sizes"


def test_an_answer_is_the_callers_own() -> None:
    run = bound(FakeCardSession())
    first = run.run(batch(4))
    run.run(np.zeros((4, 1, SIDE, SIDE), np.float32))
    assert np.array_equal(first, batch(4))


def test_half_precision_goes_in_and_out_where_the_network_says_so() -> None:
    device = FakeDevice()
    halves = Ends("tiles", "map", np.float16, np.float16)
    answer = BoundRun(FakeCardSession(), halves, SIDE, device, 4, captures=False).run(batch(3))
    assert {tensor.array.dtype for tensor in device.tensors} == {np.dtype(np.float16)}
    assert np.array_equal(answer, batch(3).astype(np.float16))


def test_each_size_has_a_graph_of_its_own() -> None:
    session = FakeCardSession()
    run = bound(session, captures=True)
    run.run(batch(4))
    run.run(batch(1))
    run.run(batch(4))
    assert session.runs == [(4, "1"), (1, "2"), (4, "1")]
    assert run.remarks == ()


def test_a_graph_is_not_replayed_on_tensors_that_are_gone() -> None:
    session = FakeCardSession(lambda tiles, graph: "out of memory" if tiles > 4 else None)
    run = bound(session, size=8, captures=True)
    assert np.array_equal(run.run(batch(2)), batch(2))
    assert np.array_equal(run.run(batch(7)), batch(7)), "memory was short, and every size has new tensors"
    assert np.array_equal(run.run(batch(2)), batch(2))


def test_what_cannot_be_captured_runs_without_and_says_so() -> None:
    session = FakeCardSession(lambda tiles, graph: None if graph == "-1" else "operation not permitted\nwhen capturing")
    run = bound(session, captures=True)
    assert np.array_equal(run.run(batch(2)), batch(2))
    run.run(batch(4))
    assert session.runs == [(2, "1"), (2, "-1"), (4, "-1")]
    assert run.remarks == ("the network runs without CUDA graphs (operation not permitted)",)


def test_an_error_that_has_another_reason_is_raised() -> None:
    session = FakeCardSession(lambda tiles, graph: "the card fell off the bus")
    with pytest.raises(RuntimeError, match="fell off"):
        bound(session, captures=True).run(batch(2))
    with pytest.raises(RuntimeError, match="fell off"):
        bound(session).run(batch(2))


@pytest.mark.parametrize(
    "words", ["CUDA error: out of memory", "Failed to allocate memory", "CUDNN_STATUS_ALLOC_FAILED"]
)
def test_where_memory_is_short_batches_are_halved_and_nothing_is_lost(words: str) -> None:
    session = FakeCardSession(lambda tiles, graph: words if tiles > 2 else None)
    run = bound(session, size=8)
    assert np.array_equal(run.run(batch(7)), batch(7))
    assert [tiles for tiles, _ in session.runs] == [8, 4, 2, 2, 2, 1]
    assert run.batch_size == 2
    assert run.remarks[-1] == "memory of the card is short: 2 tiles a run instead of 4"


def test_one_tile_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        bound(FakeCardSession(lambda tiles, graph: "out of memory")).run(batch(4))


@pytest.mark.parametrize(
    ("free", "found"),
    [
        ([1000, 1000 - 10 * TRIAL], 32),  # half of 1000 holds 50 of 10 bytes
        ([1000, 1000 - 1 * TRIAL], MOST),
        ([1000, 1000 - 900], 2),
        ([1000, 1000], 16),
        ([None, None], 16),
    ],
)
def test_auto_takes_what_the_memory_allows(free: list[int | None], found: int) -> None:
    session = FakeCardSession()
    run = bound(session, FakeDevice(free), size="auto")
    assert session.runs == [], "nothing runs before it is asked: graphs belong to the thread that runs them"
    assert run.batch_size == found
    assert session.runs == [(TRIAL, None)]


def test_auto_stays_below_what_did_not_fit() -> None:
    session = FakeCardSession(lambda tiles, graph: "out of memory" if tiles > 1 else None)
    run = bound(session, FakeDevice([1000, 900]), size="auto")
    assert run.batch_size == 1
    assert np.array_equal(run.run(batch(3)), batch(3))
