"""An 8-bit network: the same contract, nearly the same maps, integers inside, and no file where that does not hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from faceerase.configs.training import CropRecipe, NetworkRecipe, TrainConfig
from faceerase.contract import ModelContract
from faceerase.errors import ConfigError, ExportError, ModelError
from faceerase.export import int8
from faceerase.export.convert import export_network
from faceerase.export.int8 import compare_maps, export_int8
from faceerase.export.interleave import interleave_transposed
from faceerase.models.learning.warm_start import start_from
from faceerase.models.networks.registry import build_network
from faceerase.models.networks.unet_lite import Residual
from faceerase.models.tiles.drawn import drawn_tiles
from faceerase.streamer.look.engine import OnnxEngine

pytestmark = pytest.mark.train

Tiny = tuple[Any, Path]


@pytest.fixture(scope="module")
def tiny_int8(tiny_onnx: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("int8") / "tiny-int8.onnx"
    export_int8(tiny_onnx[1], path, drawn_tiles(128), drawn_tiles(128))
    return path


def tiles(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (count, 128, 128), dtype=np.uint8)


def test_its_contract_is_that_of_the_whole_network(tiny_onnx: Tiny, tiny_int8: Path) -> None:
    assert OnnxEngine(tiny_int8, "cpu").contract == OnnxEngine(tiny_onnx[1], "cpu").contract


def test_its_maps_are_nearly_those_of_the_whole_network(tiny_onnx: Tiny, tiny_int8: Path) -> None:
    whole, eight = (OnnxEngine(path, "cpu").look(drawn_tiles(128)) for path in (tiny_onnx[1], tiny_int8))
    assert 1e-5 < np.abs(whole - eight).mean() < 0.02


def test_all_but_the_first_and_last_convolution_are_integers(tiny_int8: Path) -> None:
    graph = onnx.load(tiny_int8).graph
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    made = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "DequantizeLinear"}
    kernels = [
        kinds[made.get(node.input[1], node.input[1])]
        for node in graph.node
        if node.op_type == "Conv"
    ]  # fmt: skip
    whole, eight = onnx.TensorProto.FLOAT, onnx.TensorProto.INT8
    assert kernels == [whole, *[eight] * (len(kernels) - 2), whole]
    assert "ConvTranspose" not in {node.op_type for node in graph.node}


def test_the_way_around_a_residual_block_is_added_in_integers(tmp_path: Path) -> None:
    torch.manual_seed(4)
    config = TrainConfig(
        network=NetworkRecipe(stem=(4,), widths=(4, 8), residual=(0, 1)), crops=CropRecipe(side=128), licence="a test's"
    )
    network = build_network(config.network)
    torch.nn.init.normal_(network.head.weight, std=8.0)
    for module in network.modules():
        if isinstance(module, Residual):
            torch.nn.init.ones_(module.branch[-1].weight)
    whole, eight = tmp_path / "deep.onnx", tmp_path / "deep-int8.onnx"
    export_network(network, config, whole)
    export_int8(whole, eight, drawn_tiles(128), drawn_tiles(128))
    graph = onnx.load(eight).graph
    made = {node.output[0]: node.op_type for node in graph.node}
    [added] = [node for node in graph.node if node.op_type == "Add"]
    assert [made[name] for name in added.input] == ["DequantizeLinear"] * 2


def test_weights_take_seven_bits(tiny_int8: Path) -> None:
    graph = onnx.load(tiny_int8).graph
    kernels = [onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer if len(tensor.dims) == 4]
    assert {int(np.abs(kernel.astype(int)).max()) for kernel in kernels if kernel.dtype == np.int8} == {64}


def test_batches_and_threads_change_no_bit(tiny_int8: Path) -> None:
    looked_at = tiles(5)
    together = OnnxEngine(tiny_int8, "cpu", threads=1, batch_size=5).look(looked_at)
    assert np.array_equal(OnnxEngine(tiny_int8, "cpu", threads=2, batch_size=2).look(looked_at), together)


def test_the_same_network_gives_the_same_file(tiny_onnx: Tiny, tiny_int8: Path, tmp_path: Path) -> None:
    export_int8(tiny_onnx[1], tmp_path / "again.onnx", drawn_tiles(128), drawn_tiles(128))
    assert (tmp_path / "again.onnx").read_bytes() == tiny_int8.read_bytes()


def test_nothing_is_printed_and_nothing_lies_beside_it(
    tiny_onnx: Tiny, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    export_int8(tiny_onnx[1], tmp_path / "m.onnx", drawn_tiles(128), drawn_tiles(128))
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.onnx"]
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_the_file_names_nothing_of_the_machine(tiny_int8: Path) -> None:
    content = tiny_int8.read_bytes()
    assert not any(word in content for word in (b"stack_trace", b"site-packages", b".py", str(Path.home()).encode()))


def test_maps_that_differ_too_much_leave_the_earlier_file(
    tiny_onnx: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8, "TOLERANCE", -1.0)
    target = tmp_path / "m.onnx"
    target.write_bytes(b"earlier")
    with pytest.raises(ExportError, match=r"differs from tiny\.onnx by .* on average.*nothing was written"):
        export_int8(tiny_onnx[1], target, drawn_tiles(128), drawn_tiles(128))
    assert target.read_bytes() == b"earlier"
    assert [entry.name for entry in tmp_path.iterdir()] == ["m.onnx"]


def test_tiles_without_a_face_prove_nothing(tiny_onnx: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "SEEN", 2.0)
    with pytest.raises(ExportError, match="sees no face in the tiles to compare on"):
        export_int8(tiny_onnx[1], tmp_path / "m.onnx", drawn_tiles(128), drawn_tiles(128))
    assert list(tmp_path.iterdir()) == []


def test_an_8_bit_network_is_not_made_one_again(tiny_int8: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is an 8-bit network already"):
        export_int8(tiny_int8, tmp_path / "m.onnx", drawn_tiles(128), drawn_tiles(128))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx: no such model file"):
        export_int8(tmp_path / "none.onnx", tmp_path / "m.onnx", drawn_tiles(128), drawn_tiles(128))


def test_training_does_not_go_on_from_8_bits(tiny_onnx: Tiny, tiny_int8: Path) -> None:
    import torch

    with pytest.raises(ConfigError, match=r"tiny-int8\.onnx: weights of 8 bits.*start from the network it was made of"):
        start_from(tiny_int8, tiny_onnx[0], torch.zeros(1, 1, 128, 128))


def test_interleaving_changes_no_answer(tiny_onnx: Tiny, tmp_path: Path) -> None:
    model = onnx.load(tiny_onnx[1])
    interleave_transposed(model)
    onnx.save(model, tmp_path / "m.onnx")
    assert "ConvTranspose" not in {node.op_type for node in model.graph.node}
    whole, interleaved = (OnnxEngine(path, "cpu").look(tiles(3)) for path in (tiny_onnx[1], tmp_path / "m.onnx"))
    assert np.abs(whole - interleaved).max() < 1e-5


def test_differences_count_where_a_face_is_seen(make_contract: Callable[..., ModelContract]) -> None:
    one, other = np.zeros((2, 1, 4, 4), np.float32)
    one[0, :2], other[0, 1:3] = 0.5, 0.6
    found = compare_maps(one, other, make_contract())
    assert found.pixels == 12
    assert found.difference == pytest.approx((0.5 + 0.1 + 0.6) / 3)
    nothing = compare_maps(one * 0, other * 0, make_contract())
    assert (nothing.pixels, nothing.difference) == (0, 0)


def test_differences_of_a_spatial_softmax_are_bounded(make_contract: Callable[..., ModelContract]) -> None:
    contract = make_contract(output="spatial-softmax", threshold=4.0)
    peak, half = np.full((1, 2, 2), 65_536, np.float32), np.ones((1, 2, 2), np.float32)
    assert compare_maps(peak, half, contract).difference == pytest.approx(0.5, abs=1e-4)
