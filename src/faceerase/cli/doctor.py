"""``faceerase doctor``: what this machine can do: providers that really work, encoders, cameras, the model."""

import os
import platform
from pathlib import Path
from typing import Annotated

import av
import cv2
import numpy as np
import onnxruntime as ort
import typer
from av.codec.hwaccel import HWAccel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from faceerase import __version__
from faceerase.cli.outcome import outcome
from faceerase.configs.film import SHIPPED_MODEL
from faceerase.errors import FaceEraseError, ProviderUnavailableError, reason_of
from faceerase.streamer.encode.on_card import SOFTWARE, refusal
from faceerase.streamer.live.capture.opening import cameras_here
from faceerase.streamer.look.device.card import card_name, load_driver
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.providers import why_no_tensorrt

ENCODERS = (
    "libx264", "libx264rgb", "libx265", "libsvtav1", "libvpx-vp9", "prores_ks", "dnxhd", "ffv1", "mjpeg",
)  # fmt: skip


def doctor(
    model: Annotated[
        Path,
        typer.Option(metavar="ONNX", show_default=False, help="The model to look at. (default: the shipped unet-lite)"),
    ] = SHIPPED_MODEL,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks for errors.")] = False,
) -> None:
    """Say what this machine has: providers, codecs, devices, and whether the model loads.

    Exit code 5 when the model does not load on any provider, else 0.
    """
    with outcome(debug):
        table = Table(show_header=False, box=None, pad_edge=False)
        encoders = {name: _encodes(name) for name in ENCODERS} | {name: refusal(name) is None for name in SOFTWARE}
        table.add_row("faceerase", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
        table.add_row("cores", str(os.cpu_count()))
        table.add_row(
            "libraries",
            f"PyAV {av.__version__}, OpenCV {cv2.__version__}, NumPy {np.__version__}, onnxruntime {ort.__version__}",
        )
        table.add_row("encoders", ", ".join(name for name, works in encoders.items() if works))
        table.add_row("missing encoders", ", ".join(name for name, works in encoders.items() if not works) or "none")
        table.add_row("cameras", escape(_cameras()))
        table.add_row("cuda", escape(_cuda(model)))
        table.add_row("tensorrt", escape(_tensorrt()))
        table.add_row("nvdec", escape(_nvdec()))
        table.add_row("model", escape(_model(model)))
        Console().print(table)


def _encodes(name: str) -> bool:
    try:
        av.CodecContext.create(name, "w")
    except (av.error.FFmpegError, OSError, ValueError):
        return False
    return True


def _cameras() -> str:
    return ", ".join(f"{one.camera} ({one.name})" for one in cameras_here()) or "none found"


def _cuda(model: Path) -> str:
    try:
        OnnxEngine(model, "cuda")
    except ProviderUnavailableError as error:
        return f"no: {error}"
    except FaceEraseError as error:
        return f"not tried: {error}"
    return f"works, on {card_name(load_driver()) or 'a card that does not tell its name'}"


def _tensorrt() -> str:
    lacking = why_no_tensorrt()
    return "all there; --provider tensorrt builds an engine the first time" if lacking is None else f"no: {lacking}"


def _nvdec() -> str:
    try:
        av.CodecContext.create("h264", "r", HWAccel("cuda", allow_software_fallback=False))
    except av.error.FFmpegError as error:
        return f"no: no NVIDIA card or driver answers ({reason_of(error)})"
    return "works; --decoder tries it on each film"


def _model(model: Path) -> str:
    engine = OnnxEngine(model, "auto")
    contract = engine.contract
    return (
        f"{engine.model.name}: {contract.name}, tiles of {contract.tile_side}, "
        f"faces from {contract.min_face:g} px in a tile, {contract.threshold_rule} at {contract.threshold:g}; "
        f"trained on {contract.training_data}; {contract.licence}"
    )
