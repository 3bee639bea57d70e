"""Starting from weights that somebody trained before: an exported model, or the checkpoint of another run.

An exported unet-lite has its batch normalisation folded into its convolutions; here it is taken out again, so that
training goes on from the very function that was exported. The new network may be wider than the old one: its further
channels start as He initialisation made them and are not listened to at first (Chen et al. 2016, arXiv:1511.05641), so
that the answers stay what they were, and it may have residual blocks that the old one lacks. Knows nothing of the
training loop.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from faceerase.errors import ConfigError, DataError
from faceerase.models.learning.checkpoint import State, load_checkpoint
from faceerase.models.networks.registry import Network
from faceerase.models.networks.unet_lite import UNetLite

RESIDUAL = "residual."
"""How the names of the network's residual blocks begin."""

PREFIX, FOLDED, HALF = "network.", "weight_bias", ".half"
"""How the exporter names things: the network inside the exported module, the bias that folding left, and kernels that
are stored in half precision."""


def start_from(path: Path, network: Network, tiles: Tensor) -> None:
    """Give a network the weights of a file.

    Args:
        path: a checkpoint, which the network must fit, or an exported ``unet-lite`` that is nowhere wider than it.
        network: is changed in place.
        tiles: (N, 1, side, side) float32 in the network's range, to measure what batch normalisation would see.

    Raises:
        DataError: the file cannot be read.
        ConfigError: its network is another one, or one of 8 bits.
    """
    try:
        if path.suffix == ".onnx":
            if not isinstance(network, UNetLite):
                raise ConfigError(f"{path}: only unet-lite can start from an exported model; use a checkpoint")
            _unfold(network, _take_over(_read_weights(path), network), tiles)
        else:
            network.load_state_dict(load_checkpoint(path).average)
    except (KeyError, RuntimeError) as error:
        raise ConfigError(f"{path}: the weights of another network than the recipe's ({error})") from error


def _read_weights(path: Path) -> State:
    import onnx  # with the train extra, but training from scratch needs none of it
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise DataError(f"{path}: not a model file that can be read ({error})") from error
    if any(node.op_type == "DequantizeLinear" for node in graph.node):
        raise ConfigError(f"{path}: weights of 8 bits are too coarse; start from the network it was made of")
    named = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return {name.removeprefix(PREFIX).removesuffix(HALF): torch.tensor(array).float() for name, array in named.items()}


def _take_over(weights: State, network: UNetLite) -> set[nn.BatchNorm2d]:
    """Copy exported weights into a network; afterwards its answers in ``eval`` are the exported ones.

    Returns the normalisations whose work is folded into what was copied: all but those of new residual blocks, which
    say nothing yet.
    """
    left = {name for name in weights if name.endswith(".weight")}
    folded = set()
    for name, convolution, normalisation in _convolutions(network):
        if name.startswith(RESIDUAL) and f"{name}.weight" not in weights:
            continue
        left.discard(f"{name}.weight")
        # The encoder's skip and the way up come side by side: each grows on its own.
        sources = 2 if name.startswith("decoder.") and name.endswith(".0") else 1
        _grow(convolution, weights[f"{name}.weight"], sources)
        if normalisation is None:
            assert convolution.bias is not None
            _overwrite(convolution.bias, weights.get(f"{name}.bias"))
            continue
        assert normalisation.running_var is not None
        folded.add(normalisation)
        nn.init.constant_(normalisation.running_var, 1 - normalisation.eps)
        _overwrite(normalisation.bias, weights.get(f"{name}.{FOLDED}"))
    if left:
        raise RuntimeError(f"the recipe's has no {', '.join(sorted(left))}")
    return folded


def _convolutions(network: UNetLite) -> Iterator[tuple[str, nn.Conv2d | nn.ConvTranspose2d, nn.BatchNorm2d | None]]:
    modules = dict(network.named_modules())
    for name, module in modules.items():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            folder, _, number = name.rpartition(".")
            after = modules.get(f"{folder}.{int(number) + 1}") if number.isdigit() else None
            yield name, module, after if isinstance(after, nn.BatchNorm2d) else None


@torch.no_grad()
def _grow(convolution: nn.Conv2d | nn.ConvTranspose2d, old: Tensor, sources: int) -> None:
    """Put an old kernel into one that may be larger; old outputs do not listen to new inputs."""
    turned = isinstance(convolution, nn.ConvTranspose2d)  # whose kernels count inputs first
    new = convolution.weight.transpose(0, 1) if turned else convolution.weight
    old = old.transpose(0, 1) if turned else old
    fits = all(have >= want for have, want in zip(new.shape, old.shape, strict=True)) and new.shape[2:] == old.shape[2:]
    if not fits:
        raise RuntimeError(f"a layer of {tuple(old.shape)} does not fit into one of {tuple(new.shape)}")
    outputs, wide, narrow = old.shape[0], new.shape[1] // sources, old.shape[1] // sources
    new[:outputs] = 0
    for source in range(sources):
        at = source * wide
        new[:outputs, at : at + narrow] = old[:, source * narrow : (source + 1) * narrow]


@torch.no_grad()
def _overwrite(new: Tensor, old: Tensor | None) -> None:
    if old is None:  # the exporter leaves out a bias that is zero
        new.zero_()
    else:
        new[: len(old)] = old


@torch.no_grad()
def _unfold(network: UNetLite, folded: set[nn.BatchNorm2d], tiles: Tensor) -> None:
    """Let batch normalisation take over what it sees, and undo it: the same answers, now also while training."""
    seen: dict[nn.BatchNorm2d, tuple[Tensor, Tensor]] = {}
    layers = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]

    def remember(layer: nn.Module, inputs: tuple[Tensor]) -> None:
        assert isinstance(layer, nn.BatchNorm2d)
        seen[layer] = (inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3), unbiased=False))

    hooks = [layer.register_forward_pre_hook(remember) for layer in layers]
    network.eval()(tiles)
    for hook in hooks:
        hook.remove()
    for layer in layers:
        mean, variance = seen[layer]
        assert layer.running_mean is not None
        assert layer.running_var is not None
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)
        if layer not in folded:
            continue
        layer.weight.copy_((variance + layer.eps).sqrt())
        layer.bias.add_(mean)
