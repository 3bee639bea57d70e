"""Makes an 8-bit network of an exported one, for CPUs: same contract, same answers within a bound, a third of the time.

Weights and activations become 8-bit integers in the QDQ format of ONNX; the first convolution and the last, which see
gray values and make logits, stay in single precision. Weights take 7 of their 8 bits: the multiply-add of CPUs without
VNNI saturates at two products of 8 × 8 bits, and so every CPU with AVX2 adds up the same integers (ADR 27). Needs onnx,
not torch. Knows nothing of training.
"""

from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.quant_utils import add_pre_process_metadata

from faceerase.contract import ModelContract
from faceerase.errors import ExportError
from faceerase.export.finished import finished_as, save_stamped
from faceerase.export.interleave import interleave_transposed
from faceerase.streamer.look.engine import OnnxEngine

IN_8_BITS = ("Conv", "Add", "Relu", "MaxPool", "Concat", "Transpose", "Reshape")
"""Operators that the runtime computes in 8 bits, or that only move them."""

BATCH = 32
"""Tiles whose range is taken together; the mean of these ranges is the one that counts, so that a single odd tile does
not stretch it. One tile at a time makes it too narrow (mean difference 0.0099 instead of 0.0064)."""

SEEN = 0.2
"""Probability from which a pixel is compared: nearly all others are background to both, and would hide a difference."""

TOLERANCE = 0.02
"""Greatest mean difference allowed between the maps of both networks where either sees a face. Single pixels at an
outline differ more, as they do between two frames of a film."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far an 8-bit network is from the one it was made of, on pixels in which either sees a face.

    ``difference`` is the mean in probability (p·N ÷ (1 + p·N) for a spatial softmax), ``pixels`` how many these are.
    """

    difference: float
    pixels: int


def export_int8(source: Path, target: Path, ranges: NDArray[np.uint8], compared: NDArray[np.uint8]) -> Agreement:
    """Write the 8-bit network of an exported one to ``target``.

    Args:
        source: an ONNX file with a contract, in single precision, or stored in half.
        target: may be the same.
        ranges: tiles (N, side, side) uint8 like those it will see, to measure what range its activations take.
        compared: other such tiles, to compare both networks on.

    Raises:
        ModelError: the source cannot be loaded or run.
        ModelContractError: it carries no contract, or does not keep it.
        ExportError: it is an 8-bit network already, the conversion failed, nobody sees a face in the compared tiles, or
            the answers differ by more than ``TOLERANCE``.
    """
    whole = OnnxEngine(source, "cpu")
    with finished_as(target) as partial:
        model = _load(source)
        _widen(model)
        interleave_transposed(model)
        _quantise(model, partial, whole.contract, ranges)
        save_stamped(onnx.load(partial), whole.contract, partial)
        agreement = compare_maps(whole.look(compared), OnnxEngine(partial, "cpu").look(compared), whole.contract)
        if not agreement.pixels:
            raise ExportError(f"{target}: {source.name} sees no face in the tiles to compare on; nothing was written")
        if not agreement.difference <= TOLERANCE:
            raise ExportError(
                f"{target}: the 8-bit network differs from {source.name} by {agreement.difference:.2e} in probability "
                f"on average, more than {TOLERANCE:.0e}; nothing was written"
            )
    return agreement


def compare_maps(one: NDArray[np.float32], other: NDArray[np.float32], contract: ModelContract) -> Agreement:
    """Return how far the maps of two networks of one contract differ; both (N, side, side) as ``OnnxEngine`` gives."""
    if contract.output == "spatial-softmax":
        one, other = one / (1 + one), other / (1 + other)
    seen = np.maximum(one, other) > SEEN
    return Agreement(float(np.abs(one - other)[seen].mean()) if seen.any() else 0.0, int(seen.sum()))


def _load(source: Path) -> onnx.ModelProto:
    try:
        model = onnx.load(source)
    except (OSError, DecodeError) as error:
        raise ExportError(f"{source}: not a model file that can be read ({error})") from error
    if any(node.op_type == "DequantizeLinear" for node in model.graph.node):
        raise ExportError(f"{source}: is an 8-bit network already; give the one it was made of")
    return model


def _widen(model: onnx.ModelProto) -> None:
    """Turn kernels that are stored in half precision into what the runtime makes of them when it loads the file."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in [node for node in graph.node if node.op_type == "Cast" and node.input[0] in stored]:
        kernel = numpy_helper.to_array(stored[node.input[0]]).astype(np.float32)
        stored[node.input[0]].CopyFrom(numpy_helper.from_array(kernel, node.output[0]))
        graph.node.remove(node)


class _Tiles:
    """Batches of tiles as the calibration wants them."""

    def __init__(self, tiles: NDArray[np.uint8], contract: ModelContract) -> None:
        self._batches = self._in_range(tiles, contract)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._batches, None)

    @staticmethod
    def _in_range(tiles: NDArray[np.uint8], contract: ModelContract) -> Iterator[dict[str, NDArray[np.float32]]]:
        scale = np.float32(1 / 255 if contract.value_range == "0..1" else 1)
        for start in range(0, len(tiles), BATCH):
            yield {contract.input_name: tiles[start : start + BATCH, None].astype(np.float32) * scale}


def _quantise(model: onnx.ModelProto, target: Path, contract: ModelContract, ranges: NDArray[np.uint8]) -> None:
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}.{number}"
    add_pre_process_metadata(model)  # shapes are known and batch normalisation is folded: it need not ask for that
    try:
        with redirect_stdout(StringIO()):  # the library prints
            quantize_static(
                model,
                target,
                _Tiles(ranges, contract),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(IN_8_BITS),
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=_ends(model.graph),
                calibrate_method=CalibrationMethod.MinMax,
                extra_options={"CalibMovingAverage": True},
            )
    except Exception as error:  # onnxruntime raises many private types here
        raise ExportError(f"{target.name}: conversion to 8 bits failed ({error})") from error


def _ends(graph: onnx.GraphProto) -> list[str]:
    """Return the names of the first convolution, what belongs to it, and of everything from the last one on."""
    convolutions = [number for number, node in enumerate(graph.node) if node.op_type == "Conv"]
    if not convolutions:
        raise ExportError("a network without convolutions has nothing to compute in 8 bits")
    first, last = convolutions[0], convolutions[-1]
    start = [*graph.node[: first + 1]]
    start += [node for node in graph.node if node.op_type == "Relu" and node.input[0] == graph.node[first].output[0]]
    return [node.name for node in (*start, *graph.node[last:])]
