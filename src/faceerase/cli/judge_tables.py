"""How scores are shown: a table for a person, JSON lines for a machine. Knows nothing of how they were made."""

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


PIXELS = {
    "iou": "pixels: IoU",
    "dice": "pixels: Dice",
    "precision": "pixels: precision",
    "recall": "pixels: recall",
    "iou_per_photo": "mean over photos: IoU",
    "dice_per_photo": "mean over photos: Dice",
    "precision_per_photo": "mean over photos: precision",
    "recall_per_photo": "mean over photos: recall",
    "seed_iou": "the seed's IoU",
    "seed_dice": "the seed's Dice",
}
COSTS = {
    "parameters": ("parameters, millions", 1e6, ".2f"),
    "multiply_adds": ("multiply-adds a tile, millions", 1e6, ".0f"),
    "megabytes": ("file, MB", 1, ".2f"),
    "milliseconds": ("ms a tile, one thread", 1, ".1f"),
}


def print_tables(scores: "Column", costs: Mapping[str, object], photos: int) -> None:
    """Print one table to stdout: a row a figure, a column a model and threshold."""
    from faceerase.models.judging.faces import CLASS_NAMES, LARGE

    columns = [(model, score) for model, column in scores.items() for score in column]
    table = Table("", title=f"{photos} validation photos")
    for model, score in columns:
        table.add_column(f"{model} at {score.threshold:g}", justify="right")
    table.add_column("faces", justify="right")
    faces = [score.faces for _, score in columns]
    rows = [(name, [found.by_height[number] for found in faces]) for number, name in enumerate(CLASS_NAMES)]
    rows += [(f"≥ {LARGE} px", [found.large for found in faces])]
    rows += [("frontal", [found.frontal for found in faces]), ("turned", [found.turned for found in faces])]
    for name, shares in rows:
        table.add_row(f"covered, {name}", *(_ratio(share.ratio) for share in shares), str(shares[0].faces))
    table.add_section()
    table.add_row("damage", *(f"{found.damage:.4f}" for found in faces))
    table.add_row("damage, face-free", *(_ratio(found.damage_face_free, 4) for found in faces))
    table.add_section()
    for key, name in PIXELS.items():
        table.add_row(name, *(_ratio(getattr(score.pixels, key)) for _, score in columns))
    if costs:
        table.add_section()
        found_costs = [asdict(costs[model]) if model in costs else None for model, _ in columns]  # type: ignore[call-overload]
        for key, (name, scale, form) in COSTS.items():
            cells = ("–" if cost is None else format(cost[key] / scale, form) for cost in found_costs)
            table.add_row(name, *cells)
        table.caption = next(cost["machine"] for cost in found_costs if cost)
    Console().print(table)


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


def _ratio(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
