"""What tensors lie on: memory of a card, and memory of the host that a card reads and writes at full speed.

Knows nothing of networks.
"""

import ctypes
import sys
import weakref
from math import prod
from typing import Any, Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from faceerase.streamer.look.device.execution import FloatType

Shape = tuple[int, ...]

PORTABLE = 1
"""``cudaHostAllocPortable``: page-locked for every context."""

DEVICE_TO_HOST = 2
"""``cudaMemcpyDeviceToHost``."""

NAME_BYTES = 256


class Device(Protocol):
    """Where the tensors of a bound run lie."""

    def tensor(self, shape: Shape, kind: FloatType) -> Any:
        """Return an ``OrtValue`` on the device, uninitialised."""
        ...

    def host_array(self, shape: Shape, kind: FloatType) -> NDArray[Any]:
        """Return an array of zeros from which, and into which, the device copies fast."""
        ...

    def read(self, tensor: Any, into: NDArray[Any]) -> None:
        """Copy a tensor into an array of its shape and type.

        Raises:
            RuntimeError: the device refused.
        """
        ...

    def free_bytes(self) -> int | None:
        """Memory that nobody uses yet; None: not known."""
        ...


class CudaCard:
    """A ``Device``: an NVIDIA card. What onnxruntime has no call for is asked of the CUDA runtime that it loaded."""

    def __init__(self, number: int = 0, runtime: Any = None) -> None:
        """Take the card of a number; ``runtime`` is the CUDA runtime library, None: whatever there is."""
        self._number = number
        self._runtime = load_runtime() if runtime is None else runtime

    def tensor(self, shape: Shape, kind: FloatType) -> Any:
        """Return an ``OrtValue`` in the card's memory."""
        return ort.OrtValue.ortvalue_from_shape_and_type(shape, kind, "cuda", self._number)

    def host_array(self, shape: Shape, kind: FloatType) -> NDArray[Any]:
        """Return page-locked zeros, which are given back with the array; ordinary ones where there are none left."""
        size = prod(shape) * np.dtype(kind).itemsize
        place = ctypes.c_void_p()
        runtime = self._runtime
        if runtime is None or runtime.cudaHostAlloc(ctypes.byref(place), ctypes.c_size_t(size), PORTABLE) != 0:
            return np.zeros(shape, kind)
        memory = memoryview((ctypes.c_ubyte * size).from_address(place.value or 0))
        flat: NDArray[Any] = np.frombuffer(memory, kind)
        flat[:] = 0
        # Views keep it alive, and it tells before it goes; at the very end the process gives everything back.
        weakref.finalize(flat, runtime.cudaFreeHost, place).atexit = False
        return flat.reshape(shape)

    def read(self, tensor: Any, into: NDArray[Any]) -> None:
        """Copy a tensor to the host."""
        if self._runtime is None:
            np.copyto(into, tensor.numpy())
            return
        target, source = ctypes.c_void_p(into.ctypes.data), ctypes.c_void_p(tensor.data_ptr())
        failed = self._runtime.cudaMemcpy(target, source, ctypes.c_size_t(into.nbytes), DEVICE_TO_HOST)
        if failed:
            raise RuntimeError(f"CUDA error {failed} when the answer was read")

    def free_bytes(self) -> int | None:
        """Ask the CUDA runtime."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        runtime = self._runtime
        if runtime is None or runtime.cudaMemGetInfo(ctypes.byref(free), ctypes.byref(total)) != 0:
            return None
        return free.value


def load_runtime() -> Any | None:
    """Return the CUDA runtime library that onnxruntime was built for; None where it is not found."""
    major = str(ort.cuda_version or "").partition(".")[0]
    try:
        return ctypes.CDLL(f"cudart64_{major}.dll" if sys.platform == "win32" else f"libcudart.so.{major}")
    except OSError:
        return None


def load_driver() -> Any | None:
    """Return the CUDA driver's library; None where there is no driver."""
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return None


def card_name(driver: Any, number: int = 0) -> str | None:
    """Return what a card calls itself, asked of the CUDA driver; None: there is none of that number."""
    return None if driver is None else _told(driver, driver.cuDeviceGetName, number)


def card_address(driver: Any, number: int = 0) -> str | None:
    """Return where a card is on the PCI bus (``0000:01:00.0``), asked of the CUDA driver; None: there is none."""
    return None if driver is None else _told(driver, driver.cuDeviceGetPCIBusId, number)


def _told(driver: Any, ask: Any, number: int) -> str | None:
    device, text = ctypes.c_int(), ctypes.create_string_buffer(NAME_BYTES)
    if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(device), number) or ask(text, NAME_BYTES, device):
        return None
    return text.value.decode(errors="replace")
