"""Wall time of a farm for so many hours of footage, on 1 to 10,000 workers: ``python -m benchmarks.farm``."""

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

from benchmarks.farm.costs import Costs, measure
from benchmarks.farm.simulation import Farm, Footage, Run, full_at, simulate

COSTS = Path(__file__).with_name("costs.json")
WORKERS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)


def footage_of(costs: Costs, asked: argparse.Namespace) -> Footage:
    """Return the films that are asked for, in segments."""
    films = max(1, round(asked.hours * 60 / asked.film_minutes))
    segments = math.ceil(asked.film_minutes * 60 / asked.segment)
    frames = asked.segment * costs.rate
    shown = frames + 2 * asked.margin * costs.rate  # margins are decoded and looked at, too
    return Footage(
        films=films,
        segments=segments,
        compute=costs.segment_seconds + shown * costs.cpu_seconds_per_frame,
        read=shown * costs.read_bytes_per_frame,
        written=frames * costs.written_bytes_per_frame,
    )


def table(runs: dict[int, Run]) -> str:
    """Return a table in Markdown."""
    lines = ["| workers | wall time | speed-up | efficiency | workers busy | dispatch | storage | join | bound by |"]
    lines.append("|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    first = runs[min(runs)].seconds * min(runs)
    for workers, run in runs.items():
        gain = first / run.seconds
        shares = " | ".join(f"{run.busy[name]:.1%}" for name in ("workers", "dispatch", "storage", "join"))
        begin = f"| {workers:,} | {_clock(run.seconds)} | {gain:,.1f} | {gain / workers:.0%}"
        lines.append(f"{begin} | {shares} | {run.bottleneck} |")
    return "\n".join(lines)


def draw(path: Path, runs: dict[int, Run], title: str) -> None:
    """Draw wall time and how busy each resource is."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    workers = list(runs)
    first = runs[workers[0]].seconds * workers[0] / 3600
    left.loglog(workers, [run.seconds / 3600 for run in runs.values()], marker="o", label="simulated")
    left.loglog(workers, [first / count for count in workers], linestyle=":", color="gray", label="linear")
    left.set(xlabel="workers (cores)", ylabel="hours", title=title)
    left.legend()
    for name in ("workers", "dispatch", "storage", "join"):
        right.semilogx(workers, [100 * run.busy[name] for run in runs.values()], marker=".", label=name)
    right.set(xlabel="workers (cores)", ylabel="busy, %", ylim=(0, 105), title="what it is bound by")
    right.legend()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure, if asked to; simulate; print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--costs", type=Path, default=COSTS, help="JSON of measured costs, read or written")
    parser.add_argument("--measure", type=Path, metavar="FILM", help="measure a film here, and write the costs")
    parser.add_argument("--height", type=int, metavar="PX", help="with --measure: scale the film before")
    parser.add_argument("--hours", type=float, default=1000, help="of footage (default: %(default)s)")
    parser.add_argument("--film-minutes", type=float, default=60, help="of each film (default: %(default)s)")
    parser.add_argument("--segment", type=float, default=20, help="seconds of a segment (default: %(default)s)")
    parser.add_argument("--margin", type=float, default=1, help="seconds on each side of it (default: %(default)s)")
    parser.add_argument("--storage", type=float, default=1.25, help="GB/s, all of it (default: %(default)s: 10 Gbit/s)")
    parser.add_argument("--link", type=float, default=0.125, help="GB/s of a worker (default: %(default)s: 1 Gbit/s)")
    parser.add_argument("--driver-link", type=float, default=1.25, help="GB/s of the driver (default: %(default)s)")
    parser.add_argument("--joins", type=int, default=1, help="films joined at once (default: %(default)s)")
    parser.add_argument("--start", type=float, default=3, help="seconds until a worker is up (default: %(default)s)")
    parser.add_argument("--bytes", type=float, help="bytes a frame, in and out, instead of the measured ones")
    parser.add_argument("--plot", type=Path, metavar="PNG")
    asked = parser.parse_args()
    if asked.measure is not None:
        measured = measure(asked.measure, asked.height)
        asked.costs.write_text(json.dumps(measured.to_dict(), indent=1) + "\n", encoding="utf-8")
    costs = Costs(**json.loads(asked.costs.read_text(encoding="utf-8")))
    if asked.bytes is not None:
        costs = replace(costs, read_bytes_per_frame=asked.bytes, written_bytes_per_frame=asked.bytes)
    footage = footage_of(costs, asked)
    farm = Farm(
        workers=1,
        dispatch=costs.dispatch_seconds,
        join=costs.join_seconds_per_frame * costs.rate * asked.segment / asked.joins,
        storage=asked.storage * 1e9,
        link=asked.link * 1e9,
        driver_link=asked.driver_link * 1e9,
        start=asked.start,
    )
    runs = {workers: simulate(footage, replace(farm, workers=workers)) for workers in WORKERS}
    print(json.dumps(costs.to_dict()))
    print(f"cores for one stream in real time: {costs.rate * costs.cpu_seconds_per_frame:.1f}")
    full = ", ".join(f"{name} {count:,.0f}" for name, count in full_at(footage, farm).items())
    print(f"workers with which each is busy all the time: {full}")
    print(table(runs))
    if asked.plot is not None:
        draw(asked.plot, runs, f"{asked.hours:g} hours, {costs.film}")


def _clock(seconds: float) -> str:
    hours = seconds / 3600
    return f"{hours / 24:,.1f} d" if hours >= 48 else f"{hours:.1f} h" if hours >= 2 else f"{seconds / 60:.1f} min"


if __name__ == "__main__":
    main()
