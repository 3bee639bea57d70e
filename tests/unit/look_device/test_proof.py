"""A card is believed where it answers as the CPU does."""

from typing import Any

import numpy as np
import pytest
from cards import HostDevice

from faceerase.configs.film import SHIPPED_WHOLE
from faceerase.errors import ProviderUnavailableError
from faceerase.streamer.look import engine as engine_module
from faceerase.streamer.look.device.bound import BoundRun
from faceerase.streamer.look.device.execution import PlainRun
from faceerase.streamer.look.device.proof import COUNTS, difference
from faceerase.streamer.look.engine import OnnxEngine


class Run:
    """An ``Execution`` that changes what it is given."""

    remarks: tuple[str, ...] = ()
    batch_size = 4

    def __init__(self, change: Any = lambda batch: batch) -> None:
        self.change = change
        self.batches: list[Any] = []

    def run(self, batch: Any) -> Any:
        self.batches.append(batch)
        return self.change(batch)


def test_equal_answers_are_no_difference() -> None:
    run = Run()
    assert difference(run, Run(), 16, 255, 1) == 0
    assert [len(batch) for batch in run.batches] == list(COUNTS)
    assert all(100 < batch.max() <= 255 and batch.min() >= 0 for batch in run.batches)


def test_the_worst_pixel_counts() -> None:
    def one_pixel(batch: Any) -> Any:
        changed = batch.copy()
        changed[0, 0, 3, 4] += 0.25
        return changed

    assert difference(Run(one_pixel), Run(), 16, 1, 1) == pytest.approx(0.25, abs=1e-6)


def test_large_values_of_a_softmax_count_by_their_share() -> None:
    assert difference(Run(lambda batch: batch * 1.01), Run(), 16, 1, 1000) == pytest.approx(0.01, abs=1e-4)


def test_what_is_no_number_is_infinitely_wrong() -> None:
    assert difference(Run(lambda batch: batch * np.nan), Run(), 16, 1, 1) == np.inf


def test_an_answer_that_never_changes_is_found_out() -> None:
    """As a graph would give it that replays on tensors that are gone."""
    first: list[Any] = []

    def stale(batch: Any) -> Any:
        first.append(batch)
        return np.resize(first[0], batch.shape)

    assert difference(Run(stale), Run(), 16, 1, 1) > 0.05


def bound(session: Any, ends: Any, side: int, batch_size: Any) -> Any:
    return BoundRun(session, ends, side, HostDevice(), 4, captures=False)


@pytest.fixture
def on_card(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes sessions count as CUDA's, the first execution being the one given."""

    def use(execution: Any) -> None:
        names = iter(["cuda", "cuda", "cuda"])
        made = [execution]
        plain = engine_module.execution_of
        monkeypatch.setattr(engine_module, "execution_of", lambda *asked: made.pop()(*asked) if made else plain(*asked))
        monkeypatch.setattr(engine_module, "provider_name", lambda session: next(names, "cpu"))
        make = engine_module.make_session
        monkeypatch.setattr(engine_module, "make_session", lambda model, *asked: make(model, "cpu", 1))

    return use


def test_a_card_that_answers_rightly_is_taken(on_card: Any) -> None:
    on_card(bound)
    engine = OnnxEngine(SHIPPED_WHOLE, "cuda")
    assert isinstance(engine._execution, BoundRun)
    assert engine.remarks == ()


def black(*asked: Any) -> Any:
    return Run(np.zeros_like)


def broken(*asked: Any) -> Any:
    def fail(batch: Any) -> Any:
        raise RuntimeError("no kernel image is available\n  in file such")

    return Run(fail)


@pytest.mark.parametrize(
    ("execution", "fault"),
    [(black, "the maps of cuda differ from the CPU's by "), (broken, "cuda failed (no kernel image is available)")],
)
def test_a_card_that_answers_wrongly_is_refused_or_replaced(on_card: Any, execution: Any, fault: str) -> None:
    on_card(execution)
    with pytest.raises(ProviderUnavailableError) as caught:
        OnnxEngine(SHIPPED_WHOLE, "cuda")
    assert str(caught.value).startswith(fault)
    assert str(caught.value).endswith("or run with --provider cpu")


@pytest.mark.parametrize("execution", [black, broken])
def test_auto_goes_on_with_the_cpu_and_says_so(on_card: Any, execution: Any) -> None:
    on_card(execution)
    engine = OnnxEngine(SHIPPED_WHOLE, "auto")
    assert isinstance(engine._execution, PlainRun)
    assert engine.remarks[0].startswith("the network runs on the CPU: ")
    assert engine.look(np.zeros((1, 256, 256), np.uint8)).shape == (1, 256, 256)
