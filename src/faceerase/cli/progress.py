"""How a person, or a machine, sees a film being worked on: a bar with frames/s and time left, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from faceerase.cli.outcome import stderr
from faceerase.streamer.report import Progress as FilmProgress

JSON_EVERY_SECONDS = 0.5


@contextmanager
def film_progress(name: str, as_json: bool) -> Iterator[Callable[[FilmProgress], None]]:
    """Give a callback that shows how far a film is; without a terminal and without ``as_json`` it shows nothing."""
    if as_json:
        yield _json_lines(name)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        task = bar.add_task(escape(name), total=None, speed="")
        yield _bar(bar, task)


def emit(event: str, **values: Any) -> None:
    """Print one JSON line to stdout."""
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()


def _bar(bar: Progress, task: TaskID) -> Callable[[FilmProgress], None]:
    started = time.monotonic()

    def show(progress: FilmProgress) -> None:
        # A guess that turns out too small must not jump past its end.
        total = max(progress.of, progress.frames) if progress.of else None
        speed = progress.frames / max(1e-6, time.monotonic() - started)
        bar.update(task, completed=progress.frames, total=total, speed=f"{speed:.1f} frames/s")

    return show


def _json_lines(name: str) -> Callable[[FilmProgress], None]:
    last = -JSON_EVERY_SECONDS

    def show(progress: FilmProgress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= JSON_EVERY_SECONDS:
            last = now
            emit("progress", film=name, frames=progress.frames, of=progress.of, regions=progress.regions)

    return show
