"""What every ``MaskEngine`` promises: a finite map for each tile, in order, whatever the batch."""

from typing import Any

import numpy as np
import pytest
from cards import HostDevice

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.contract import read_contract
from faceerase.streamer.look import engine as engine_module
from faceerase.streamer.look.device.bound import BoundRun
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.seams import MaskEngine


def bound(session: Any, ends: Any, side: int, batch_size: Any) -> BoundRun:
    """Run as on a card, on the CPU provider, which knows I/O binding too."""
    return BoundRun(session, ends, side, HostDevice(), batch_size, captures=False)


@pytest.fixture(params=["fake", "bound", pytest.param("onnx", marks=pytest.mark.train)])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MaskEngine:
    if request.param == "fake":
        fake: MaskEngine = request.getfixturevalue("blob_engine")
        return fake
    if request.param == "bound":
        monkeypatch.setattr(engine_module, "execution_of", bound)
        return OnnxEngine(SHIPPED_MODEL, "cpu", threads=1, batch_size=3)
    _, path = request.getfixturevalue("tiny_onnx")
    return OnnxEngine(path, "cpu", threads=1, batch_size=3)


def tiles(engine: MaskEngine, count: int) -> Any:
    side = engine.contract.tile_side
    return np.random.default_rng(1).integers(0, 256, (count, side, side), dtype=np.uint8)


def test_its_contract_is_one_that_is_read(engine: MaskEngine) -> None:
    assert read_contract(engine.contract.to_metadata(), "engine") == engine.contract


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_there_is_a_map_for_every_tile(engine: MaskEngine, count: int) -> None:
    looked_at = tiles(engine, count)
    maps = engine.look(looked_at)
    assert maps.shape == looked_at.shape
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()


def test_a_sigmoids_map_is_a_probability(engine: MaskEngine) -> None:
    assert engine.contract.output == "sigmoid"
    maps = engine.look(tiles(engine, 2))
    assert maps.min() >= 0
    assert maps.max() <= 1


def test_order_is_kept_and_tiles_do_not_touch_each_other(engine: MaskEngine) -> None:
    looked_at = tiles(engine, 5)
    together = engine.look(looked_at)
    for number in range(5):
        alone = engine.look(looked_at[number : number + 1])[0]
        assert np.allclose(together[number], alone, atol=1e-5)
    assert np.allclose(engine.look(looked_at[::-1]), together[::-1], atol=1e-5)


def test_the_same_tiles_give_the_same_bits(engine: MaskEngine) -> None:
    looked_at = tiles(engine, 3)
    assert np.array_equal(engine.look(looked_at), engine.look(looked_at))


def test_tiles_are_left_as_they_are(engine: MaskEngine) -> None:
    looked_at = tiles(engine, 2)
    before = looked_at.copy()
    engine.look(looked_at)
    assert np.array_equal(looked_at, before)
