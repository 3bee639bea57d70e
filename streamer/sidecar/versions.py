"""What runs: versions of everything that decides what comes out, and the network. Knows nothing of films."""

import platform
from dataclasses import asdict
from typing import Any

import av
import cv2
import numpy as np
import onnxruntime as ort
from av import library_versions

from faceerase import __version__
from faceerase.configs.film import SHIPPED_MODEL, SHIPPED_WHOLE, FilmConfig
from faceerase.streamer.checksum import hash_of
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.sidecar.schema import ModelFacts, Versions


def running_versions() -> Versions:
    """Return the versions of this process."""
    return Versions(
        faceerase=__version__,
        python=platform.python_version(),
        platform=platform.platform(),
        pyav=av.__version__,
        ffmpeg=av.ffmpeg_version_info,
        ffmpeg_libraries={name: ".".join(map(str, version)) for name, version in library_versions.items()},
        onnxruntime=ort.__version__,
        opencv=cv2.__version__,
        numpy=np.__version__,
    )


def describe_model(engine: OnnxEngine) -> ModelFacts:
    """Return which network an engine runs."""
    shipped = engine.model in (SHIPPED_MODEL, SHIPPED_WHOLE)
    return ModelFacts(
        name=engine.contract.name,
        file=engine.model.name if shipped else str(engine.model),
        shipped=shipped,
        sha256=hash_of(engine.model),
        provider=engine.provider,
        contract=asdict(engine.contract),
    )


def resolved(config: FilmConfig) -> dict[str, dict[str, Any]]:
    """Return a configuration as plain tables, paths as they were given."""
    tables: dict[str, dict[str, Any]] = config.model_dump(mode="json")
    if config.look.model == SHIPPED_MODEL:
        tables["look"]["model"] = SHIPPED_MODEL.name  # where this program is installed is nobody's business
    return tables
