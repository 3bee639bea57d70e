"""``faceerase evaluate``: a thin shell over models/judging. Needs no torch."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID

from faceerase.cli.outcome import outcome, stderr
from faceerase.configs.film import SHIPPED_MODEL, MaskConfig
from faceerase.errors import ConfigError
from faceerase.streamer.look.engine import OnnxEngine

if TYPE_CHECKING:
    from faceerase.models.judging.looks import Looker

CURVE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99)
"""Thresholds of the plots, for probabilities and detector scores; for p·N each is taken times 10."""

DETECTOR = "OpenCV FaceDetectorYN"


def evaluate(
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="A folder in the WIDER FACE layout, or a pack of faceerase data prepare."),
    ],
    model: Annotated[
        Path, typer.Option(metavar="ONNX", show_default=False, help="The model. (default: the shipped unet-lite)")
    ] = SHIPPED_MODEL,
    compare: Annotated[
        list[Path] | None, typer.Option(metavar="ONNX", help="Another model beside it; may be given again.")
    ] = None,
    detector: Annotated[
        Path | None, typer.Option(metavar="ONNX", help="A model of OpenCV's FaceDetectorYN (YuNet) beside it.")
    ] = None,
    min_face: Annotated[float, typer.Option(metavar="PX", min=4, help="Height of the smallest face to find.")] = 8,
    every: Annotated[int, typer.Option(metavar="N", min=1, help="Look at every N-th photo only.")] = 1,
    threshold: Annotated[
        list[float] | None, typer.Option(metavar="P", help="A threshold; may be given again. (default: each model's)")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw curves over thresholds there. Needs the evaluate extra.")
    ] = None,
    cost: Annotated[bool, typer.Option("--cost", help="Also parameters, operations and time. Same extra.")] = False,
    json_lines: Annotated[bool, typer.Option("--json", help="Everything as JSON lines on stdout.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Measure a network on the validation photos, through the runtime's own tiles and thresholds. Needs no torch.

    A face is covered when at least 80 % of its target (the pixel mask where there is one, else the ellipse in the box)
    lies in the mask. Damage is the share of masked pixels outside all faces.
    """
    with outcome(debug):
        if plots or cost:
            _need("matplotlib", "onnx")
        from faceerase.cli.judge_tables import print_tables, tell_lines
        from faceerase.models.data.photo import PhotoSet
        from faceerase.models.data.prepare import open_photos
        from faceerase.models.judging.evaluate import evaluate as judge
        from faceerase.models.judging.looks import DetectorLooker

        lookers: dict[str, Looker] = {_label(path): _network(path, min_face) for path in (model, *(compare or ()))}
        if detector is not None:
            lookers[DETECTOR] = DetectorLooker(detector)
        found = open_photos(data, "val")
        photos = PhotoSet(found.photos[::every], found.read)
        scores, curves = {}, {}
        with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
            for name, looker in lookers.items():
                step = partial(_show, bar, bar.add_task(escape(name), total=len(photos.photos)))
                asked = threshold or [looker.threshold]
                scale = 1 if looker.threshold < 1 else 10
                drawn = [value * scale for value in CURVE] if plots else []
                done = judge(photos, looker, [*asked, *drawn], step)
                scores[name], curves[name] = done[: len(asked)], done[len(asked) :]
        costs = _costs([model, *(compare or ())]) if cost else {}
        (tell_lines if json_lines else print_tables)(scores, costs, len(photos.photos))
        if plots:
            from faceerase.models.judging.plots import draw_plots

            for path in draw_plots(plots, curves):
                stderr.print(f"drawn: {path}")


def _show(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)


def _label(model: Path) -> str:
    return model.stem


def _network(model: Path, min_face: float) -> "Looker":
    from faceerase.models.judging.looks import NetworkLooker

    engine = OnnxEngine(model)
    contract = engine.contract
    return NetworkLooker(engine, contract.threshold_rule, contract.threshold, MaskConfig().margin, min_face)


def _costs(models: list[Path]) -> dict[str, object]:
    from faceerase.models.judging.cost import cost_of

    return {_label(model): cost_of(model) for model in models}


def _need(*names: str) -> None:
    for name in names:
        if find_spec(name) is None:
            raise ConfigError(f"{name} is not installed: pip install 'faceerase[evaluate]'")
