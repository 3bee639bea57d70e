"""How a training run is shown: a bar with loss, IoU, faces/s and time left, a line a check; or JSON lines.

Imports nothing of models: the values it shows come with their own field names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from faceerase.cli.outcome import stderr
from faceerase.cli.progress import emit

if TYPE_CHECKING:
    from faceerase.models.learning.journal import Checked
    from faceerase.models.learning.train import Mined, Step

SMOOTHED = 0.98
"""Share of the shown loss that stays from one batch to the next."""


class TrainingProgress(Protocol):
    """What a run reports to."""

    def packing(self, done: int, total: int) -> None: ...  # noqa: D102
    def training(self, event: "Step | Checked | Mined") -> None: ...  # noqa: D102


@contextmanager
def training_progress(as_json: bool) -> Iterator[TrainingProgress]:
    """Give the callbacks that show a run."""
    if as_json:
        yield _JsonLines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        yield _Bar(bar)


class _JsonLines:
    def packing(self, done: int, total: int) -> None:
        if done == total:
            emit("packed", photos=total)

    def training(self, event: "Step | Checked | Mined") -> None:
        kind = type(event).__name__.lower()
        if kind != "step":
            emit(kind, **asdict(event))


class _Bar:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._loss: float | None = None
        self._iou = ""

    def packing(self, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._bar.add_task("packing photos", state="")
        self._bar.update(self._task, completed=done, total=total)
        if done == total:
            self._bar.remove_task(self._task)
            self._task = None

    def training(self, event: "Step | Checked | Mined") -> None:
        # Told apart by name, so that the shell need not import torch to draw a bar.
        show = {"Step": self._step, "Checked": self._checked, "Mined": self._mined}
        show[type(event).__name__](event)  # type: ignore[operator]

    def _step(self, step: "Step") -> None:
        if self._task is None:
            self._task = self._bar.add_task("tiles", state="")
        self._loss = step.loss if self._loss is None else SMOOTHED * self._loss + (1 - SMOOTHED) * step.loss
        state = f"loss {self._loss:.3f}  {self._iou}{step.faces_per_second:.0f} faces/s"
        self._bar.update(self._task, completed=step.tiles, total=step.of, state=state)

    def _checked(self, checked: "Checked") -> None:
        found = checked.metrics
        self._iou = f"IoU {found.iou:.3f}  "
        stderr.print(
            f"{checked.tiles:>8}/{checked.of} tiles  loss {checked.loss:.4f}  IoU {found.iou:.4f}  "
            f"faces {found.faces_covered:.3f}  false {found.false_area:.4f}  "
            f"{checked.tiles_per_second:.0f} tiles/s  {checked.faces_per_second:.0f} faces/s"
        )

    def _mined(self, mined: "Mined") -> None:
        found = f"{mined.spots} false alarms, {mined.missed} missed faces"
        stderr.print(f"{mined.tiles:>8} tiles: {found} in the training photos")
