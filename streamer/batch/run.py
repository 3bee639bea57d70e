"""A batch, run: each job is locked, judged again, noted as begun, done by a worker, and noted again.

Whatever ends the run, what was not finished is noted as begun, and its lock is free. Knows nothing of terminals.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from filelock import FileLock

from faceerase.errors import ConfigError, FaceEraseError
from faceerase.streamer.batch.film_work import FilmWork, Finished
from faceerase.streamer.batch.job import identity_of
from faceerase.streamer.batch.plan import Planned, judge
from faceerase.streamer.batch.record.ledger import Entry, Ledger
from faceerase.streamer.batch.record.outcome import Record, standing
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.report import Progress
from faceerase.streamer.workers.dispatch import carry_out
from faceerase.streamer.workers.seam import (
    Advanced,
    Begun,
    Done,
    Event,
    Executor,
    Failed,
    Failure,
    Lost,
    failure_of,
)


@dataclass(frozen=True, slots=True)
class Started:
    """A worker began with a job."""

    worker: int
    planned: Planned


@dataclass(frozen=True, slots=True)
class Moved:
    """A worker got on with a job."""

    worker: int
    planned: Planned
    progress: Progress


@dataclass(frozen=True, slots=True)
class Retried:
    """The worker of a job was lost; the job is begun once more, or fails."""

    worker: int
    planned: Planned
    how: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A job ended; ``worker`` is None where none had it."""

    worker: int | None
    record: Record


Happening = Started | Moved | Retried | Ended


class BatchRun:
    """One run over the jobs of a folder; ``records`` are complete once ``run`` has returned or raised."""

    def __init__(
        self, ledger: Ledger, show: Callable[[Happening], None], *, attempts: int = 2, fail_fast: bool = False
    ) -> None:
        """Prepare a run.

        Args:
            ledger: of the folder.
            show: called for everything that happens.
            attempts: how often a job is begun whose worker is lost each time.
            fail_fast: after the first failure nothing more is begun; what is in hand is finished.
        """
        self._ledger = ledger
        self._show = show
        self._attempts = attempts
        self._fail_fast = fail_fast
        self._records: dict[str, Record] = {}
        self._in_hand: dict[str, tuple[Planned, FileLock, dict[str, Any]]] = {}

    @property
    def records(self) -> tuple[Record, ...]:
        """What became of each job so far, in the order of the plan."""
        return tuple(self._records.values())

    def run(self, planned: Iterable[Planned | None], executor: Executor[Finished]) -> None:
        """Do what is planned.

        Args:
            planned: jobs, in order; None: there is none now, ask again later.
            executor: who does them; ended when this returns or raises.
        """
        try:
            with executor:
                for event in carry_out(self._units(planned), executor, self._attempts):
                    self._take(event)
        finally:
            for item, lock, _ in self._in_hand.values():
                self._records[item.job.name] = Record(item, "interrupted", self._records[item.job.name].entry)
                lock.release()

    def _units(self, planned: Iterable[Planned | None]) -> Iterator[FilmWork | None]:
        for item in planned:
            if item is None:
                yield None
            elif self._fail_fast and any(one.status == "failed" for one in self._records.values()):
                self._end(None, Record(item, "not started", item.entry))
            elif item.refused is not None:
                self._end(None, _refused(item, item.refused))
            elif item.why is None and item.entry is not None:
                self._end(None, Record(item, standing(item.entry), item.entry))
            else:
                unit = self._begin(item)
                if unit is not None:
                    yield unit

    def _begin(self, item: Planned) -> FilmWork | None:
        """Take a job in hand; None: there is nothing to do, which then was said."""
        name = item.job.name
        lock = None
        try:
            lock = self._ledger.lock(name)
            if lock is None:
                self._end(None, Record(item, "in hand elsewhere", item.entry))
                return None
            now = item if item.why == "asked for" else judge(item.job, self._ledger, rehash=item.rehash)
            if now.refused is not None:
                lock.release()
                self._end(None, _refused(now, now.refused))
                return None
            if now.why is None and now.entry is not None:  # somebody else did it meanwhile
                lock.release()
                self._end(None, Record(now, standing(now.entry), now.entry))
                return None
            if now.entry is not None and now.entry.pid:  # of a run that was killed with its workers
                clear_leftovers(item.job.results.values())
            identity = identity_of(item.job)  # beforehand: a network may be replaced meanwhile
            begun = Entry(state="begun", name=name, source=str(item.job.source))
            self._ledger.write(name, begun)
        except (FaceEraseError, OSError) as error:
            if lock is not None:
                lock.release()
            self._end(None, Record(item, "failed", _failed(item, failure_of(error))))
            return None
        self._in_hand[name] = item, lock, identity
        self._records[name] = Record(item, "interrupted", begun)
        return FilmWork(item.job, self._ledger.log(name))

    def _take(self, event: Event[Finished]) -> None:
        name = event.unit.name
        item, lock, identity = self._in_hand[name]
        match event:
            case Begun(worker, _, pid):
                entry = Entry(state="begun", name=name, source=str(item.job.source), pid=pid)
                self._ledger.write(name, entry)
                self._show(Started(worker, item))
            case Advanced(worker, _, progress):
                self._show(Moved(worker, item, progress))
            case Lost(worker, _, _, how):
                self._show(Retried(worker, item, how))
            case Done(worker, _, result):
                entry = _done(item, result, identity)
                self._finish(worker, Record(item, "lost frames" if entry.lost else "done", entry), lock)
            case Failed(worker, _, failure):
                self._finish(worker, Record(item, "failed", _failed(item, failure)), lock)

    def _finish(self, worker: int, record: Record, lock: FileLock) -> None:
        name = record.planned.job.name
        assert record.entry is not None
        self._ledger.write(name, record.entry)
        lock.release()
        del self._in_hand[name]
        self._end(worker, record)

    def _end(self, worker: int | None, record: Record) -> None:
        self._records[record.planned.job.name] = record
        self._show(Ended(worker, record))


def _refused(item: Planned, text: str) -> Record:
    return Record(item, "failed", _failed(item, Failure(text, ConfigError.exit_code, "ConfigError")))


def _done(item: Planned, result: Finished, identity: dict[str, Any]) -> Entry:
    report = result.report
    return Entry(
        state="done",
        name=item.job.name,
        source=str(item.job.source),
        identity=identity,
        input=result.input,
        results=result.results,
        frames=report.frames,
        faces=report.faces,
        tracks=report.tracks,
        lost=report.lost,
        remarks=report.remarks,
        encoder=report.encoder,
        provider=report.provider,
        work_seconds=round(result.seconds, 3),
    )


def _failed(item: Planned, failure: Failure) -> Entry:
    return Entry(
        state="failed",
        name=item.job.name,
        source=str(item.job.source),
        error=failure.text,
        exit_code=failure.exit_code,
    )
