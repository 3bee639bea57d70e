"""A run over a folder, with workers that only pretend: what is noted, left alone, and left when it is stopped."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from faceerase.configs.film import FilmConfig
from faceerase.streamer.batch.film_work import FilmWork, Finished
from faceerase.streamer.batch.job import Job
from faceerase.streamer.batch.plan import Planned, judge
from faceerase.streamer.batch.record.fingerprint import fingerprint
from faceerase.streamer.batch.record.ledger import Ledger
from faceerase.streamer.batch.record.outcome import Outcome
from faceerase.streamer.batch.record.report import write_report
from faceerase.streamer.batch.run import BatchRun, Ended, Happening
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.report import FilmReport
from faceerase.streamer.workers.seam import Begun, Done, Event, Failed, Failure


class Pretender:
    """An executor with one place that writes a result for each job, or does what ``odd`` says of it."""

    def __init__(self, odd: dict[str, Any] | None = None) -> None:
        self.odd = odd or {}
        self.free = 1
        self.done: list[str] = []
        self._events: list[Event[Finished]] = []

    def submit(self, unit: Any) -> None:
        self.free = 0
        self.done.append(unit.name)
        odd = self.odd.get(unit.name)
        if isinstance(odd, BaseException):
            raise odd
        answer: Event[Finished] = Failed(0, unit, odd) if isinstance(odd, Failure) else Done(0, unit, made(unit, odd))
        self._events = [Begun(0, unit, 1), answer]

    def events(self, timeout: float) -> Sequence[Event[Finished]]:
        events, self._events, self.free = self._events, [], 1
        return events

    def __enter__(self) -> "Pretender":
        return self

    def __exit__(self, *raised: object) -> None:
        self.free = 0


def made(unit: FilmWork, lost: tuple[str, ...] | None) -> Finished:
    job = unit.job
    job.output.write_bytes(b"a result")
    report = FilmReport(
        job.source, job.output, None, 9, 3, 4, Looks(), 1, 0.1, "cpu", "ffv1", 1.0, (), lost or (), None, 2
    )
    return Finished(report, fingerprint([job.source]), {"output": fingerprint([job.output])}, 1.5)


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    """Three jobs."""
    (tmp_path / "model.onnx").write_bytes(b"a network")
    config = FilmConfig.model_validate({"look": {"model": tmp_path / "model.onnx"}})
    for name in "abc":
        (tmp_path / f"{name}.in").write_bytes(name.encode())
    return [Job(name, tmp_path / f"{name}.in", tmp_path / name, None, None, config) for name in "abc"]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Of the folder of the jobs."""
    return Ledger(tmp_path)


@pytest.fixture
def carry_out(jobs: list[Job], ledger: Ledger) -> Callable[..., tuple[list[str], BatchRun]]:
    """``carry_out(executor, …)``: a run over the three; returns their statuses, in order, and the run."""

    def carry_out(executor: Any, **options: Any) -> tuple[list[str], BatchRun]:
        shown: list[Happening] = []
        run = BatchRun(ledger, shown.append, **options)
        run.run([judge(job, ledger) for job in jobs], executor)
        assert sum(isinstance(one, Ended) for one in shown) == len(run.records)
        return [record.status for record in run.records], run

    return carry_out


CarryOut = Callable[..., tuple[list[str], BatchRun]]
BAD = Failure("b.in: not a film", 3, "SourceError")


def test_what_is_done_is_noted_and_not_done_again(carry_out: CarryOut, tmp_path: Path, ledger: Ledger) -> None:
    assert carry_out(Pretender({"b": BAD, "c": ("frame 3",)}))[0] == ["done", "failed", "lost frames"]
    entry = ledger.read("b")
    assert entry is not None
    assert (entry.state, entry.error, entry.exit_code) == ("failed", "b.in: not a film", 3)
    again = Pretender({"b": BAD})
    statuses, run = carry_out(again)
    assert (statuses, again.done) == (["up to date", "failed", "up to date, lost frames"], ["b"])
    ended = Outcome(run.records, 1, 1, 1.0)
    assert not ended.well
    write_report(tmp_path, ended)
    assert '"tracks": 2' in (tmp_path / "batch.json").read_text()
    rows = (tmp_path / "batch.csv").read_text().splitlines()
    assert [rows[1][:2], ",up to date,,9,4,2,0,1.5," in rows[1]] == ["a,", True]
    assert Outcome(run.records[:1], 1, 1, 1.0).well


def test_what_only_reading_finds_is_done_again(
    carry_out: CarryOut, jobs: list[Job], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(Pretender())
    jobs[0].output.write_bytes(b"A result")
    monkeypatch.setattr("faceerase.streamer.batch.record.fingerprint.stamp_of", lambda paths: "as before")
    entry = ledger.read("a")
    assert entry is not None
    kept = {"output": entry.results["output"].model_copy(update={"stamp": "as before"})}
    ledger.write("a", entry.model_copy(update={"results": kept}))
    assert judge(jobs[0], ledger).why is None
    reader, run = Pretender(), BatchRun(ledger, lambda happening: None)
    run.run([judge(job, ledger, rehash=True) for job in jobs], reader)
    assert reader.done == ["a"]


def test_after_the_first_failure_nothing_more_is_begun(carry_out: CarryOut) -> None:
    assert carry_out(Pretender({"a": BAD}), fail_fast=True)[0] == ["failed", "not started", "not started"]


def test_what_others_have_in_hand_is_left_alone(carry_out: CarryOut, ledger: Ledger) -> None:
    lock = ledger.lock("b")
    assert lock is not None
    statuses, run = carry_out(Pretender())
    assert statuses == ["done", "in hand elsewhere", "done"]
    assert Outcome(run.records, 1, 1, 1.0).well
    lock.release()


def test_what_others_did_meanwhile_is_not_done_again(carry_out: CarryOut, jobs: list[Job], ledger: Ledger) -> None:
    before = [judge(job, ledger) for job in jobs]
    carry_out(Pretender())
    late, run = Pretender(), BatchRun(ledger, lambda happening: None)
    run.run(before, late)
    assert ([record.status for record in run.records], late.done) == (["up to date"] * 3, [])


def test_what_is_refused_fails_by_itself(jobs: list[Job], ledger: Ledger) -> None:
    jobs[0].output.write_text("somebody's")
    run = BatchRun(ledger, lambda happening: None)
    run.run([judge(jobs[0], ledger), None, Planned(jobs[1], "new", None, "no"), judge(jobs[2], ledger)], Pretender())
    assert [record.status for record in run.records] == ["failed", "failed", "done"]
    assert jobs[0].output.read_text() == "somebody's"
    assert ledger.read("a") is None


def test_a_stop_frees_what_was_in_hand(carry_out: CarryOut, jobs: list[Job], ledger: Ledger) -> None:
    run = BatchRun(ledger, lambda happening: None)
    with pytest.raises(KeyboardInterrupt):
        run.run([judge(job, ledger) for job in jobs], Pretender({"b": KeyboardInterrupt()}))
    assert [record.status for record in run.records] == ["done", "interrupted"]
    assert judge(jobs[1], ledger).why == "interrupted before"
    assert carry_out(Pretender())[0] == ["up to date", "done", "done"]
