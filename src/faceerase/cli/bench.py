"""``faceerase bench``: how fast the network runs on this machine. A thin shell over streamer/bench."""

import platform
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from faceerase.cli import search_options as search
from faceerase.cli.outcome import outcome, stderr
from faceerase.cli.progress import emit
from faceerase.configs.film import load_film_config
from faceerase.streamer.bench.busy import BusyMeter
from faceerase.streamer.bench.film_load import FULL_HD, RATE, Load, load_of
from faceerase.streamer.bench.throughput import Rate, measure
from faceerase.streamer.look.device.card import card_address, card_name, load_driver
from faceerase.streamer.look.engine import OnnxEngine

FACES = (0, 9)

_CPU_NAMES = Path("/proc/cpuinfo")


def bench(
    model: search.Model = None,
    provider: search.Provider = None,
    batch_size: search.BatchSize = None,
    scan: search.Scan = None,
    min_face: search.MinFace = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=0.1, max=600, help="How long each batch size is run.", show_default=True)
    ] = 2.0,
    json_lines: Annotated[bool, typer.Option("--json", help="The result as one JSON line on stdout.")] = False,
    debug: search.Debug = False,
) -> None:
    """Measure how many tiles a second the network looks at here, by batch size. Needs no film and no data set.

    Timed is what a film pays: from gray tiles to maps, copies to and from a card included; decoding, erasing and
    encoding are not in it. The last lines say how many times real time that is for a film of 1920×1080 at 25 frames a
    second: the tiles that the planner asks for in the middle of a scene, before anything new is found.

    Exit codes: 0 done · 2 usage or configuration · 5 model, provider or memory.
    """
    flags: dict[str, dict[str, Any]] = {
        "look": {"model": model, "provider": provider, "batch_size": batch_size, "scan": scan, "min_face": min_face}
    }
    with outcome(debug):
        look = load_film_config(None, flags).look
        engine = OnnxEngine(look.model, look.provider, look.threads, look.batch_size)
        on_card = engine.provider != "cpu"
        driver = load_driver() if on_card else None
        device = (card_name(driver) if on_card else _cpu_name()) or "unknown"
        meter = BusyMeter(card_address(driver))
        with stderr.status(f"{engine.model.name} on {device}") as status:
            rates = []
            for rate in measure(engine, seconds, meter):
                rates.append(rate)
                status.update(f"{rate.batch} tiles a run: {rate.tiles_per_second:.0f} tiles/s")
        loads = [load_of(look, engine.contract, faces) for faces in FACES]
        if json_lines:
            emit("bench", **_values(engine, device, rates, loads))
        else:
            _show(engine, device, look.scan, rates, loads)


def _values(engine: OnnxEngine, device: str, rates: list[Rate], loads: list[Load]) -> dict[str, Any]:
    best = max(rate.tiles_per_second for rate in rates)
    return {
        "model": engine.model.name,
        "network": engine.contract.name,
        "provider": engine.provider,
        "device": device,
        "batch_size": engine.batch_size,
        "rates": [asdict(rate) | {"milliseconds_per_tile": rate.milliseconds_per_tile} for rate in rates],
        "films": [asdict(load) | {"times_real_time": load.times_real_time(best)} for load in loads],
        "remarks": list(engine.remarks),
    }


def _show(engine: OnnxEngine, device: str, scan: str, rates: list[Rate], loads: list[Load]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{escape(engine.model.name)} ({engine.contract.name}) on {engine.provider}: {escape(device)}; "
        f"up to {engine.batch_size} tiles a run"
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("tiles a run", "tiles/s", "ms a tile", "card busy"):
        table.add_column(name, justify="right")
    for rate in rates:
        busy = "unknown" if rate.busy is None else f"{rate.busy:.0%}"
        table.add_row(
            str(rate.batch),
            _figures(rate.tiles_per_second),
            _figures(rate.milliseconds_per_tile),
            "none used" if engine.provider == "cpu" else busy,
        )
    console.print(table)
    best = max(rate.tiles_per_second for rate in rates)
    for load in loads:
        times = _figures(load.times_real_time(best))
        console.print(
            f"{FULL_HD[0]}×{FULL_HD[1]} at {RATE:g} frames/s, {scan}, {load.faces} faces: "
            f"{load.tiles_per_frame:.1f} tiles a frame; the network alone: {times} × real time"
        )
    for remark in engine.remarks:
        console.print(f"  note: {remark}", markup=False)


def _figures(value: float) -> str:
    """Write a number with three figures, and no exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _cpu_name() -> str:
    lines = _CPU_NAMES.read_text(errors="replace").splitlines() if _CPU_NAMES.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
