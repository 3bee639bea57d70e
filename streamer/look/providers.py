"""Which onnxruntime provider really runs. A listed provider is a promise; a session that was made with it is a fact."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime as ort

from faceerase.configs.film import SHIPPED_MODEL, SHIPPED_WHOLE, BatchSize, Provider
from faceerase.contract import read_contract
from faceerase.errors import ModelError, ProviderUnavailableError
from faceerase.log import get_logger
from faceerase.streamer.look.device import tensorrt
from faceerase.streamer.look.device.bound import BoundRun
from faceerase.streamer.look.device.card import CudaCard, load_driver
from faceerase.streamer.look.device.execution import Ends, Execution, PlainRun, ends_of, first_line
from faceerase.streamer.look.device.sizes import MOST

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"

NAMES: dict[str, Literal["cpu", "cuda", "tensorrt"]] = {CPU: "cpu", CUDA: "cuda", TENSORRT: "tensorrt"}

GRAPHS = "enable_cuda_graph"

Providers = Sequence[str | tuple[str, dict[str, str]]]

ON_CARDS = {SHIPPED_MODEL: SHIPPED_WHOLE}
"""Which model runs instead on a graphics card, whose provider computes an 8-bit network in single precision and only
spends time on rounding in between."""

_log = get_logger(__name__)
_ERRORS_ONLY = 3
_FATAL_ONLY = 4


def make_session(model: Path, provider: Provider, threads: int, batch_size: BatchSize = "auto") -> Any:
    """Return an inference session on the asked-for provider; ``auto`` is CUDA when it really works, else the CPU.

    Args:
        model: the ONNX file; on a graphics card what ``ON_CARDS`` names for it.
        provider: what was asked for.
        threads: of the network on the CPU; 0 leaves it to onnxruntime.
        batch_size: tiles per run at most, for which TensorRT builds its engine.

    Raises:
        ModelError: the file is not a model that onnxruntime can load.
        ModelContractError: TensorRT was asked for and the file has no contract that says what its shapes are.
        ProviderUnavailableError: ``cuda`` or ``tensorrt`` was asked for and does not work here.
    """
    if provider == "cpu":
        return _session(model, [CPU], threads)
    if provider == "tensorrt":
        return _tensorrt(ON_CARDS.get(model, model), threads, MOST if batch_size == "auto" else batch_size)
    if CUDA in ort.get_available_providers() and _has_driver():
        session = _try_cuda(ON_CARDS.get(model, model), threads)
        if session is not None:
            return session
    if provider == "cuda":
        raise ProviderUnavailableError(
            "CUDA does not work on this machine (driver, or CUDA and cuDNN libraries missing): "
            "pip install 'faceerase[cuda]', or run with --provider cpu"
        )
    return _session(model, [CPU], threads)


def execution_of(session: Any, ends: Ends, side: int, batch_size: BatchSize) -> Execution:
    """Return how a session runs best on what it really uses; ``side`` is that of a tile."""
    if provider_name(session) == "cpu":
        return PlainRun(session, ends, batch_size)
    captures = session.get_provider_options().get(CUDA, {}).get(GRAPHS) == "1" and provider_name(session) == "cuda"
    return BoundRun(session, ends, side, CudaCard(), batch_size, captures)


def provider_name(session: Any) -> Literal["cpu", "cuda", "tensorrt"]:
    """Return which provider a session really uses."""
    return NAMES.get(session.get_providers()[0], "cpu")


def _has_driver() -> bool:
    return load_driver() is not None


def _try_cuda(model: Path, threads: int) -> Any | None:
    with _quiet():
        # A network of which one node runs on the CPU cannot be captured: its session is refused.
        for options in ({GRAPHS: "1"}, {}):
            try:
                session = _session(model, [(CUDA, options), CPU], threads)
            except (ModelError, OSError, RuntimeError) as error:
                _log.debug("CUDA with %s: %s", options, error)
                continue
            return session if provider_name(session) == "cuda" else None
    return None


def why_no_tensorrt() -> str | None:
    """Return what TensorRT lacks on this machine and what to do about it; None: everything is there."""
    names = tensorrt.needed_libraries()
    if TENSORRT not in ort.get_available_providers() or not names:
        return "TensorRT: this onnxruntime was built without it: pip install onnxruntime-gpu"
    if not _has_driver():
        return "TensorRT does not work on this machine: there is no NVIDIA driver; install one"
    with _quiet():
        missing = tensorrt.load_libraries(names)
    if missing is not None:
        return f"TensorRT does not work on this machine ({missing} not found): {tensorrt.advice(missing)}"
    return None


def _tensorrt(model: Path, threads: int, most: int) -> Any:
    advice = "or run with --provider cuda or cpu"
    lacking = why_no_tensorrt()
    if lacking is not None:
        raise ProviderUnavailableError(f"{lacking}, {advice}")
    seen = _session(model, [CPU], threads)
    contract = read_contract(seen.get_modelmeta().custom_metadata_map, str(model))
    ends = ends_of(seen, contract.input_name, contract.output_name)
    half = ends.given_type is np.float16
    options = tensorrt.provider_options(ends.given, contract.tile_side, most, half, tensorrt.engine_cache(model))
    try:
        with _quiet():
            session = _session(model, [(TENSORRT, options), (CUDA, {}), CPU], threads)
    except ModelError as error:
        raise ProviderUnavailableError(f"TensorRT refused the network: {error}; {advice}") from error
    if provider_name(session) != "tensorrt":
        raise ProviderUnavailableError(
            f"TensorRT does not work on this machine, onnxruntime took {provider_name(session)} instead; {advice}"
        )
    return session


@contextmanager
def _quiet() -> Iterator[None]:
    """Load what a card needs, and say nothing: onnxruntime reports on stderr what it falls back from; look after."""
    ort.set_default_logger_severity(_FATAL_ONLY)
    try:
        # It prints what it does not find.
        with redirect_stdout(StringIO()) as told:
            ort.preload_dlls(directory="")
        _log.debug("CUDA libraries: %s", told.getvalue() or "all loaded")
        yield
    finally:
        ort.set_default_logger_severity(_ERRORS_ONLY)


def _session(model: Path, providers: Providers, threads: int) -> Any:
    options = ort.SessionOptions()
    options.log_severity_level = _FATAL_ONLY
    options.intra_op_num_threads = threads
    # Threads that spin between batches take the cores from the decoder and the encoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        # Without its own fall back: it prints, and takes another provider in the middle of a film.
        return ort.InferenceSession(str(model), options, providers=providers, enable_fallback=0)
    except Exception as error:  # onnxruntime raises a dozen private types
        raise ModelError(f"{model}: not a model that onnxruntime can load ({first_line(error)})") from error
