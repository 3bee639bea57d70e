"""The network behind onnxruntime: what is no model is refused in one line, and nothing is assumed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL, SHIPPED_WHOLE
from faceerase.contract import METADATA_KEY
from faceerase.errors import ModelContractError, ModelError, ProviderUnavailableError
from faceerase.streamer.look import engine as engine_module
from faceerase.streamer.look import providers
from faceerase.streamer.look.engine import OnnxEngine


class FakeSession:
    """A session that answers with what it was given, changed by ``answer``."""

    def __init__(self, metadata: dict[str, str], answer: Any = lambda batch: batch) -> None:
        self.metadata = metadata
        self.answer = answer
        self.batches: list[int] = []

    def get_modelmeta(self) -> Any:
        return type("Meta", (), {"custom_metadata_map": self.metadata})

    def get_inputs(self) -> list[Any]:
        return [type("Tensor", (), {"name": "tiles", "type": "tensor(float)"})]

    def get_outputs(self) -> list[Any]:
        return [type("Tensor", (), {"name": "map", "type": "tensor(float)"})]

    def get_providers(self) -> list[str]:
        return ["CPUExecutionProvider"]

    def run(self, names: list[str], feed: dict[str, Any]) -> list[Any]:
        assert names == ["map"]
        self.batches.append(len(feed["tiles"]))
        return [self.answer(feed["tiles"])]


def open_fake(session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int = 4) -> OnnxEngine:
    model = tmp_path / "fake.onnx"
    model.touch()
    monkeypatch.setattr(engine_module, "make_session", lambda *args: session)
    return OnnxEngine(model, "cpu", batch_size=batch_size)


def tiles(count: int, side: int = 16) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side), dtype=np.uint8)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: no such model file"):
        OnnxEngine(tmp_path / "none.onnx", "cpu")


@pytest.mark.parametrize("content", [b"", b"no model", bytes(range(256)) * 4])
def test_what_is_no_model_is_one_line(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "no.onnx"
    model.write_bytes(content)
    with pytest.raises(ModelError, match=r"no\.onnx: not a model that onnxruntime can load") as caught:
        OnnxEngine(model, "cpu")
    assert "\n" not in str(caught.value)


def test_cuda_without_a_driver_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_has_driver", lambda: False)
    model = tmp_path / "m.onnx"
    model.touch()
    with pytest.raises(ProviderUnavailableError, match="--provider cpu"):
        OnnxEngine(model, "cuda")


@pytest.mark.parametrize(("model", "runs"), [(SHIPPED_MODEL, SHIPPED_WHOLE), (Path("my.onnx"), Path("my.onnx"))])
def test_a_card_runs_the_shipped_network_in_single_precision(
    model: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []

    def try_cuda(model: Path, threads: int) -> Any:
        tried.append(model)
        return FakeSession({})

    monkeypatch.setattr(providers.ort, "get_available_providers", lambda: [providers.CUDA, providers.CPU])
    monkeypatch.setattr(providers, "_has_driver", lambda: True)
    monkeypatch.setattr(providers, "_try_cuda", try_cuda)
    assert isinstance(providers.make_session(model, "cuda", 1), FakeSession)
    assert tried == [runs]


def test_a_model_without_a_contract_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelContractError, match=r"fake\.onnx: no faceerase contract"):
        open_fake(FakeSession({}), tmp_path, monkeypatch)


@pytest.mark.parametrize("entry", ["input_name", "output_name"])
def test_a_contract_that_names_no_tensor_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any, entry: str
) -> None:
    session = FakeSession(make_contract(**{entry: "other"}).to_metadata())
    with pytest.raises(ModelContractError, match="contract names tensor 'other'"):
        open_fake(session, tmp_path, monkeypatch)


@pytest.mark.parametrize(("value_range", "white"), [("0..1", 1.0), ("0..255", 255.0)])
def test_gray_values_go_in_as_the_contract_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any, value_range: str, white: float
) -> None:
    session = FakeSession(make_contract(value_range=value_range, tile_side=16).to_metadata())
    maps = open_fake(session, tmp_path, monkeypatch).look(np.full((1, 16, 16), 255, np.uint8))
    assert np.allclose(maps, white)


def test_a_spatial_softmax_comes_out_times_the_number_of_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any
) -> None:
    contract = make_contract(output="spatial-softmax", tile_side=16)
    session = FakeSession(contract.to_metadata(), lambda batch: np.full_like(batch, 1 / 256))
    assert np.allclose(open_fake(session, tmp_path, monkeypatch).look(tiles(3)), 1)


def test_batches_are_no_larger_than_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any
) -> None:
    session = FakeSession(make_contract(tile_side=16).to_metadata())
    looked_at = tiles(11)
    maps = open_fake(session, tmp_path, monkeypatch).look(looked_at)
    assert session.batches == [4, 4, 3]
    assert np.allclose(maps, looked_at / 255, atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any, value: float
) -> None:
    session = FakeSession(make_contract(tile_side=16).to_metadata(), lambda batch: np.full_like(batch, value))
    with pytest.raises(ModelError, match="not finite"):
        open_fake(session, tmp_path, monkeypatch).look(tiles(1))


def test_an_answer_of_another_shape_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any
) -> None:
    session = FakeSession(make_contract(tile_side=16).to_metadata(), lambda batch: batch[:, :, ::2, ::2])
    with pytest.raises(ModelContractError, match="the network answered"):
        open_fake(session, tmp_path, monkeypatch).look(tiles(1))


def test_a_network_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any) -> None:
    def fail(batch: Any) -> Any:
        raise RuntimeError("no kernel\n  at line 3")

    session = FakeSession(make_contract(tile_side=16).to_metadata(), fail)
    with pytest.raises(ModelError, match="the network failed on 2 tiles: no kernel") as caught:
        open_fake(session, tmp_path, monkeypatch).look(tiles(2))
    assert "\n" not in str(caught.value)


def test_memory_that_does_not_suffice_makes_smaller_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any
) -> None:
    def fail(batch: Any) -> Any:
        if len(batch) > 2:
            raise RuntimeError("Failed to allocate memory for requested buffer of size 123\n  at line 3")
        return batch

    session = FakeSession(make_contract(tile_side=16).to_metadata(), fail)
    engine = open_fake(session, tmp_path, monkeypatch, batch_size=8)
    looked_at = tiles(11)
    assert np.allclose(engine.look(looked_at), looked_at / 255, atol=1e-6)
    assert session.batches == [8, 4, 2, 2, 2, 2, 2, 1]
    assert engine.remarks == ("out of memory with 8 tiles at once: the network ran on 2 (--batch-size)",)


def test_memory_that_does_not_suffice_for_one_tile_is_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_contract: Any
) -> None:
    def fail(batch: Any) -> Any:
        raise MemoryError

    session = FakeSession(make_contract(tile_side=16).to_metadata(), fail)
    with pytest.raises(ModelError, match="out of memory with a single tile"):
        open_fake(session, tmp_path, monkeypatch).look(tiles(4))
    assert session.batches == [4, 2, 1]


def test_the_metadata_key_is_the_packages_own() -> None:
    assert METADATA_KEY == "faceerase.contract"
