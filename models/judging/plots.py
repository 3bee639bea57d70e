"""Curves over thresholds as PNG files. Needs matplotlib; knows nothing of how scores are made."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from faceerase.models.judging.evaluate import Scores
from faceerase.models.judging.faces import CLASS_NAMES, HEIGHTS, LARGE, Share

COVERAGE, TRADE, PIXELS = "coverage.png", "coverage-against-damage.png", "pixels.png"


def draw_plots(folder: Path, scores: Mapping[str, Sequence[Scores]]) -> list[Path]:
    """Draw every model's curves into ``folder`` and return the files.

    Args:
        folder: is made where it is missing.
        scores: by model, in the order of their thresholds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    together = _figure(1)
    _trade(together.axes[0], scores)
    written = [_save(together, folder / TRADE)]
    for name, draw in ((COVERAGE, _coverage), (PIXELS, _pixels)):
        figure = _figure(len(scores))
        for panel, (model, column) in zip(figure.axes, scores.items(), strict=True):
            draw(panel, column)
            panel.set_title(model)
        written.append(_save(figure, folder / name))
    return written


def _figure(panels: int) -> Figure:
    figure = Figure(figsize=(6 * panels, 4.2), layout="constrained")
    figure.subplots(1, panels)
    return figure


def _save(figure: Figure, path: Path) -> Path:
    for panel in figure.axes:
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    return path


def _coverage(panel: Axes, column: Sequence[Scores]) -> None:
    thresholds = [score.threshold for score in column]
    for number, name in enumerate(CLASS_NAMES):
        panel.plot(thresholds, [_height(score.faces.by_height[number]) for score in column], label=name)
    panel.set_xlabel("threshold")
    panel.set_ylabel("share of faces covered")
    panel.set_ylim(0, 1.01)


def _trade(panel: Axes, scores: Mapping[str, Sequence[Scores]]) -> None:
    for model, column in scores.items():
        damage = [score.faces.damage for score in column]
        panel.plot(damage, [_height(score.faces.large) for score in column], ".-", label=f"{model}, ≥ {LARGE} px")
        small = [
            sum(share.covered for share in score.faces.by_height[:2])
            / max(1, sum(share.faces for share in score.faces.by_height[:2]))
            for score in column
        ]
        panel.plot(damage, small, ".--", label=f"{model}, {HEIGHTS[0]}–{LARGE} px")
    panel.set_xlabel("damage: share of non-face pixels masked")
    panel.set_ylabel("share of faces covered")
    panel.set_xscale("log")


def _pixels(panel: Axes, column: Sequence[Scores]) -> None:
    thresholds = [score.threshold for score in column]
    for name in ("iou", "dice", "precision", "recall"):
        panel.plot(thresholds, [getattr(score.pixels, name) for score in column], label=name)
    panel.set_xlabel("threshold")
    panel.set_ylim(0, 1.01)


def _height(share: Share) -> float:
    return float("nan") if share.ratio is None else share.ratio
