"""``faceerase train`` and ``faceerase export``: thin shells over models and export, which need the train extra."""

from pathlib import Path
from typing import Annotated

import typer

from faceerase.cli.outcome import outcome, stderr
from faceerase.errors import ConfigError


def train(
    config: Annotated[
        Path, typer.Option(metavar="TOML", help="The recipe; the shipped one is configs/train-lite.toml.")
    ],
    data: Annotated[Path, typer.Option(metavar="DIR", help="A folder in the WIDER FACE layout.")],
    run: Annotated[Path, typer.Option(metavar="DIR", help="Where checkpoints go; a stopped run is taken up there.")],
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Train a network on photos in the WIDER FACE layout. Needs the train extra.

    Stop it at any time: started again with the same options it goes on from its last checkpoint.
    """
    with outcome(debug):
        _need_torch()
        from faceerase.configs.training import load_train_config
        from faceerase.models.train import Progress
        from faceerase.models.train import train as run_training

        def show(progress: Progress) -> None:
            metrics = progress.metrics
            stderr.print(
                f"{progress.tiles:>8}/{progress.of} tiles  loss {progress.loss:.4f}  IoU {metrics.iou:.4f}  "
                f"faces {metrics.faces_covered:.3f}  false {metrics.false_area:.4f}  "
                f"{progress.tiles_per_second:.0f} tiles/s"
            )

        best = run_training(load_train_config(config), data, run, show)
        stderr.print(f"best checkpoint: {best}")


def export(
    checkpoint: Annotated[Path, typer.Argument(metavar="CKPT", help="A checkpoint of faceerase train.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="ONNX", help="Where the model goes.")],
    threshold: Annotated[float | None, typer.Option(metavar="P", help="The contract's threshold.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Export a checkpoint to ONNX, compare it with torch, and stamp its contract. Needs the train extra."""
    with outcome(debug):
        _need_torch()
        from faceerase.export.convert import export_checkpoint

        parity = export_checkpoint(checkpoint, output, threshold)
        stderr.print(f"{output}: differs from torch by at most {parity.difference:.1e} in {parity.quantity}")


def _need_torch() -> None:
    try:
        import onnx
        import onnxscript
        import torch
    except ImportError as error:
        raise ConfigError(f"{error.name} is not installed: pip install 'faceerase[train]'") from error
    del onnx, onnxscript, torch
