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
from faceerase.errors import DataError, ExportError, ModelContractError, ModelError
from faceerase.export import convert
from faceerase.export.check import check_model
from faceerase.export.convert import ExportOptions, Precision, compare, contract_of, export_checkpoint, export_network
from faceerase.models.networks.registry import build_network
from faceerase.models.networks.unet import UNet, activate
from faceerase.models.tiles.drawn import drawn_tiles
from faceerase.streamer.look.engine import OnnxEngine

pytestmark = pytest.mark.train

CONFIG = TrainConfig(network=NetworkRecipe(stem=(4,), widths=(4, 8), encoder_depth=1), crops=CropRecipe(side=128))
Tiny = tuple[Any, Path]


def tiles(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (count, 128, 128), dtype=np.uint8)


def test_the_two_answers_are_the_same(tiny_onnx: Tiny) -> None:
    network, path = tiny_onnx
    parity = compare(network, path, drawn_tiles(128))
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
    monkeypatch.setitem(convert.TOLERANCE, "fp32", -1.0)
    with pytest.raises(ExportError, match=r"torch and onnxruntime differ by .* in logits.*nothing was written"):
        export_network(build_network(CONFIG.network), CONFIG, tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_another_networks_answers_are_told_apart(tiny_onnx: Tiny) -> None:
    _, path = tiny_onnx
    torch.manual_seed(9)
    other = build_network(CONFIG.network)
    torch.nn.init.normal_(other.head.weight, std=8.0)
    assert compare(other.eval(), path, drawn_tiles(128)).difference > 0.1


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


@pytest.mark.parametrize("precision", ["fp16", "fp16-stored"])
def test_half_precision_halves_the_file_and_answers_nearly_the_same(
    tiny_onnx: Tiny, tmp_path: Path, precision: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "HALVED_FROM", 10)  # the network is tiny
    network, whole = tiny_onnx
    looked_at = tiles(3)
    parity = export_network(network, CONFIG, tmp_path / "half.onnx", ExportOptions(precision=precision))
    assert 1e-6 < parity.difference < 0.1
    kinds = {
        tensor.data_type for tensor in onnx.load(tmp_path / "half.onnx").graph.initializer if len(tensor.dims) == 4
    }
    assert kinds == {onnx.TensorProto.FLOAT16}
    half = OnnxEngine(tmp_path / "half.onnx", "cpu").look(looked_at)
    assert np.abs(half - OnnxEngine(whole, "cpu").look(looked_at)).max() < 0.02


def test_small_kernels_are_stored_whole(tiny_onnx: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "HALVED_FROM", 100)
    export_network(tiny_onnx[0], CONFIG, tmp_path / "m.onnx", ExportOptions(precision="fp16-stored"))
    stored = {
        tensor.data_type: max(np.prod(other.dims) for other in kernels if other.data_type == tensor.data_type)
        for kernels in [[one for one in onnx.load(tmp_path / "m.onnx").graph.initializer if len(one.dims) == 4]]
        for tensor in kernels
    }
    assert set(stored) == {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16}
    assert stored[onnx.TensorProto.FLOAT] < 100 <= stored[onnx.TensorProto.FLOAT16]


@pytest.mark.parametrize("opset", [17, 20])
def test_the_opset_can_be_chosen(tiny_onnx: Tiny, tmp_path: Path, opset: int) -> None:
    export_network(tiny_onnx[0], CONFIG, tmp_path / "m.onnx", ExportOptions(opset=opset))
    assert onnx.load(tmp_path / "m.onnx").opset_import[0].version == opset


@pytest.mark.parametrize("opset", [3, 99])
def test_an_opset_that_cannot_be_written_is_refused(tiny_onnx: Tiny, tmp_path: Path, opset: int) -> None:
    with pytest.raises(ExportError, match="can be written"):
        export_network(tiny_onnx[0], CONFIG, tmp_path / "m.onnx", ExportOptions(opset=opset))
    assert list(tmp_path.iterdir()) == []


def test_batch_normalisation_is_folded(tiny_onnx: Tiny) -> None:
    assert "BatchNormalization" not in {node.op_type for node in onnx.load(tiny_onnx[1]).graph.node}


def test_a_model_that_keeps_its_contract_passes_the_check(tiny_onnx: Tiny) -> None:
    found = check_model(tiny_onnx[1], drawn_tiles(128))
    assert 0 <= found.lowest < found.highest <= 1
    assert found.contract == OnnxEngine(tiny_onnx[1], "cpu").contract


def test_a_model_that_answers_other_than_it_promises_is_found_out(tiny_onnx: Tiny, tmp_path: Path) -> None:
    model = onnx.load(tiny_onnx[1])
    (last,) = (node for node in model.graph.node if node.op_type == "Sigmoid")
    last.op_type = "Identity"
    onnx.save(model, tmp_path / "logits.onnx")
    with pytest.raises(ExportError, match="promises probabilities"):
        check_model(tmp_path / "logits.onnx", drawn_tiles(128))


def test_a_model_that_takes_one_tile_only_is_found_out(tiny_onnx: Tiny, tmp_path: Path) -> None:
    model = onnx.load(tiny_onnx[1])
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, tmp_path / "one.onnx")
    with pytest.raises(ModelError, match="failed on 4 tiles"):
        check_model(tmp_path / "one.onnx", drawn_tiles(128))
