"""How scores are shown: tables for a person, JSON lines for a machine. Knows nothing of how they were made."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from faceerase.cli.progress import emit

if TYPE_CHECKING:
    from faceerase.models.judging.evaluate import Scores
    from faceerase.models.judging.faces import Share

    Column = Mapping[str, Sequence[Scores]]


def print_tables(scores: "Column", costs: Mapping[str, object], photos: int) -> None:
    """Print the tables to stdout."""
    console = Console()
    console.print(_faces(scores, photos))
    console.print(_pixels(scores))
    if costs:
        console.print(_cost(costs))


def tell_lines(scores: "Column", costs: Mapping[str, object], photos: int) -> None:
    """Print one JSON line a model and threshold, then one a model's cost."""
    from faceerase.models.judging.faces import HEIGHTS

    for model, column in scores.items():
        for score in column:
            emit(
                "scores",
                model=model,
                photos=photos,
                threshold=score.threshold,
                heights=list(HEIGHTS),
                by_height=[_share(share) for share in score.faces.by_height],
                large=_share(score.faces.large),
                frontal=_share(score.faces.frontal),
                turned=_share(score.faces.turned),
                damage=score.faces.damage,
                damage_face_free=score.faces.damage_face_free,
                pixels=asdict(score.pixels),
            )
    for model, cost in costs.items():
        emit("cost", model=model, **asdict(cost))  # type: ignore[call-overload]


def _share(share: "Share") -> dict[str, object]:
    return {"covered": share.covered, "faces": share.faces, "share": share.ratio}


def _faces(scores: "Column", photos: int) -> Table:
    from faceerase.models.judging.faces import CLASS_NAMES, LARGE

    table = Table("model", "threshold", title=f"faces covered, {photos} photos")
    for name in (*CLASS_NAMES, f"≥ {LARGE} px", "frontal", "turned", "damage", "face-free"):
        table.add_column(name, justify="right")
    last = None
    for model, column in scores.items():
        for score in column:
            last = score.faces
            shares = (*last.by_height, last.large, last.frontal, last.turned)
            free = "–" if last.damage_face_free is None else f"{last.damage_face_free:.4f}"
            table.add_row(
                model, f"{score.threshold:g}", *(_ratio(share.ratio) for share in shares), f"{last.damage:.4f}", free
            )
    if last:
        table.add_section()
        counts = (str(share.faces) for share in (*last.by_height, last.large, last.frontal, last.turned))
        table.add_row("faces", "", *counts, "", "")
    return table


def _pixels(scores: "Column") -> Table:
    names = ("IoU", "Dice", "precision", "recall", "IoU/photo", "Dice/photo", "prec./photo", "recall/photo")
    table = Table("model", "threshold", *names, "seed's IoU", "seed's Dice", title="pixels")
    for model, column in scores.items():
        for score in column:
            table.add_row(model, f"{score.threshold:g}", *(f"{value:.3f}" for value in asdict(score.pixels).values()))
    return table


def _cost(costs: Mapping[str, object]) -> Table:
    table = Table("model", "parameters", "multiply-adds a tile", "file", "one thread", title="cost")
    machine = ""
    for model, cost in costs.items():
        values = asdict(cost)  # type: ignore[call-overload]
        machine = values["machine"]
        table.add_row(
            model,
            f"{values['parameters'] / 1e6:.2f} M",
            f"{values['multiply_adds'] / 1e6:.0f} M",
            f"{values['megabytes']:.2f} MB",
            f"{values['milliseconds']:.1f} ms a tile",
        )
    table.caption = machine
    return table


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
