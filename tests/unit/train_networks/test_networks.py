"""The two networks: the seed's to the letter, and the one that a laptop can pay for."""

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn

from faceerase.configs.training import NetworkRecipe
from faceerase.models.networks.registry import Network, build_network
from faceerase.models.networks.unet import UNet, activate
from faceerase.models.networks.unet_lite import UNetLite

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def unet() -> UNet:
    torch.manual_seed(0)
    return UNet().eval()


@pytest.fixture(scope="module")
def lite() -> UNetLite:
    torch.manual_seed(0)
    return UNetLite().eval()


def parameters(network: Network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def shapes(module: nn.Module) -> list[str]:
    """The leaves of a network, in the order in which they were written down."""
    return [
        f"{type(leaf).__name__} {tuple(leaf.weight.shape)}" if hasattr(leaf, "weight") else type(leaf).__name__
        for leaf in module.modules()
        if not list(leaf.children())
    ]


def block(inputs: int, outputs: int) -> list[str]:
    return [
        f"Conv2d ({outputs}, {inputs}, 3, 3)", "ReLU", f"BatchNorm2d ({outputs},)",
        f"Conv2d ({outputs}, {outputs}, 3, 3)", "ReLU", f"BatchNorm2d ({outputs},)",
    ]  # fmt: skip


def test_the_seed_layer_by_layer(unet: UNet) -> None:
    encoder = [*block(1, 64), *block(64, 128), *block(128, 256), *block(256, 512)]
    ups = [f"ConvTranspose2d ({2 * width}, {width}, 2, 2)" for width in (512, 256, 128, 64)]
    decoder = [*block(1024, 512), *block(512, 256), *block(256, 128), *block(128, 64)]
    assert shapes(unet) == [
        "BatchNorm2d (1,)", *encoder, "MaxPool2d", *block(512, 1024), *ups, *decoder, "Conv2d (1, 64, 1, 1)",
    ]  # fmt: skip


def test_the_seeds_convolutions_keep_the_size(unet: UNet) -> None:
    for layer in unet.modules():
        if isinstance(layer, nn.Conv2d):
            assert layer.stride == (1, 1)
            assert layer.padding == ((1, 1) if layer.kernel_size == (3, 3) else (0, 0))
        if isinstance(layer, nn.ConvTranspose2d | nn.MaxPool2d):
            assert layer.stride in {2, (2, 2)}


def test_the_seed_has_31_million_parameters(unet: UNet) -> None:
    assert parameters(unet) == 31_042_371
    assert round(parameters(unet) / 1e6, 1) == 31.0


def test_the_seed_takes_raw_gray_and_answers_with_a_softmax(unet: UNet) -> None:
    assert unet.value_range == "0..255"
    assert unet.activation == "spatial-softmax"


def test_initialisation_is_he(unet: UNet) -> None:
    # He et al. 2015: variance 2 / fan-in; biases zero.
    for layer in unet.modules():
        if isinstance(layer, nn.Conv2d) and layer.weight.numel() > 10_000:
            fan_in = layer.weight[0].numel()
            assert float(layer.weight.detach().std()) == pytest.approx((2 / fan_in) ** 0.5, rel=0.02)
            assert float(layer.weight.detach().mean()) == pytest.approx(0, abs=0.05 * (2 / fan_in) ** 0.5)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            assert layer.bias is not None
            assert not layer.bias.any()


def test_skips_are_concatenated_encoder_first() -> None:
    class Seen(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            seen.append(x)
            return torch.zeros(len(x), 64, 32, 32)

    torch.manual_seed(0)
    network = UNet().eval()
    seen: list[Tensor] = []
    network.decoder[3] = Seen()
    tiles = torch.rand(1, 1, 32, 32) * 255
    with torch.inference_mode():
        network(tiles)
        first = network.encoder[0](network.normalise(tiles))
    assert torch.allclose(seen[0][:, :64], first, atol=1e-5)


@pytest.mark.parametrize("side", [32, 64])
def test_a_map_has_the_size_of_its_tile(unet: UNet, lite: UNetLite, side: int) -> None:
    tiles = torch.rand(2, 1, side, side)
    with torch.inference_mode():
        assert lite(tiles).shape == tiles.shape
        if side == 32:
            assert unet(tiles).shape == tiles.shape


def test_a_spatial_softmax_sums_to_one_over_each_tile() -> None:
    logits = torch.randn(3, 1, 16, 16) * 5
    map_ = activate(logits, "spatial-softmax")
    assert map_.shape == logits.shape
    assert torch.allclose(map_.sum(dim=(1, 2, 3)), torch.ones(3))
    assert (map_ > 0).all()
    assert torch.equal(map_.flatten(1).argmax(1), logits.flatten(1).argmax(1))


def test_a_sigmoid_is_a_probability_per_pixel() -> None:
    assert torch.equal(activate(torch.zeros(1, 1, 4, 4), "sigmoid"), torch.full((1, 1, 4, 4), 0.5))


def test_the_lite_network_is_light(lite: UNetLite) -> None:
    assert parameters(lite) < 1_050_000
    assert lite.value_range == "0..1"
    assert lite.activation == "sigmoid"


def test_the_lite_network_starts_from_one_pixel_in_twenty(lite: UNetLite) -> None:
    with torch.inference_mode():
        said = activate(lite(torch.rand(4, 1, 64, 64)), "sigmoid")
    assert float(said.mean()) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(("stem", "widths"), [((4,), (4, 8)), ((8, 16), (16, 24, 32)), ((4, 4, 4), (8,)), ((), (4, 8))])
def test_stem_and_widths_shape_the_lite_network(stem: tuple[int, ...], widths: tuple[int, ...]) -> None:
    tiles = torch.rand(1, 1, 64, 64)
    assert UNetLite(stem, widths, 1, 1)(tiles).shape == tiles.shape


@pytest.mark.parametrize("activation", ["sigmoid", "spatial-softmax"])
def test_a_recipe_names_its_network(activation: str) -> None:
    recipe = NetworkRecipe.model_validate({"widths": (8, 16), "stem": (4,), "activation": activation})
    network = build_network(recipe)
    assert isinstance(network, UNetLite)
    assert network.activation == activation
    assert network.stem[0].weight.shape == (4, 1, 3, 3)
