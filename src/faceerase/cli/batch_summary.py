"""What is said of a batch when it ended, and of one that is only planned: for people, or as JSON."""

from collections.abc import Sequence
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from faceerase.cli.outcome import stderr
from faceerase.cli.progress import emit
from faceerase.streamer.batch.estimate import Guess, wall_seconds
from faceerase.streamer.batch.plan import Planned
from faceerase.streamer.batch.record.outcome import Outcome, Record

MOST_ROWS = 40
COLOURS = {"done": "green", "failed": "red", "lost frames": "yellow", "up to date, lost frames": "yellow"}


def summarise_batch(outcome: Outcome, as_json: bool) -> None:
    """Say what became of a batch: a table of what was not up to date already, and a line."""
    if as_json:
        emit(
            "batch",
            counts=dict(outcome.counts),
            frames=outcome.frames,
            seconds=round(outcome.seconds, 3),
            workers=outcome.workers,
            threads=outcome.threads,
            remarks=outcome.remarks,
        )
        return
    rows = [one for one in outcome.records if one.status != "up to date"]
    if rows:
        # What needs somebody comes first into the table, and all of it.
        urgent = [one for one in rows if one.status != "done"]
        shown = rows if len(rows) <= MOST_ROWS else (urgent or rows[:MOST_ROWS])
        stderr.print(_table(shown))
        for record in shown:
            if record.status == "failed" and record.entry is not None:
                stderr.print(f"  {record.planned.job.name}: {record.entry.error}", markup=False, style="red")
        if len(shown) < len(rows):
            stderr.print(f"  … and {len(rows) - len(shown)} more, in batch.csv", markup=False)
    for remark in outcome.remarks:
        stderr.print(f"  note: {remark}", markup=False)
    stderr.print(_line(outcome), markup=False)


def _table(records: Sequence[Record]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("result", overflow="fold")
    table.add_column("status")
    for name in ("frames", "faces", "lost", "seconds", "frames/s"):
        table.add_column(name, justify="right")
    for record in records:
        entry, colour = record.entry, COLOURS.get(record.status, "default")
        cells = [escape(record.planned.job.name), f"[{colour}]{record.status}[/]"]
        if entry is not None and entry.state == "done":
            speed = entry.frames / max(1e-6, entry.work_seconds)
            numbers = [entry.frames, entry.tracks, len(entry.lost), f"{entry.work_seconds:.1f}", f"{speed:.1f}"]
            cells += [str(one) for one in numbers]
        table.add_row(*cells)
    return table


def _line(outcome: Outcome) -> str:
    counts, total = outcome.counts, len(outcome.records)
    if counts["up to date"] == total:
        return f"nothing to do: {'all ' if total > 1 else ''}{total} up to date"
    words = ", ".join(f"{count} {status}" for status, count in counts.items())
    if not outcome.frames:
        return f"nothing new: {words}"
    speed = outcome.frames / max(1e-6, outcome.seconds)
    return (
        f"{words}; {outcome.frames} frames in {_clock(outcome.seconds)}, {speed:.1f} frames/s "
        f"({outcome.workers} workers of {outcome.threads} threads)"
    )


def tell_plan(planned: Sequence[Planned], guesses: Sequence[Guess], workers: int, as_json: bool) -> None:
    """Say what would be done, why, and how long it will take.

    Args:
        planned: all jobs.
        guesses: of those that are to be done, in their order.
        workers: how many there will be.
        as_json: a line of JSON for each job, instead of a table.
    """
    todo = [one for one in planned if one.why is not None]
    total = wall_seconds(guesses, workers)
    if as_json:
        for one, guess in zip(todo, guesses, strict=True):
            job = one.job
            facts = {"frames": guess.frames, "seconds": guess.seconds, "probed": guess.probed, "fault": guess.fault}
            emit("planned", output=job.name, source=str(job.source), why=one.why, **facts)
        emit("plan", jobs=len(todo), up_to_date=len(planned) - len(todo), workers=workers, seconds=total)
        return
    table = Table(box=None, pad_edge=False)
    for name in ("source", "result", "why"):
        table.add_column(name, overflow="fold")
    for name in ("frames", "takes"):
        table.add_column(name, justify="right")
    for one, guess in zip(todo, guesses, strict=True):
        takes = "?" if guess.seconds is None else ("" if guess.probed else "~") + _clock(guess.seconds)
        frames = str(guess.frames) if guess.frames else "?"
        table.add_row(escape(str(one.job.source)), escape(one.job.name), one.why, frames, takes)
    if todo:
        stderr.print(table)
    for guess in guesses:
        if guess.fault is not None:
            stderr.print(f"  will fail: {guess.fault}", markup=False, style="red")
    time = "" if total is None else f"; about {_clock(total)} with {workers} worker{'s' if workers > 1 else ''}"
    stderr.print(f"{len(todo)} to do, {len(planned) - len(todo)} up to date{time}", markup=False)


def _clock(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else str(timedelta(seconds=round(seconds)))
