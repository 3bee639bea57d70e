"""How a person, or a machine, sees a film being worked on: a bar with frames/s and time left, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
        yield _bar(bar, escape(name))


def emit(event: str, **values: Any) -> None:
    """Print one JSON line to stdout."""
    sys.stdout.write(json.dumps({"event": event, **values}) + "\n")
    sys.stdout.flush()


def _bar(bar: Progress, name: str) -> Callable[[FilmProgress], None]:
    task, stage, started = bar.add_task(name, total=None, speed=""), "", time.monotonic()

    def show(progress: FilmProgress) -> None:
        nonlocal stage, started
        if progress.stage != stage:
            stage, started = progress.stage, time.monotonic()
            bar.reset(task, description=f"{name}: {stage}")
        # A guess that turns out too small must not jump past its end.
        total = max(progress.of, progress.frames) if progress.of else None
        speed = progress.frames / max(1e-6, time.monotonic() - started)
        bar.update(task, completed=progress.frames, total=total, speed=f"{speed:.1f} frames/s")

    return show


def _json_lines(name: str) -> Callable[[FilmProgress], None]:
    stage, last = "", 0.0

    def show(progress: FilmProgress) -> None:
        nonlocal stage, last
        now = time.monotonic()
        if progress.stage != stage or now - last >= JSON_EVERY_SECONDS:
            stage, last = progress.stage, now
            counts = {"frames": progress.frames, "of": progress.of, "faces": progress.faces}
            emit("progress", film=name, stage=stage, **counts)

    return show
