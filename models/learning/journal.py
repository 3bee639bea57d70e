"""What a run leaves for people to look at: a line a check, TensorBoard, curves and sample answers as pictures.

Knows nothing of networks or of the loop.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from tensorboardX import SummaryWriter

from faceerase.models.judging.metrics import TileMetrics

HISTORY, CURVES, SAMPLES, BOARD = "history.jsonl", "curves.png", "samples.png", "tensorboard"

COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """A run at a check: mean loss since the last one, speed, and the averaged weights on the validation tiles."""

    tiles: int
    of: int
    loss: float
    learning_rate: float
    tiles_per_second: float
    faces_per_second: float
    metrics: TileMetrics


class Journal:
    """Writes into a run's folder; a run that is taken up goes on where it stopped."""

    def __init__(self, run: Path, seen: int) -> None:
        self._run = run
        path = run / HISTORY
        lines = path.read_text().splitlines() if path.exists() else []
        # A run that was killed between a check and its checkpoint writes that check again.
        self._history = [entry for entry in map(json.loads, lines) if entry["tiles"] <= seen]
        path.write_text("".join(json.dumps(entry) + "\n" for entry in self._history))
        self._board = SummaryWriter(str(run / BOARD), purge_step=seen + 1 if seen else None)

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close TensorBoard's file."""
        self._board.close()

    @property
    def best_at(self) -> int:
        """Tiles seen at the check with the best IoU so far; 0 before the first."""
        return max(self._history, key=lambda entry: entry["metrics"]["iou"], default={"tiles": 0})["tiles"]

    def write(self, checked: Checked, tiles: NDArray[np.uint8], masks: NDArray[np.uint8], maps: Any) -> None:
        """Add one check: ``tiles``, ``masks`` and ``maps`` (N, side, side) are some of the validation set."""
        entry = asdict(checked)
        self._history.append(entry)
        with (self._run / HISTORY).open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry) + "\n")
        for name in ("loss", "learning_rate", "tiles_per_second", "faces_per_second"):
            self._board.add_scalar(name, entry[name], checked.tiles)
        for name, value in entry["metrics"].items():
            self._board.add_scalar(f"validation/{name}", value, checked.tiles)
        sheet = sample_sheet(tiles, masks, maps)
        self._board.add_image("samples", sheet[..., ::-1], checked.tiles, dataformats="HWC")
        cv2.imwrite(str(self._run / SAMPLES), sheet)
        self._draw_curves()

    def _draw_curves(self) -> None:
        seen = [entry["tiles"] for entry in self._history]
        with mpl.rc_context({"font.size": 9}):
            figure = Figure(figsize=(9, 6), layout="constrained")
            panels = figure.subplots(2, 2).ravel()
            panels[0].plot(seen, [entry["loss"] for entry in self._history])
            panels[0].set_title("training loss")
            for name in ("iou", "precision", "recall"):
                panels[1].plot(seen, [entry["metrics"][name] for entry in self._history], label=name)
            panels[1].set_title("validation tiles, threshold 0.5")
            panels[1].legend()
            panels[2].plot(seen, [entry["metrics"]["faces_covered"] for entry in self._history])
            panels[2].set_title("faces covered")
            panels[3].plot(seen, [entry["metrics"]["false_area"] for entry in self._history])
            panels[3].set_title("share of background marked")
            for panel in panels:
                panel.set_xlabel("tiles seen")
                panel.grid(alpha=0.3)
            figure.savefig(self._run / CURVES, dpi=110)


def sample_sheet(tiles: NDArray[np.uint8], masks: NDArray[np.uint8], maps: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return tiles side by side, BGR: the truth outlined in green, the answer tinted red."""
    cells = []
    for tile, mask, map_ in zip(tiles, masks, maps, strict=True):
        cell = np.repeat(tile[..., None], 3, axis=2)
        cell[..., 2] = np.maximum(cell[..., 2], (map_ * 255).astype(np.uint8))
        outline, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cells.append(cv2.drawContours(cell, outline, -1, (0, 255, 0), 1))
    cells += [np.zeros_like(cells[0])] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)
