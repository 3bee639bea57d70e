"""The simulated farm: linear while nothing is full, and bound by what is."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest

SIMULATION = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "farm" / "simulation.py"))
Farm, Footage, full_at, simulate = (SIMULATION[name] for name in ("Farm", "Footage", "full_at", "simulate"))

FOOTAGE = Footage(films=20, segments=20, compute=10.0, read=1e6, written=1e6)
FARM = Farm(workers=1, dispatch=1e-6, join=1e-12, storage=1e12, link=1e12, driver_link=1e12, start=0.0)


def test_it_is_linear_while_nothing_is_full() -> None:
    one, ten, all_ = (simulate(FOOTAGE, replace(FARM, workers=workers)) for workers in (1, 10, 400))
    assert one.seconds == pytest.approx(4000, rel=1e-3)
    assert ten.seconds == pytest.approx(400, rel=1e-3)
    assert all_.seconds == pytest.approx(10, rel=1e-2)
    assert simulate(FOOTAGE, replace(FARM, workers=10_000)).seconds == all_.seconds
    assert ten.bottleneck == "workers"


@pytest.mark.parametrize(
    ("name", "changes", "seconds"),
    [("dispatch", {"dispatch": 1.0}, 400), ("storage", {"storage": 4e6}, 400), ("join", {"join": 1.0}, 400)],
)
def test_what_is_full_bounds_it(name: str, changes: dict[str, float], seconds: float) -> None:
    farm = replace(FARM, workers=400, **changes)
    run = simulate(FOOTAGE, farm)
    assert run.bottleneck == name
    assert run.seconds == pytest.approx(seconds, rel=0.1)
    assert min(full_at(FOOTAGE, farm), key=lambda one: full_at(FOOTAGE, farm)[one]) == name
