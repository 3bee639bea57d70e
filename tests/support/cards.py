"""A card that is none, for tests of what runs on one: a device on the host, and a session whose tensors are arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray


class HostDevice:
    """A ``Device`` in the host's own memory, for the CPU provider of onnxruntime, which knows I/O binding too."""

    def tensor(self, shape: tuple[int, ...], kind: Any) -> Any:
        return ort.OrtValue.ortvalue_from_shape_and_type(shape, kind, "cpu")

    def host_array(self, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
        return np.zeros(shape, kind)

    def read(self, tensor: Any, into: NDArray[Any]) -> None:
        np.copyto(into, tensor.numpy())

    def free_bytes(self) -> int | None:
        return None


class FakeTensor:
    """An ``OrtValue`` that is an array."""

    def __init__(self, shape: tuple[int, ...], kind: Any) -> None:
        self.array = np.zeros(shape, kind)

    def update_inplace(self, array: NDArray[Any]) -> None:
        assert array.shape == self.array.shape
        assert array.dtype == self.array.dtype
        self.array[:] = array

    def numpy(self) -> NDArray[Any]:
        return self.array.copy()


class FakeDevice(HostDevice):
    """A ``Device`` that counts what it gives, and says how much memory is free, in turn."""

    def __init__(self, free: list[int | None] | None = None) -> None:
        self.tensors: list[FakeTensor] = []
        self.free = free or []

    def tensor(self, shape: tuple[int, ...], kind: Any) -> FakeTensor:
        self.tensors.append(FakeTensor(shape, kind))
        return self.tensors[-1]

    def free_bytes(self) -> int | None:
        return self.free.pop(0) if self.free else None


class FakeBinding:
    """An ``IOBinding`` of one tensor in and one out."""

    def bind_ortvalue_input(self, name: str, tensor: FakeTensor) -> None:
        self.given_name, self.given = name, tensor

    def bind_ortvalue_output(self, name: str, tensor: FakeTensor) -> None:
        self.answer_name, self.answer = name, tensor


class FakeCardSession:
    """A session on a card that answers with what it was given, unless ``fail`` of (tiles, graph) says with what.

    As a real one, it replays a graph that it knows by its number on the tensors that it was captured with.
    """

    def __init__(self, fail: Callable[[int, str | None], str | None] = lambda tiles, graph: None) -> None:
        self.fail = fail
        self.runs: list[tuple[int, str | None]] = []
        self.captured: dict[str, FakeBinding] = {}

    def io_binding(self) -> FakeBinding:
        return FakeBinding()

    def run_with_iobinding(self, binding: FakeBinding, options: Any) -> None:
        tiles = len(binding.given.array)
        graph = None if options is None else options.get_run_config_entry("gpu_graph_id")
        self.runs.append((tiles, graph))
        said = self.fail(tiles, graph)
        if said is not None:
            raise RuntimeError(said)
        if graph is not None and graph != "-1":
            binding = self.captured.setdefault(graph, binding)
        binding.answer.array[:] = binding.given.array
