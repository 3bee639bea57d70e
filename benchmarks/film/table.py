"""The results as tables in Markdown: costs by film, and the share of each stage. Knows nothing of measuring."""

from collections.abc import Mapping, Sequence
from typing import Any

COSTS = ("film", "frames", "transcode", "faceerase", "beyond", "times", "deface", "tiles a frame", "peak memory")


def row(film: Mapping[str, Any]) -> str:
    """Return what one film cost as a row of the first table: medians, and the spread of several rounds behind them."""
    deface = film.get("deface")
    return _joined(
        film["name"],
        str(film["frames"]),
        _spread(film["transcode"]["cpu"]),
        _spread(film["faceerase"]["cpu"]),
        f"{film['beyond_transcode']:.3f}",
        f"{film['times_transcode']:.2f}",
        _spread(deface["cpu"]) if deface else "–",
        f"{film['tiles']:.1f}",
        f"{film['faceerase']['peak_mb']['most']:.0f} MB",
    )


def tables(results: Mapping[str, Any]) -> str:
    """Return both tables: CPU seconds a frame, and milliseconds a frame of each stage by itself."""
    films = results["films"]
    stages = list(films[0]["stages"]) if films else []
    shares = [
        _joined(film["name"], str(film["frames"]), *(f"{1000 * film['stages'][stage]:.0f}" for stage in stages))
        for film in films
    ]
    first = [*_head(COSTS), *(row(film) for film in films)]
    return "\n".join([*first, "", *_head(("film", "frames", *stages)), *shares, ""])


def _spread(values: Mapping[str, float]) -> str:
    if values["least"] == values["most"]:
        return f"{values['median']:.3f}"
    return f"{values['median']:.3f} ({values['least']:.3f}–{values['most']:.3f})"


def _head(names: Sequence[str]) -> list[str]:
    return [_joined(*names), "|" + "---|" * len(names)]


def _joined(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
