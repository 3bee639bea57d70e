"""What a model costs: parameters, multiply-adds, and milliseconds a tile on one thread. Needs onnx, not torch."""

import platform
import time
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import onnx

from faceerase.contract import ModelContract
from faceerase.errors import ModelError
from faceerase.streamer.look.engine import OnnxEngine

ROUNDS = 15

BESIDES = ("QuantizeLinear", "DequantizeLinear", "Reshape")


@dataclass(frozen=True, slots=True)
class Cost:
    """``multiply_adds`` of convolutions and matrix products for one tile; ``milliseconds`` the median of 15 rounds."""

    parameters: int
    multiply_adds: int
    megabytes: float
    milliseconds: float
    machine: str


def cost_of(model: Path) -> Cost:
    """Return what one tile costs with a model, alone on one thread of this machine.

    Raises:
        ModelError: the file cannot be read.
    """
    engine = OnnxEngine(model, "cpu", threads=1, batch_size=1)
    tile = np.random.default_rng(0).integers(
        0, 256, (1, engine.contract.tile_side, engine.contract.tile_side), np.uint8
    )
    engine.look(tile)
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        engine.look(tile)
        times.append(1000 * (time.perf_counter() - started))
    parameters, multiply_adds = count_operations(model, engine.contract)
    return Cost(parameters, multiply_adds, model.stat().st_size / 1e6, float(np.median(times)), machine_name())


def count_operations(model: Path, contract: ModelContract) -> tuple[int, int]:
    """Return the number of parameters, and of multiply-adds for one tile, of an ONNX file.

    Raises:
        ModelError: the file cannot be read.
    """
    try:
        loaded = onnx.load(model)
        loaded.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        graph = onnx.shape_inference.infer_shapes(loaded, data_prop=True).graph
    except (onnx.onnx_cpp2py_export.checker.ValidationError, OSError, ValueError) as error:
        raise ModelError(f"{model}: cannot be read ({error})") from error
    weights = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    shapes = dict(weights)
    for value in (*graph.value_info, *graph.input, *graph.output):
        shapes[value.name] = tuple(max(1, dim.dim_value) for dim in value.type.tensor_type.shape.dim)
    for node in graph.node:
        if node.op_type in ("Cast", "DequantizeLinear") and node.input[0] in shapes:
            shapes.setdefault(node.output[0], shapes[node.input[0]])
    operations = 0
    for node in graph.node:
        ins = [shapes.get(name, ()) for name in node.input]
        out = shapes.get(node.output[0], ())
        if node.op_type == "Conv":
            operations += prod(out) * prod(ins[1][1:])
        elif node.op_type == "ConvTranspose":
            operations += prod(ins[0]) * prod(ins[1][1:])
        elif node.op_type in ("MatMul", "Gemm") and ins[0]:
            operations += prod(out) * ins[0][-1]
    # Steps and zeros of 8-bit numbers, and shapes, are no parameters.
    besides = {name for node in graph.node if node.op_type in BESIDES for name in node.input[1:]}
    return sum(prod(dims) for name, dims in weights.items() if dims and name not in besides), operations


def machine_name() -> str:
    """Return what processor this is."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
