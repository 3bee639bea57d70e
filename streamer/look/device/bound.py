"""The way on a card: tensors that stay where they are, few sizes of batches, and a CUDA graph for each.

Knows nothing of tiles, contracts or maps, nor of where the tensors lie.
"""

from itertools import count
from threading import RLock
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from faceerase.configs.film import BatchSize
from faceerase.errors import is_out_of_memory
from faceerase.log import get_logger
from faceerase.streamer.look.device.card import Device
from faceerase.streamer.look.device.execution import Ends, first_line
from faceerase.streamer.look.device.sizes import MOST, TRIAL, size_by_memory, size_for

NO_GRAPH = -1
"""The graph number with which onnxruntime runs without one."""

_log = get_logger(__name__)


class Slot:
    """Everything that runs batches of one size: two tensors on the device, two arrays on the host, one binding."""

    def __init__(self, session: Any, ends: Ends, shape: tuple[int, ...], device: Device, graph: int | None) -> None:
        """Allocate; ``graph`` is the number under which the run is captured, None: the session captures none."""
        self._session, self._device = session, device
        self._given_host = device.host_array(shape, ends.given_type)
        self._answer_host = device.host_array(shape, ends.answer_type)
        self._given = device.tensor(shape, ends.given_type)
        self._answer = device.tensor(shape, ends.answer_type)
        self._binding = session.io_binding()
        self._binding.bind_ortvalue_input(ends.given, self._given)
        self._binding.bind_ortvalue_output(ends.answer, self._answer)
        self._options = None
        if graph is not None:
            self._options = ort.RunOptions()
            self._options.add_run_config_entry("gpu_graph_id", str(graph))

    def run(self, batch: NDArray[np.float32]) -> NDArray[Any]:
        """Return the answer to at most as many tiles as fit; valid until the next run.

        What is beyond the batch keeps what was there before: the network does not mix its tiles.
        """
        tiles = len(batch)
        np.copyto(self._given_host[:tiles], batch, casting="same_kind")
        self._given.update_inplace(self._given_host)
        self._session.run_with_iobinding(self._binding, self._options)
        self._device.read(self._answer, self._answer_host)
        return self._answer_host[:tiles]


class BoundRun:
    """An ``Execution`` with I/O binding; where memory is short it goes on with batches half as large."""

    def __init__(
        self, session: Any, ends: Ends, side: int, device: Device, batch_size: BatchSize, captures: bool
    ) -> None:
        """Take what it needs; memory on the device is taken with the first run of a size.

        Args:
            session: of onnxruntime.
            ends: its tensors.
            side: of a tile.
            device: where the tensors lie.
            batch_size: tiles per run; ``auto``: found with the first one, by the memory that it takes.
            captures: whether the session captures CUDA graphs unless told not to.
        """
        self._session, self._ends, self._side, self._device = session, ends, side, device
        self._most = None if batch_size == "auto" else batch_size
        self._captures, self._graphs, self._captured = captures, captures, False
        # Never one twice: a graph writes to the tensors that it was captured with, whatever is bound later.
        self._numbers = count(1)
        self._slots: dict[int, Slot] = {}
        self._remarks: list[str] = []
        self._lock = RLock()

    @property
    def batch_size(self) -> int:
        """How many tiles go into a run; with ``auto`` the first who asks has them tried."""
        with self._lock:
            if self._most is None:
                self._most = self._found()
            return self._most

    @property
    def remarks(self) -> tuple[str, ...]:
        """What did not go as meant."""
        return tuple(self._remarks)

    def run(self, batch: NDArray[np.float32]) -> NDArray[Any]:
        """Return the answer to a batch."""
        answer = np.empty(batch.shape, self._ends.answer_type)
        done = 0
        with self._lock:
            while done < len(batch):
                most = self.batch_size
                part = batch[done : done + most]
                try:
                    answer[done : done + len(part)] = self._slot(size_for(len(part), most)).run(part)
                except Exception as error:  # onnxruntime raises a dozen private types
                    self._slots.clear()
                    if not self._another_way(error, most):
                        raise
                else:
                    self._captured = self._captured or self._graphs
                    done += len(part)
        return answer

    def _slot(self, size: int) -> Slot:
        if size not in self._slots:
            graph = (next(self._numbers) if self._graphs else NO_GRAPH) if self._captures else None
            self._slots[size] = Slot(self._session, self._ends, self._shape(size), self._device, graph)
        return self._slots[size]

    def _another_way(self, error: Exception, most: int) -> bool:
        """Change what may have brought an error about; return whether there was anything to change."""
        if is_out_of_memory(error) and most > 1:
            self._most = most // 2
            self._remark(f"memory of the card is short: {self._most} tiles a run instead of {most}")
            return True
        if self._graphs and not self._captured:
            self._graphs = False
            self._remark(f"the network runs without CUDA graphs ({first_line(error)})")
            return True
        return False

    def _found(self) -> int:
        before = self._device.free_bytes()
        self._most = MOST
        self.run(np.zeros(self._shape(TRIAL), np.float32))
        after = self._device.free_bytes()
        found = size_by_memory(before, (before or 0) - (after or 0), self._most)
        _log.info("%d tiles a run; bytes free before and after %d of them: %s, %s", found, TRIAL, before, after)
        return found

    def _shape(self, size: int) -> tuple[int, ...]:
        return (size, 1, self._side, self._side)

    def _remark(self, text: str) -> None:
        self._remarks.append(text)
        _log.info("%s", text)
