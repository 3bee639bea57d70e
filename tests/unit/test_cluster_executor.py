"""What a driver makes of the workers of a cluster, by a stand-in for Ray."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fake_ray import FakeRay
from odd_units import OddUnit

from faceerase.errors import ClusterError
from faceerase.streamer.workers.cluster import staff as module
from faceerase.streamer.workers.cluster.executor import RayExecutor
from faceerase.streamer.workers.cluster.room import Needs
from faceerase.streamer.workers.cluster.worker import Worker
from faceerase.streamer.workers.dispatch import carry_out
from faceerase.streamer.workers.seam import Advanced, Done, Event, Failed, Lost, Tell, Tools


@dataclass(frozen=True, slots=True)
class Fatal(OddUnit):
    """Ends its worker, or every one, when it is begun."""

    def do(self, tools: Tools, tell: Tell) -> int:
        with (self.folder / f"{self.name}.begun").open("a") as trace:
            trace.write("1\n")
        if self.kind == "dies" or self.times == 1:
            for actor in list(sys.modules["ray"].living):
                if "do" in actor.calls:
                    actor.dead = True
        return tools.threads


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], FakeRay]:
    def make(slots: int) -> FakeRay:
        ray = FakeRay(slots)
        monkeypatch.setitem(sys.modules, "ray", ray)  # type: ignore[arg-type]
        monkeypatch.setattr(module, "LOOK_AROUND_SECONDS", 0.0)
        return ray

    return make


def run(units: list[OddUnit], most: int | None = None) -> list[Event[int]]:
    with RayExecutor[int]("auto", Needs(1, 0), len(units), most) as executor:
        return list(carry_out(units, executor))


def test_as_many_workers_as_there_is_work_and_room_for(fake: Callable[[int], FakeRay], tmp_path: Path) -> None:
    for slots, most, made in ((2, None, 2), (5, None, 3), (5, 1, 1), (1, 2, 2)):
        ray = fake(slots)
        events = run([OddUnit(f"{slots}{most}{name}", "answers", tmp_path) for name in "abc"], most)
        assert sum(isinstance(event, Done) for event in events) == 3
        assert any(isinstance(event, Advanced) for event in events)
        assert len(ray.actors) == made
        assert ray.needs == {
            "num_cpus": 1,
            "num_gpus": 0,
            "max_restarts": 0,
            "max_task_retries": 0,
            "max_concurrency": 2,
        }
        assert all(actor.dead or "leave" in actor.calls for actor in ray.actors)


def test_an_error_is_the_unit_s_and_a_lost_worker_is_replaced(fake: Callable[[int], FakeRay], tmp_path: Path) -> None:
    ray = fake(1)
    units = [OddUnit("a", "fails", tmp_path), Fatal("b", "once", tmp_path), Fatal("c", "dies", tmp_path)]
    events = run([*units, OddUnit("d", "answers", tmp_path)])
    ended = {event.unit.name: type(event) for event in events if isinstance(event, Done | Failed)}
    assert ended == {"a": Failed, "b": Done, "c": Failed, "d": Done}
    assert [event.unit.name for event in events if isinstance(event, Lost)] == ["b", "c", "c"]
    failed = next(event for event in events if isinstance(event, Failed) and event.unit.name == "c")
    assert "its process was killed or crashed, or its machine vanished" in failed.failure.text
    assert len(ray.actors) == 4


def test_workers_of_other_versions_are_refused(
    fake: Callable[[int], FakeRay], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(1)
    greet = Worker.greet

    def old(self: Worker) -> object:
        said = greet(self)
        return replace(said, machine="node7", versions=said.versions.model_copy(update={"opencv": "4.0"}))

    monkeypatch.setattr(Worker, "greet", old)
    with pytest.raises(ClusterError, match=r"node7: opencv 4\.0 there and .* here; all machines"):
        run([OddUnit("a", "answers", tmp_path)])


def test_a_cluster_on_which_nothing_begins_is_given_up(
    fake: Callable[[int], FakeRay], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(1).stillborn = True
    with pytest.raises(ClusterError, match=r"workers end before they begin \(unexpectedly\); is faceerase installed"):
        run([OddUnit("a", "answers", tmp_path)])
    fake(0)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(ClusterError, match="no machine has 1 core for a worker"):
        run([OddUnit("a", "answers", tmp_path)])
