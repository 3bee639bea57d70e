"""Which onnxruntime provider really runs. A listed provider is a promise; a session that was made with it is a fact."""

import ctypes
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import onnxruntime as ort

from faceerase.configs.film import Provider
from faceerase.errors import ModelError, ProviderUnavailableError
from faceerase.log import get_logger

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

_log = get_logger(__name__)
_ERRORS_ONLY = 3
_FATAL_ONLY = 4


def make_session(model: Path, provider: Provider, threads: int) -> Any:
    """Return an inference session on the asked-for provider; ``auto`` is CUDA when it really works, else the CPU.

    Args:
        model: the ONNX file.
        provider: what was asked for.
        threads: of the network on the CPU; 0 leaves it to onnxruntime.

    Raises:
        ModelError: the file is not a model that onnxruntime can load.
        ProviderUnavailableError: ``cuda`` was asked for and does not work here.
    """
    if provider == "cpu":
        return _session(model, [CPU], threads)
    if CUDA in ort.get_available_providers() and _has_driver():
        session = _try_cuda(model, threads)
        if session is not None:
            return session
    if provider == "cuda":
        raise ProviderUnavailableError(
            "CUDA does not work on this machine (driver, or CUDA and cuDNN libraries missing): "
            "pip install 'faceerase[cuda]', or run with --provider cpu"
        )
    return _session(model, [CPU], threads)


def provider_name(session: Any) -> Literal["cpu", "cuda"]:
    """Return which provider a session really uses."""
    return "cuda" if session.get_providers()[0] == CUDA else "cpu"


def _has_driver() -> bool:
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    return True


def _try_cuda(model: Path, threads: int) -> Any | None:
    # onnxruntime reports a missing driver on stderr and falls back without an error: say nothing there, look after.
    ort.set_default_logger_severity(_FATAL_ONLY)
    try:
        # It prints what it does not find.
        with redirect_stdout(StringIO()) as told:
            ort.preload_dlls(directory="")
        _log.debug("CUDA libraries: %s", told.getvalue() or "all loaded")
        session = _session(model, [CUDA, CPU], threads)
    except (ModelError, OSError, RuntimeError) as error:
        _log.debug("CUDA: %s", error)
        return None
    finally:
        ort.set_default_logger_severity(_ERRORS_ONLY)
    return session if provider_name(session) == "cuda" else None


def _session(model: Path, providers: list[str], threads: int) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    options.intra_op_num_threads = threads
    # Threads that spin between batches take the cores from the decoder and the encoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(model), options, providers=providers)
    except Exception as error:  # onnxruntime raises a dozen private types
        raise ModelError(f"{model}: not a model that onnxruntime can load ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
