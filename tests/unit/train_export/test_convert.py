"""Export: done when the answers were compared, and not before."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from faceerase.configs.training import CropRecipe, NetworkRecipe, TrainConfig
from faceerase.contract import METADATA_KEY, read_contract
from faceerase.errors import DataError, ExportError, ModelContractError
from faceerase.export import convert
from faceerase.export.convert import compare, contract_of, export_checkpoint, export_network
from faceerase.models.registry import build_network
from faceerase.models.unet import UNet, activate
from faceerase.streamer.look.engine import OnnxEngine

pytestmark = pytest.mark.train

CONFIG = TrainConfig(network=NetworkRecipe(stem=(4,), widths=(4, 8), encoder_depth=1), crops=CropRecipe(side=128))
Tiny = tuple[Any, Path]


def tiles(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (count, 128, 128), dtype=np.uint8)


def test_the_two_answers_are_the_same(tiny_onnx: Tiny) -> None:
    network, path = tiny_onnx
    parity = compare(network, path, 128)
    assert parity.quantity == "logits"
    assert parity.difference < 1e-4


def test_the_contract_in_the_file_is_the_recipes(tiny_onnx: Tiny) -> None:
    network, path = tiny_onnx
    metadata = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    contract = read_contract(metadata, path.name)
    assert contract == OnnxEngine(path, "cpu").contract
    assert (contract.name, contract.tile_side, contract.output) == ("unet-lite", 128, "sigmoid")
    assert (contract.value_range, contract.min_face, contract.licence) == ("0..1", CONFIG.min_face, "a test's")
    assert contract == contract_of(network, CONFIG.model_copy(update={"licence": "a test's"}), None)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_engine_answers_as_torch_does(tiny_onnx: Tiny, count: int) -> None:
    network, path = tiny_onnx
    looked_at = tiles(count)
    with torch.inference_mode():
        logits = network(torch.from_numpy(looked_at[:, None]).float() / 255)
    expected = activate(logits, "sigmoid")[:, 0].numpy()
    assert expected.std() > 0.02, "a map that says nothing would prove nothing"
    answer = OnnxEngine(path, "cpu", threads=1, batch_size=2).look(looked_at)
    assert np.abs(answer - expected).max() < 1e-5


def test_the_file_is_one_file_under_its_name(tiny_onnx: Tiny) -> None:
    _, path = tiny_onnx
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_answers_that_differ_too_much_leave_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "TOLERANCE", -1.0)
    with pytest.raises(ExportError, match=r"torch and onnxruntime differ by .* in logits.*nothing was written"):
        export_network(build_network(CONFIG.network), CONFIG, tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_another_networks_answers_are_told_apart(tiny_onnx: Tiny) -> None:
    _, path = tiny_onnx
    torch.manual_seed(9)
    other = build_network(CONFIG.network)
    torch.nn.init.normal_(other.head.weight, std=8.0)
    assert compare(other.eval(), path, 128).difference > 0.1


def test_an_earlier_export_is_kept_when_the_next_one_fails(
    tmp_path: Path, tiny_onnx: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "m.onnx"
    target.write_bytes(tiny_onnx[1].read_bytes())

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(torch.onnx, "export", fail)
    with pytest.raises(ExportError, match="conversion failed"):
        export_network(build_network(CONFIG.network), CONFIG, target)
    assert target.read_bytes() == tiny_onnx[1].read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.onnx"]


def test_a_model_whose_contract_was_removed_is_refused(tmp_path: Path, tiny_onnx: Tiny) -> None:
    model = onnx.load(tiny_onnx[1])
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "bare.onnx")
    with pytest.raises(ModelContractError, match="no faceerase contract"):
        OnnxEngine(tmp_path / "bare.onnx", "cpu")


def test_a_missing_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.pt"):
        export_checkpoint(tmp_path / "none.pt", tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_the_seeds_contract_is_one_that_is_read() -> None:
    config = TrainConfig.model_validate({"network": {"name": "unet", "activation": "spatial-softmax"}})
    contract = contract_of(UNet("spatial-softmax"), config, None)
    assert (contract.output, contract.value_range, contract.threshold_rule) == (
        "spatial-softmax", "0..255", "histogram",
    )  # fmt: skip
    assert read_contract(contract.to_metadata(), "unet.onnx") == contract


def test_a_threshold_can_be_chosen() -> None:
    network = build_network(CONFIG.network)
    contract = contract_of(network, CONFIG, 0.3)
    assert contract.threshold == 0.3
    assert METADATA_KEY in contract.to_metadata()


def test_the_file_names_nothing_of_the_machine(tiny_onnx: Tiny) -> None:
    _, path = tiny_onnx
    content = path.read_bytes()
    assert not any(word in content for word in (b"stack_trace", b"site-packages", b".py", str(Path.home()).encode()))
