"""``faceerase train``, ``export`` and ``evaluate``: thin shells over models and export; the first two need torch."""

from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from faceerase.cli.outcome import outcome, stderr
from faceerase.cli.progress import emit
from faceerase.configs.film import SHIPPED_MODEL, MaskConfig
from faceerase.errors import ConfigError
from faceerase.streamer.look.engine import OnnxEngine

if TYPE_CHECKING:
    from faceerase.models.evaluate import Scores


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
        from faceerase.models.train import Progress as TrainingProgress
        from faceerase.models.train import train as run_training

        def show(progress: TrainingProgress) -> None:
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


def evaluate(
    data: Annotated[Path, typer.Option(metavar="DIR", help="A folder in the WIDER FACE layout.")],
    model: Annotated[
        Path, typer.Option(metavar="ONNX", show_default=False, help="The model. (default: the shipped unet-lite)")
    ] = SHIPPED_MODEL,
    min_face: Annotated[float, typer.Option(metavar="PX", help="Height of the smallest face to find.")] = 8,
    every: Annotated[int, typer.Option(metavar="N", min=1, help="Look at every N-th photo only.")] = 1,
    threshold: Annotated[
        list[float] | None, typer.Option(metavar="P", help="A threshold; may be given again. (default: the model's)")
    ] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="The scores as JSON lines on stdout.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Measure a network on the validation photos, through the runtime's own tiles and thresholds. Needs no torch.

    A face is covered when at least 80 % of its target (the pixel mask where there is one, else the ellipse in the box)
    lies in the mask. Damage is the share of masked pixels outside all faces.
    """
    with outcome(debug):
        from faceerase.models.evaluate import MaskRule
        from faceerase.models.evaluate import evaluate as run_evaluation
        from faceerase.models.wider import read_wider

        engine = OnnxEngine(model)
        contract = engine.contract
        how = MaskRule(contract.threshold_rule, MaskConfig().margin, min_face)
        photos = read_wider(data, "val")[::every]
        with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
            task = bar.add_task("photos", total=len(photos))
            scores = run_evaluation(
                photos, engine, how, threshold or [contract.threshold], lambda done: bar.update(task, completed=done)
            )
        if json_lines:
            for score in scores:
                emit("scores", model=str(model), photos=len(photos), **asdict(score))
        else:
            Console().print(_table(scores))


def _table(scores: Sequence["Scores"]) -> Table:
    from faceerase.models.evaluate import HEIGHTS

    table = Table("threshold")
    for low, high in zip(HEIGHTS, [*HEIGHTS[1:], None], strict=True):
        table.add_column(f"{low}–{high} px" if high else f"> {low} px", justify="right")
    table.add_column("damage", justify="right")
    table.add_column("face-free", justify="right")
    for score in scores:
        cells = ["–" if share is None else f"{share:.3f}" for share in score.coverage]
        free = "–" if score.damage_face_free is None else f"{score.damage_face_free:.4f}"
        table.add_row(f"{score.threshold:g}", *cells, f"{score.damage:.4f}", free)
    if scores:
        table.add_section()
        table.add_row("faces", *(str(count) for count in scores[0].faces), "", "")
    return table


def _need_torch() -> None:
    for name in ("torch", "onnx", "onnxscript"):
        if find_spec(name) is None:
            raise ConfigError(f"{name} is not installed: pip install 'faceerase[train]'")
