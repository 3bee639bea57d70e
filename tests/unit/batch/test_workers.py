"""Units to worker processes: what they answer, what becomes of those whose worker is lost, how it all ends."""

import os
import time
from pathlib import Path

from odd_units import OddUnit

from faceerase.streamer.workers.dispatch import carry_out
from faceerase.streamer.workers.processes import ProcessExecutor, _share_out
from faceerase.streamer.workers.seam import Advanced, Begun, Done, Event, Failed, Lost
from faceerase.streamer.workers.shares import shares, usable_cores


def run(units: list[OddUnit | None], workers: int = 1, attempts: int = 2) -> list[Event[int]]:
    with ProcessExecutor[int](workers, 1) as executor:
        return list(carry_out(units, executor, attempts))


def test_one_bad_unit_or_worker_never_stops_the_others(tmp_path: Path) -> None:
    kinds = {"a": "answers", "b": "fails", "c": "errs", "d": "dies", "e": "dies once", "f": "answers"}
    units = [OddUnit(name, kind, tmp_path) for name, kind in kinds.items()]
    events = run([*units[:3], None, *units[3:]])
    ended = {event.unit.name: event for event in events if isinstance(event, Done | Failed)}
    assert {name: type(event) for name, event in ended.items()} == {
        "a": Done, "b": Failed, "c": Failed, "d": Failed, "e": Done, "f": Done,
    }  # fmt: skip
    failures = {name: event.failure for name, event in ended.items() if isinstance(event, Failed)}
    assert (failures["b"].text, failures["b"].exit_code) == ("b: of no use", 3)
    assert failures["c"].text == "a fault of faceerase itself: ValueError: what nobody expected"
    assert "lost 2 times in a row (killed by SIGKILL; out of memory?)" in failures["d"].text
    assert [unit.times for unit in units] == [1, 1, 1, 2, 2, 1]
    assert sum(isinstance(event, Lost) for event in events) == 3
    assert sum(isinstance(event, Begun) for event in events) == 8
    assert any(isinstance(event, Advanced) for event in events)
    assert len({unit.pids[0] for unit in units[:4]}) == 1  # one process as long as it lives


def test_leaving_ends_every_worker_and_what_it_left(tmp_path: Path) -> None:
    units = [OddUnit(name, "waits", tmp_path) for name in "ab"]
    with ProcessExecutor[int](2, 1) as executor:
        for unit in units:
            executor.submit(unit)
        assert executor.free == 0
        while len(list(tmp_path.glob(".*.part"))) < 2:
            time.sleep(0.05)
    assert list(tmp_path.glob(".*.part")) == []
    for unit in units:
        assert not Path(f"/proc/{unit.pids[0]}").exists()


def test_cores_are_shared_out() -> None:
    cores = usable_cores()
    assert shares("auto", None, 1).workers == 1
    assert shares(cores, None, 0) == shares(cores, 1, 0)
    assert shares(1, None, 5).threads == cores
    assert shares(4 * cores, None, 5).threads == 1
    assert [len(one) for one in _share_out(3, 1)] == ([1, 1, 1] if cores > 1 and os.name == "posix" else [0, 0, 0])
