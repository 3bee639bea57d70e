"""What a film costs, beside the plain transcode of it and beside deface.

    python -m benchmarks.film --clips DIR [--films NAME …] [--frames N …] [--rounds N] [--short] [--deface PATH]
                              [--option --scan=fast …] [--json PATH] [--plot PATH] [--table PATH]

Prints a row a film, and writes the results as JSON, as a PNG and as tables in Markdown; method in ../README.md.
"""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.film.cost import Cost, cost_of
from benchmarks.film.films import FILMS, Film, made
from benchmarks.film.plot import draw
from benchmarks.film.table import row, tables

STAGE_FRAMES = 30
"""Frames over which the share of each stage is measured: they lie decoded in memory."""

SHORT = ("1080p-0", "1080p-9")


def measured(film: Film, path: Path, frames: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Return everything about one film; who does the work changes from run to run, in every round all of them."""
    commands = {"transcode": _transcode, "faceerase": _faceerase(asked.option)}
    if asked.deface is not None:
        commands["deface"] = _deface(asked.deface)
    costs: dict[str, list[Cost]] = {who: [] for who in commands}
    for number in range(asked.rounds):
        for who, command in commands.items():
            with tempfile.TemporaryDirectory() as folder:
                costs[who].append(cost_of(command(path, Path(folder) / "out.mp4")))
            _say(f"{film.name}: round {number + 1}, {who}: {costs[who][-1].cpu / frames:.3f} CPU s a frame")
    found = {who: _summed(runs, frames) for who, runs in costs.items()}
    told = costs["faceerase"][-1].told
    stages = _stages(path, min(frames, STAGE_FRAMES))
    return {
        "name": film.name,
        "frames": frames,
        **found,
        "beyond_transcode": found["faceerase"]["cpu"]["median"] - found["transcode"]["cpu"]["median"],
        "times_transcode": found["faceerase"]["cpu"]["median"] / found["transcode"]["cpu"]["median"],
        "tiles": sum(told["looks"][kind] for kind in ("planned", "again", "back")) / frames,
        "faces": told["faces"] / frames,
        "stages": stages,
    }


def _summed(runs: Sequence[Cost], frames: int) -> dict[str, Any]:
    def spread(values: Sequence[float]) -> dict[str, float]:
        return {"median": median(values), "least": min(values), "most": max(values)}

    return {
        "cpu": spread([run.cpu / frames for run in runs]),
        "wall": spread([run.wall / frames for run in runs]),
        "frames_per_second": spread([frames / run.wall for run in runs]),
        "peak_mb": spread([run.peak for run in runs]),
    }


def _stages(path: Path, frames: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.film.stages", str(path), "--frames", str(frames)]
    told = cost_of(command).told
    return {stage: seconds / told["frames"] for stage, seconds in told.items() if isinstance(seconds, float)}


def _transcode(film: Path, output: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.film.transcode", str(film), str(output)]


def _faceerase(options: Sequence[str]) -> Callable[[Path, Path], list[str]]:
    start = "from faceerase.cli.app import video_main; video_main()"
    return lambda film, output: [sys.executable, "-c", start, str(film), "-o", str(output), "--json", *options]


def _deface(program: Path) -> Callable[[Path, Path], list[str]]:
    return lambda film, output: [str(program), str(film), "-o", str(output)]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--films", nargs="*", choices=[film.name for film in FILMS])
    parser.add_argument(
        "--frames", type=int, nargs="*", help="of each film, each in turn (default: 100; 30 with --short)"
    )
    parser.add_argument("--rounds", type=int, help="(default: 3; 1 with --short)")
    parser.add_argument("--short", action="store_true", help=f"only {' and '.join(SHORT)}")
    parser.add_argument("--deface", type=Path, help="the program, in an environment of its own")
    parser.add_argument("--option", nargs="*", default=[], help="of faceerase-video, as --scan=fast")
    parser.add_argument("--made", type=Path, default=Path(tempfile.gettempdir()) / "faceerase-films")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    asked.rounds = asked.rounds or (1 if asked.short else 3)
    lengths = asked.frames or [30 if asked.short else 100]
    names = asked.films or (SHORT if asked.short else [film.name for film in FILMS])
    results: dict[str, Any] = {"machine": f"{platform.processor() or platform.machine()}, {platform.system()}"}
    results |= {"rounds": asked.rounds, "options": asked.option, "films": []}
    for film, frames in product((film for film in FILMS if film.name in names), lengths):
        found = measured(film, made(film, asked.clips, asked.made, frames), frames, asked)
        results["films"].append(found)
        print(row(found), flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(results, indent=1) + "\n")
    if asked.plot is not None:
        draw(results, asked.plot)
    if asked.table is not None:
        asked.table.write_text(tables(results))


if __name__ == "__main__":
    main()
