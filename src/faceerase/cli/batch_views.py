"""How a person, or a machine, sees a batch being worked on: bars, a line for each film, or JSON lines."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from faceerase.cli.outcome import stderr
from faceerase.cli.progress import JSON_EVERY_SECONDS, emit
from faceerase.streamer.batch.record.outcome import Record
from faceerase.streamer.batch.record.report import record_values
from faceerase.streamer.batch.run import Ended, Happening, Moved, Retried, Started

Show = Callable[[Happening], None]


@contextmanager
def batch_view(total: int | None, as_json: bool) -> Iterator[Show]:
    """Give a callback that shows what happens in a batch of so many jobs (None: nobody knows how many)."""
    if as_json:
        yield _json_lines()
    elif stderr.is_terminal:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(compact=True),
            console=stderr,
            transient=True,
        ) as bars:
            yield _Bars(bars, total).show
    else:
        yield _lines(total)


def sentence(record: Record) -> str:
    """Return in one line what became of a job."""
    name, entry = record.planned.job.name, record.entry
    if record.status in ("done", "lost frames") and entry is not None:
        speed = entry.frames / max(1e-6, entry.work_seconds)
        lost = f"; frames were lost: {entry.lost[0]}" if entry.lost else ""
        return f"{name}: {entry.frames} frames, {entry.tracks} faces, {entry.work_seconds:.1f} s, {speed:.1f}/s{lost}"
    if record.status == "failed" and entry is not None:
        return f"{name}: failed: {entry.error}"
    return f"{name}: {record.status}"


def _lines(total: int | None) -> Show:
    ended = 0

    def show(happening: Happening) -> None:
        nonlocal ended
        if isinstance(happening, Ended):
            ended += 1
            if happening.record.status == "up to date":
                return
            count = f"[{ended}/{total}]" if total is not None else f"[{ended}]"
            stderr.print(f"{count} {sentence(happening.record)}", markup=False)
        elif isinstance(happening, Retried):
            stderr.print(_loss(happening), markup=False)

    return show


def _loss(happening: Retried) -> str:
    return f"{happening.planned.job.name}: worker {happening.worker + 1} was lost ({happening.how})"


def _json_lines() -> Show:
    last: dict[str, float] = {}

    def show(happening: Happening) -> None:
        if isinstance(happening, Ended):
            emit("ended", worker=happening.worker, **record_values(happening.record))
            return
        name, worker = happening.planned.job.name, happening.worker
        if isinstance(happening, Started):
            emit("started", output=name, worker=worker, why=happening.planned.why)
        elif isinstance(happening, Retried):
            emit("worker lost", output=name, worker=worker, how=happening.how)
        elif time.monotonic() - last.get(name, 0.0) >= JSON_EVERY_SECONDS:
            last[name] = time.monotonic()
            progress = happening.progress
            counts = {"frames": progress.frames, "of": progress.of, "faces": progress.faces}
            emit("progress", output=name, worker=worker, stage=progress.stage, **counts)

    return show


class _Bars:
    """One bar for all, one for each worker; the first moves with the parts of films that are done, too."""

    def __init__(self, bars: Progress, total: int | None) -> None:
        self._bars = bars
        self._all = bars.add_task("all", total=total, speed="")
        self._workers: dict[int, TaskID] = {}
        self._parts: dict[int, tuple[int, float]] = {}
        self._begun: dict[int, float] = {}
        self._ended = self._frames = 0
        self._started = time.monotonic()

    def show(self, happening: Happening) -> None:
        """Draw what happened."""
        match happening:
            case Started(worker, planned):
                task = self._workers.get(worker)
                if task is None:
                    task = self._workers[worker] = self._bars.add_task("", speed="")
                self._bars.reset(task, total=None, description=f"{worker + 1}: {escape(planned.job.name)}", speed="")
                self._begun[worker] = time.monotonic()
            case Moved(worker, _, progress):
                of = max(progress.of, progress.frames) if progress.of else None
                speed = progress.frames / max(1e-6, time.monotonic() - self._begun[worker])
                said = f"{speed:.1f} frames/s" + (" (check)" if progress.stage == "verifying" else "")
                self._bars.update(self._workers[worker], completed=progress.frames, total=of, speed=said)
                self._parts[worker] = progress.frames, progress.frames / of if of else 0.0
            case Retried():
                self._bars.console.print(_loss(happening), markup=False)
            case Ended(worker, record):
                self._ended += 1
                if worker is not None:
                    self._parts.pop(worker, None)
                    self._bars.reset(self._workers[worker], description=f"{worker + 1}: –", total=None)
                if record.status in ("done", "lost frames") and record.entry is not None:
                    self._frames += record.entry.frames
                if record.status != "up to date":
                    self._bars.console.print(sentence(record), markup=False)
        frames = self._frames + sum(frames for frames, _ in self._parts.values())
        speed = frames / max(1e-6, time.monotonic() - self._started)
        done = self._ended + sum(share for _, share in self._parts.values())
        self._bars.update(self._all, completed=done, speed=f"{speed:.1f} frames/s")
