"""Exports a network: convert, run both on real tiles, compare, stamp the contract, rename into place.

An export is not done until its answers were compared. Knows nothing of training or films.
"""

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel
from torch import Tensor, nn

from faceerase.configs.training import TrainConfig
from faceerase.contract import ModelContract, OutputKind, ThresholdRule
from faceerase.errors import ExportError
from faceerase.export.finished import finished_as, save_stamped
from faceerase.models.learning.checkpoint import averaged_network, load_checkpoint
from faceerase.models.learning.warm_start import HALF
from faceerase.models.networks.registry import Network
from faceerase.models.networks.unet import activate
from faceerase.models.tiles.drawn import drawn_tiles

OPSET = 18
OPSETS = (17, 23)
"""Lowest and highest opset that can be asked for: what the exporter writes and the runtime reads."""

INPUT, OUTPUT = "tiles", "map"

Precision = Literal["fp32", "fp16", "fp16-stored"]

TOLERANCE: dict[Precision, float] = {"fp32": 1e-4, "fp16": 0.1, "fp16-stored": 0.1}
"""Greatest difference allowed between torch and onnxruntime: in logits, or in p·N ÷ (1 + p·N) for a spatial softmax,
whose peaks reach p·N = 65,536, where float32 itself steps by 0.004. Half precision has 11 bits: steps of 0.004 from 4
to 8, added up over the layers; 0.1 in logits moves a probability by at most 0.025."""

HALVED_FROM = 40_000
"""Numbers from which ``fp16-stored`` halves a kernel. Small ones, first and last in a network, are a tenth of its size
and nearly all of what halving changes: 0.14 in logits with them, 0.002 without."""

DEFAULT_THRESHOLD: dict[OutputKind, float] = {"sigmoid": 0.75, "spatial-softmax": 4.0}
DEFAULT_RULE: dict[OutputKind, ThresholdRule] = {"sigmoid": "hysteresis", "spatial-softmax": "histogram"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What an export may be asked for.

    ``threshold`` goes into the contract, None the usual one. ``precision`` of weights and sums, or ``fp16-stored``:
    half the file, while sums stay single; tiles and maps stay float32. ``tiles``: (N, side, side) uint8 to compare the
    answers on, None: drawn ones.
    """

    threshold: float | None = None
    precision: Precision = "fp32"
    opset: int = OPSET
    tiles: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Parity:
    """The greatest difference found between torch and onnxruntime, and in which quantity."""

    difference: float
    quantity: str


class _WithMap(nn.Module):
    """The network with its last step, logits to map, inside the graph."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, tiles: Tensor) -> Tensor:
        return activate(self.network(tiles), self.network.activation)


def export_checkpoint(checkpoint: Path, target: Path, options: ExportOptions | None = None) -> Parity:
    """Export the averaged weights of a checkpoint to ``target`` and return how far the two answers differ.

    Raises:
        DataError: the checkpoint cannot be read.
        ExportError: conversion failed, or the answers differ by more than ``TOLERANCE``.
    """
    loaded = load_checkpoint(checkpoint)
    return export_network(averaged_network(loaded), loaded.config, target, options)


def export_network(network: Network, config: TrainConfig, target: Path, options: ExportOptions | None = None) -> Parity:
    """Export a network as ``export_checkpoint`` does."""
    options = options or ExportOptions()
    if not OPSETS[0] <= options.opset <= OPSETS[1]:
        raise ExportError(f"opset {options.opset}: from {OPSETS[0]} to {OPSETS[1]} can be written")
    network = network.eval()
    contract = contract_of(network, config, options.threshold)
    side, allowed = config.crops.side, TOLERANCE[options.precision]
    with finished_as(target) as partial:
        _convert(network, side, partial, options.opset)
        model = onnx.load(partial)
        if options.precision == "fp16":
            model = _halved(model)
        elif options.precision == "fp16-stored":
            _store_halved(model)
        _forget_origin(model)
        save_stamped(model, contract, partial)
        parity = compare(network, partial, drawn_tiles(side) if options.tiles is None else options.tiles)
        if not parity.difference <= allowed:
            raise ExportError(
                f"{target}: torch and onnxruntime differ by {parity.difference:.2e} in {parity.quantity}, "
                f"more than {allowed:.0e}; nothing was written"
            )
    return parity


def contract_of(network: Network, config: TrainConfig, threshold: float | None) -> ModelContract:
    """Return the contract of a network trained by a recipe."""
    activation: OutputKind = network.activation
    return ModelContract(
        name=config.network.name,
        input_name=INPUT,
        output_name=OUTPUT,
        tile_side=config.crops.side,
        value_range=network.value_range,
        gray_rule="luma-full-range",
        output=activation,
        threshold_rule=DEFAULT_RULE[activation],
        threshold=threshold if threshold is not None else DEFAULT_THRESHOLD[activation],
        min_face=config.min_face,
        training_data=config.training_data,
        licence=config.licence,
    )


def compare(network: Network, model: Path, looked_at: NDArray[np.uint8]) -> Parity:
    """Return the greatest difference between a network and an exported model on tiles (N, side, side) uint8.

    The map is taken back to logits for a sigmoid (clipped to ±12, where float32 still tells them apart), and scaled by
    the number of pixels and compared relatively for a spatial softmax.
    """
    side = looked_at.shape[-1]
    tiles = torch.from_numpy(looked_at[:, None].astype(np.float32))
    if network.value_range == "0..1":
        tiles = tiles / 255
    with torch.inference_mode():
        logits = network(tiles).numpy()
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    answer = np.asarray(session.run([OUTPUT], {INPUT: tiles.numpy()})[0], np.float64)
    if network.activation == "sigmoid":
        clipped = np.clip(answer, 1e-7, 1 - 1e-7)
        back = np.log(clipped / (1 - clipped))
        told_apart = np.abs(logits) < 6
        difference = np.abs(back - logits)[told_apart]
        return Parity(float(difference.max()) if difference.size else 0.0, "logits")
    expected = activate(torch.from_numpy(logits), network.activation).numpy() * side**2
    return Parity(float((np.abs(answer * side**2 - expected) / (1 + expected)).max()), "p·N, relative to 1 + p·N")


def _convert(network: Network, side: int, path: Path, opset: int) -> None:
    example = torch.zeros(2, 1, side, side)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # which operators of torchvision it skips is no news
    batch = torch.export.Dim("batch", min=1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter's own deprecations are not ours to mend
            torch.onnx.export(
                _WithMap(network).eval(),
                (example,),
                path,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes=({0: batch},),
                opset_version=opset,
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except Exception as error:  # torch raises many private types here
        raise ExportError(f"{path.name}: conversion failed ({error})") from error


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model in half precision, tiles and maps apart; BatchNorm was folded before, in single precision."""
    sorted_again = OnnxModel(convert_float_to_float16(model, keep_io_types=True))
    sorted_again.topological_sort()  # the converter puts its casts at the end
    return sorted_again.model


def _store_halved(model: onnx.ModelProto) -> None:
    """Keep large kernels in half precision; the runtime widens them once, when it loads the file."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < HALVED_FROM:
            continue
        name = tensor.name
        half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(onnx.numpy_helper.from_array(half, name + HALF))
        casts.append(onnx.helper.make_node("Cast", [name + HALF], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def _forget_origin(model: onnx.ModelProto) -> None:
    """Remove the exporter's stack traces: they name the files and folders of the machine that exported."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
