"""Training that goes on from weights trained before: the same answers at first, also in a wider network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")

from torch import Tensor, nn

from faceerase.configs.training import CropRecipe, NetworkRecipe, TrainConfig
from faceerase.errors import ConfigError, DataError
from faceerase.export.convert import export_network
from faceerase.models.learning.checkpoint import Checkpoint, save_checkpoint
from faceerase.models.learning.warm_start import start_from
from faceerase.models.networks.registry import Network, build_network

pytestmark = pytest.mark.train

SHAPE: dict[str, Any] = {"stem": (4,), "widths": (4, 8), "encoder_depth": 2}
WIDER = [
    {"stem": (6,)},
    {"widths": (6, 8)},
    {"widths": (4, 12)},
    {"stem": (7,), "widths": (9, 20)},
    {"residual": (0, 2)},
    {"residual": (1, 1), "widths": (6, 12)},
]
Trained = tuple[Network, Path]


def build(**changes: Any) -> Network:
    return build_network(NetworkRecipe(**{**SHAPE, **changes}))


def settle(network: Network) -> None:
    """Give a network the statistics, gains and biases of one that was trained for a while."""
    torch.manual_seed(5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
        if getattr(module, "bias", None) is not None:
            nn.init.normal_(module.bias, std=0.2)
    nn.init.normal_(network.head.weight, std=0.5)
    network.train()
    with torch.no_grad():
        for _ in range(20):
            network(torch.rand(4, 1, 128, 128) ** 2)
    network.eval()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A network, as it is run, and its export."""
    torch.manual_seed(1)
    network = build()
    settle(network)
    path = tmp_path_factory.mktemp("onnx") / "trained.onnx"
    config = TrainConfig(network=NetworkRecipe(**SHAPE), crops=CropRecipe(side=128), licence="a test's")
    export_network(network, config, path)
    return network, path


@pytest.fixture
def tiles() -> Tensor:
    torch.manual_seed(9)
    return torch.rand(6, 1, 128, 128)


@torch.no_grad()
def answers(network: Network, tiles: Tensor, training: bool) -> Tensor:
    return network.train(training)(tiles)


def assert_same(one: Tensor, other: Tensor) -> None:
    scale = float(other.std())
    assert scale > 0.05
    assert torch.allclose(one, other, atol=1e-3 * scale, rtol=1e-3)


@pytest.mark.parametrize("training", [False, True])
def test_the_answers_are_those_of_the_exported_network(trained: Trained, tiles: Tensor, training: bool) -> None:
    network = build()
    start_from(trained[1], network, tiles)
    assert_same(answers(network, tiles, training), answers(trained[0], tiles, training=False))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("changes", WIDER)
def test_a_wider_network_answers_alike(
    trained: Trained, tiles: Tensor, changes: dict[str, Any], training: bool
) -> None:
    torch.manual_seed(3)
    network = build(**changes)
    start_from(trained[1], network, tiles)
    assert_same(answers(network, tiles, training), answers(trained[0], tiles, training=False))


@pytest.mark.parametrize("changes", [{}, *WIDER])
def test_it_answers_alike_on_other_tiles_too(trained: Trained, tiles: Tensor, changes: dict[str, Any]) -> None:
    network = build(**changes)
    start_from(trained[1], network, tiles)
    others = torch.rand(3, 1, 64, 64) * 0.5
    assert_same(answers(network, others, training=False), answers(trained[0], others, training=False))


def test_a_network_that_was_hardly_trained_is_a_start_too(tiny_onnx: tuple[Any, Path], tiles: Tensor) -> None:
    # Its biases are zero, and the exporter leaves those out.
    old, path = tiny_onnx
    network = build(encoder_depth=1)
    start_from(path, network, tiles)
    for training in (False, True):
        assert_same(answers(network, tiles, training), answers(old, tiles, training=False))


def test_new_channels_are_alive_and_can_be_learned(trained: Trained, tiles: Tensor) -> None:
    network = build(stem=(7,), widths=(9, 20))
    start_from(trained[1], network, tiles)
    network.train()(tiles).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert torch.isfinite(parameter.grad).all(), name
    listens = network.encoder[0][0].weight.grad[:4, 4:]  # of old outputs to new inputs
    assert listens.abs().max() > 0
    assert network.encoder[0][0].weight[4:].abs().max() > 0


def test_learning_goes_on_from_there(trained: Trained, tiles: Tensor) -> None:
    network = build(widths=(6, 10))
    start_from(trained[1], network, tiles)
    before = answers(network, tiles, training=True)
    optimiser = torch.optim.SGD(network.parameters(), 1e-3)
    for _ in range(3):
        optimiser.zero_grad()
        (network.train()(tiles) - before - 0.3).square().mean().backward()
        optimiser.step()
    after = answers(network, tiles, training=True)
    assert torch.isfinite(after).all()
    assert 0 < float((after - before).abs().mean()) < float(before.std())


@pytest.mark.parametrize(
    "changes",
    [
        {"stem": (3,)},
        {"widths": (3, 8)},
        {"widths": (4, 7)},
        {"stem": (8,), "widths": (4, 6)},
        {"widths": (4,)},
        {"widths": (4, 8, 8)},
        {"encoder_depth": 1},
        {"encoder_depth": 3},
        {"decoder_depth": 2},
        {"stem": (4, 4)},
    ],
)
def test_a_narrower_or_another_network_is_refused(trained: Trained, tiles: Tensor, changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"trained\.onnx: the weights of another network"):
        start_from(trained[1], build(**changes), tiles)


def test_residual_blocks_of_the_file_are_taken_over_and_not_left_out(tiles: Tensor, tmp_path: Path) -> None:
    torch.manual_seed(2)
    old = build(residual=(0, 1))
    settle(old)
    path = tmp_path / "deep.onnx"
    export_network(old, TrainConfig(network=NetworkRecipe(**SHAPE, residual=(0, 1))), path)
    deeper = build(residual=(1, 2))
    start_from(path, deeper, tiles)
    assert_same(answers(deeper, tiles, training=False), answers(old, tiles, training=False))
    with pytest.raises(ConfigError, match="the recipe's has no residual"):
        start_from(path, build(), tiles)


def test_only_the_lite_network_starts_from_an_exported_model(trained: Trained, tiles: Tensor) -> None:
    with pytest.raises(ConfigError, match="only unet-lite"):
        start_from(trained[1], build_network(NetworkRecipe(name="unet")), tiles)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[[Network, Network], Path]:
    """``checkpoint(weights, average)``: the last checkpoint of a run."""

    def save(weights: Network, average: Network) -> Path:
        config = TrainConfig(network=NetworkRecipe(**SHAPE))
        path = tmp_path / "last.pt"
        save_checkpoint(path, Checkpoint(config, 96, weights.state_dict(), average.state_dict(), {}, 0.5))
        return path

    return save


def test_a_checkpoint_gives_its_averaged_weights(
    trained: Trained, tiles: Tensor, checkpoint: Callable[[Network, Network], Path]
) -> None:
    network = build()
    start_from(checkpoint(build(), trained[0]), network, tiles)
    assert all(torch.equal(network.state_dict()[name], value) for name, value in trained[0].state_dict().items())
    assert torch.equal(answers(network, tiles, training=False), answers(trained[0], tiles, training=False))


def test_a_checkpoint_fits_no_wider_network(tiles: Tensor, checkpoint: Callable[[Network, Network], Path]) -> None:
    with pytest.raises(ConfigError, match=r"last\.pt: the weights of another network"):
        start_from(checkpoint(build(), build()), build(widths=(4, 12)), tiles)


@pytest.mark.parametrize("name", ["notes.onnx", "notes.pt"])
def test_a_text_is_no_weights(tmp_path: Path, tiles: Tensor, name: str) -> None:
    path = tmp_path / name
    path.write_text("weights: none\n")
    with pytest.raises(DataError, match=path.name.replace(".", r"\.")):
        start_from(path, build(), tiles)


@pytest.mark.parametrize("name", ["none.onnx", "none.pt"])
def test_a_missing_file_is_refused_by_name(tmp_path: Path, tiles: Tensor, name: str) -> None:
    with pytest.raises(DataError, match=name.replace(".", r"\.")):
        start_from(tmp_path / name, build(), tiles)


def test_a_model_of_something_else_is_refused(tmp_path: Path, tiles: Tensor) -> None:
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "other.onnx")
    with pytest.raises(ConfigError, match=r"other\.onnx: the weights of another network"):
        start_from(tmp_path / "other.onnx", build(), tiles)
