"""A picture of the results: CPU seconds per frame of each film, by who did the work. Knows nothing of measuring."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

WHO = {"transcode": "#999999", "faceerase": "#1f77b4", "deface": "#d62728"}


def draw(results: Mapping[str, Any], target: Path) -> None:
    """Draw every film's medians as bars, spreads as whiskers."""
    from matplotlib.figure import Figure

    films = results["films"]
    figure = Figure(figsize=(1.6 + 1.1 * len(films), 3.6), layout="constrained")
    axes = figure.subplots()
    shown = [who for who in WHO if any(who in film for film in films)]
    for place, who in enumerate(shown):
        at = [number + (place - (len(shown) - 1) / 2) * 0.27 for number, film in enumerate(films) if who in film]
        costs = [film[who]["cpu"] for film in films if who in film]
        away = [[one["median"] - one["least"] for one in costs], [one["most"] - one["median"] for one in costs]]
        axes.bar(at, [one["median"] for one in costs], 0.25, yerr=away, color=WHO[who], label=who, capsize=2)
    several = len({film["frames"] for film in films}) > 1
    names = [f"{film['name']}\n{film['frames']} frames" if several else film["name"] for film in films]
    axes.set_xticks(range(len(films)), names)
    axes.set_ylabel("CPU seconds per frame")
    axes.set_xlabel("size and faces")
    figure.legend(loc="outside upper center", ncols=len(shown), frameon=False)  # beside the bars, not on them
    axes.spines[["top", "right"]].set_visible(False)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=90)
