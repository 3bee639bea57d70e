"""Transposed convolutions as plain ones whose answers are interleaved: the runtime has no 8-bit kernel for the former.

A transposed convolution whose kernel is as large as its stride is a 1×1 convolution with stride² times the channels,
whose answers are laid out side by side. Ordered (row, column, channel), and with channels last, that moves whole runs
of bytes; ONNX's own DepthToSpace moves single ones and takes eight times as long. Knows nothing of numbers' precision.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

TO_CHANNELS_LAST, TO_CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def interleave_transposed(model: onnx.ModelProto) -> None:
    """Replace every transposed convolution of a model, in place; others than those of kernel = stride are left."""
    graph = model.graph
    shapes = _shapes(model)
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        attributes = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
        if node.op_type == "ConvTranspose" and _is_plain(attributes, shapes[node.output[0]]):
            _, _, height, width = shapes[node.output[0]]
            nodes += _as_convolution(node, weights, graph, height, width)
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]


def _shapes(model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    known = onnx.shape_inference.infer_shapes(model).graph.value_info
    return {value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim) for value in known}


def _is_plain(attributes: dict[str, Any], shape: tuple[int, ...]) -> bool:
    stride = attributes.get("strides", [1, 1])
    return (
        attributes.get("kernel_shape", stride) == stride
        and attributes.get("group", 1) == 1
        and not any(attributes.get("pads", ()))
        and not any(attributes.get("output_padding", ()))
        and all(shape[2:])
    )


def _as_convolution(
    node: onnx.NodeProto, weights: dict[str, onnx.TensorProto], graph: onnx.GraphProto, height: int, width: int
) -> Iterator[onnx.NodeProto]:
    """Yield the nodes that stand for one; ``height`` and ``width`` of its output. Its weights are turned in place."""
    output = node.output[0]
    kernel = numpy_helper.to_array(weights[node.input[1]])  # inputs, outputs, rows, columns
    inputs, outputs, rows, columns = kernel.shape
    turned = kernel.transpose(2, 3, 1, 0).reshape(rows * columns * outputs, inputs, 1, 1)
    weights[node.input[1]].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(turned), node.input[1]))
    for name in node.input[2:]:
        bias = numpy_helper.to_array(weights[name])
        weights[name].CopyFrom(numpy_helper.from_array(np.tile(bias, rows * columns), name))

    def shape(name: str, *sizes: int) -> str:
        values: NDArray[np.int64] = np.asarray((0, *sizes), np.int64)  # 0: as many tiles as come in
        graph.initializer.append(numpy_helper.from_array(values, f"{output}.{name}"))
        return f"{output}.{name}"

    def step(kind: str, inputs: list[str], to: str, **attributes: Any) -> onnx.NodeProto:
        return helper.make_node(kind, inputs, [to], name=f"{to}.{kind}", **attributes)

    side_by_side = shape("side_by_side", height // rows, width // columns, rows, columns * outputs)
    whole = shape("whole", height, width, outputs)
    yield step("Conv", list(node.input), f"{output}.all", kernel_shape=[1, 1])
    yield step("Transpose", [f"{output}.all"], f"{output}.last", perm=TO_CHANNELS_LAST)
    yield step("Reshape", [f"{output}.last", side_by_side], f"{output}.split")
    yield step("Transpose", [f"{output}.split"], f"{output}.rows", perm=(0, 1, 3, 2, 4))
    yield step("Reshape", [f"{output}.rows", whole], f"{output}.joined")
    yield step("Transpose", [f"{output}.joined"], output, perm=TO_CHANNELS_FIRST)
