"""Memory of a card through the CUDA runtime, with a runtime that is none."""

import ctypes
import gc
from typing import Any

import numpy as np
import pytest

from faceerase.streamer.look.device import card
from faceerase.streamer.look.device.card import CudaCard, card_address, card_name


class FakeRuntime:
    """CUDA's functions on the host's memory; ``failed`` is what they answer."""

    def __init__(self, failed: int = 0) -> None:
        self.failed = failed
        self.held: dict[int, Any] = {}

    def cudaHostAlloc(self, place: Any, size: Any, flags: int) -> int:
        if not self.failed:
            memory = ctypes.create_string_buffer(b"\xff" * size.value, size.value)
            place._obj.value = ctypes.addressof(memory)
            self.held[place._obj.value] = memory
        return self.failed

    def cudaFreeHost(self, place: Any) -> int:
        del self.held[place.value]
        return 0

    def cudaMemcpy(self, target: Any, source: Any, size: Any, kind: int) -> int:
        assert kind == card.DEVICE_TO_HOST
        if not self.failed:
            ctypes.memmove(target, source, size.value)
        return self.failed

    def cudaMemGetInfo(self, free: Any, total: Any) -> int:
        free._obj.value, total._obj.value = 3 << 30, 8 << 30
        return self.failed


class Tensor:
    """An ``OrtValue`` on a card."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def data_ptr(self) -> int:
        return int(self.array.ctypes.data)

    def numpy(self) -> Any:
        return self.array


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_page_locked_memory_starts_black_and_goes_with_its_last_view(kind: Any) -> None:
    runtime = FakeRuntime()
    array = CudaCard(runtime=runtime).host_array((2, 1, 4, 4), kind)
    assert (array.shape, array.dtype) == ((2, 1, 4, 4), kind)
    assert not array.any()
    assert len(runtime.held) == 1
    view = array[:1]
    del array
    gc.collect()
    assert len(runtime.held) == 1
    assert not view.any()
    del view
    gc.collect()
    assert runtime.held == {}


def test_without_page_locked_memory_ordinary_memory_does() -> None:
    array = CudaCard(runtime=FakeRuntime(failed=2)).host_array((2, 3), np.float32)
    assert (array.shape, array.any()) == ((2, 3), False)


def test_an_answer_is_read_into_the_array_that_is_given() -> None:
    there = np.arange(6, dtype=np.float32).reshape(2, 3)
    here = np.zeros((2, 3), np.float32)
    CudaCard(runtime=FakeRuntime()).read(Tensor(there), here)
    assert np.array_equal(here, there)
    with pytest.raises(RuntimeError, match="CUDA error 700"):
        CudaCard(runtime=FakeRuntime(failed=700)).read(Tensor(there), here)


def test_free_memory_is_what_the_runtime_says() -> None:
    assert CudaCard(runtime=FakeRuntime()).free_bytes() == 3 << 30
    assert CudaCard(runtime=FakeRuntime(failed=3)).free_bytes() is None


def test_without_the_runtime_onnxruntimes_own_calls_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "load_runtime", lambda: None)
    there, here = np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)
    plain = CudaCard()
    plain.read(Tensor(there), here)
    assert np.array_equal(here, there)
    assert plain.host_array((2, 3), np.float32).shape == (2, 3)
    assert plain.free_bytes() is None


class FakeDriver:
    def cuInit(self, flags: int) -> int:
        return 0

    def cuDeviceGet(self, device: Any, number: int) -> int:
        device._obj.value = number
        return 0 if number == 0 else 101

    def cuDeviceGetName(self, name: Any, size: int, device: Any) -> int:
        name.value = b"A Card"
        return 0

    def cuDeviceGetPCIBusId(self, address: Any, size: int, device: Any) -> int:
        address.value = b"0000:01:00.0"
        return 0


def test_a_card_is_asked_for_its_name_and_its_place() -> None:
    assert card_name(FakeDriver()) == "A Card"
    assert card_address(FakeDriver()) == "0000:01:00.0"
    assert card_address(None) is None
    assert card_name(FakeDriver(), 1) is None
    assert card_name(None) is None
