"""What TensorRT needs: its libraries, the shapes of a network, and a private place for the engines that it builds.

Knows nothing of sessions.
"""

import ctypes
import hashlib
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import onnxruntime as ort
from platformdirs import user_cache_path

from faceerase.log import get_logger
from faceerase.streamer.look.device.card import card_name, load_driver

PROVIDER_LIBRARY = "onnxruntime_providers_tensorrt.dll" if sys.platform == "win32" else (
    "libonnxruntime_providers_tensorrt.so"
)  # fmt: skip

NEEDED = re.compile(rb"(?:lib)?nv(?:infer|infer_plugin|onnxparser)(?:\.so\.\d+|_\d+\.dll)")
"""Names of TensorRT's libraries, as they stand in the provider that loads them."""

_log = get_logger(__name__)


def needed_libraries(provider: Path | None = None) -> list[str]:
    """Return the names of TensorRT's libraries that onnxruntime's provider was linked with, in loading order."""
    provider = provider or Path(ort.__file__).parent / "capi" / PROVIDER_LIBRARY
    found = {name.decode() for name in NEEDED.findall(provider.read_bytes())} if provider.is_file() else set()
    return sorted(found, key=lambda name: ("parser" in name, "plugin" in name, name))


def load_libraries(names: list[str]) -> str | None:
    """Load libraries for the whole process, from the system or from the wheels ``tensorrt-cu*-libs``.

    Returns:
        The name of the first that is not found; None when all are there.
    """
    spec = find_spec("tensorrt_libs")
    wheels = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for name in names:
        for place in (name, *(str(folder / name) for folder in wheels)):
            try:
                ctypes.CDLL(place, ctypes.RTLD_GLOBAL)
                break
            except OSError as error:
                _log.debug("%s: %s", place, error)
        else:
            return name
    return None


def advice(missing: str) -> str:
    """Return what to install so that a library is there."""
    version = re.search(r"\d+", missing)
    major = int(version.group()) if version else 0
    cuda = str(ort.cuda_version or "").partition(".")[0]
    return f"pip install 'tensorrt-cu{cuda}-libs>={major},<{major + 1}'"


def provider_options(input_name: str, side: int, most: int, half: bool, cache: Path | None) -> dict[str, str]:
    """Return options of onnxruntime's TensorRT provider.

    Args:
        input_name: of the network's tiles.
        side: of a tile.
        most: tiles in a run; engines are built for 1 up to so many.
        half: whether the network itself computes with 16 bits; the others keep their 32.
        cache: the folder in which its engines are kept; None: nowhere.
    """
    shapes = {"min": 1, "opt": most, "max": most}
    options = {f"trt_profile_{kind}_shapes": f"{input_name}:{count}x1x{side}x{side}" for kind, count in shapes.items()}
    options["trt_fp16_enable"] = str(int(half))
    if cache is not None:
        options |= {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(cache)}
        options |= {"trt_timing_cache_enable": "1", "trt_timing_cache_path": str(cache)}
    return options


def engine_key(model: Path) -> str:
    """Return the name of a folder for the engines of one network on one card with these versions of everything."""
    with model.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    for part in (ort.__version__, str(ort.cuda_version), _tensorrt_version(), str(card_name(load_driver()))):
        digest.update(f"\0{part}".encode())
    return digest.hexdigest()[:32]


def engine_cache(model: Path, root: Path | None = None) -> Path | None:
    """Return the folder of a network's engines, that only this user can write to; None where there can be none.

    An engine is code that runs on the card: one that somebody else put there must not be loaded.
    """
    every = (root or user_cache_path("faceerase", appauthor=False)) / "tensorrt"
    try:
        for folder in (every, every / engine_key(model)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sys.platform == "win32":
                continue
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                _log.info("%s: not this user's own; engines are not kept", folder)
                return None
            folder.chmod(0o700)
    except OSError as error:
        _log.info("%s: %s; engines are not kept", every, error)
        return None
    return folder


def _tensorrt_version() -> str:
    names = needed_libraries()
    try:
        library: Any = ctypes.CDLL(names[0])
        return str(library.getInferLibVersion())
    except (IndexError, OSError, AttributeError):
        return "unknown"
