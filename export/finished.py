"""An exported file: it takes its name once it was compared, and it carries its contract. Knows nothing of networks."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx

from faceerase.contract import ModelContract
from faceerase.errors import ExportError


@contextmanager
def finished_as(target: Path) -> Iterator[Path]:
    """Yield the path to write to: it takes the name of ``target`` where the block ends well, else nothing is left.

    Raises:
        ExportError: it cannot be written.
    """
    partial = target.with_name(f".{target.name}.part")
    try:
        yield partial
        os.replace(partial, target)
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)


def save_stamped(model: onnx.ModelProto, contract: ModelContract, path: Path) -> None:
    """Write a checked model that says what it promises."""
    onnx.helper.set_model_props(model, contract.to_metadata())
    onnx.checker.check_model(model)
    onnx.save(model, path)
