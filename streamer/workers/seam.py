"""The seam between what is to be done and who does it: a unit of work, the tools of a worker, events, an executor.

A unit is a picklable value that finds everything else where it runs: files by path, the network in its worker's tools.
Knows nothing of processes, machines, or what a unit does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from faceerase.configs.film import LookConfig
from faceerase.errors import FaceEraseError, ModelError, is_out_of_memory
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import Progress

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)

Tell = Callable[[Progress], None]


class Tools:
    """What a worker holds for its life: one model session, and how many threads it may use."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._key: tuple[object, ...] = ()
        self._engine: OnnxEngine | None = None

    def engine(self, look: LookConfig) -> OnnxEngine:
        """Return the network: the session that is held, or, where another is asked for, a new one in its place.

        Raises:
            ModelError: it cannot be loaded.
        """
        key = (look.model, look.provider, look.threads or self.threads, look.batch_size, look.model_sha256)
        if self._engine is None or key != self._key:
            self._engine = None  # never two sessions at once
            self._engine, self._key = OnnxEngine(*key), key
        return self._engine


class Unit(Protocol[ResultT_co]):
    """A piece of work: picklable, and its result too."""

    @property
    def name(self) -> str:
        """Unlike that of every other unit of its batch."""
        ...

    def do(self, tools: Tools, tell: Tell) -> ResultT_co:
        """Do it, in a worker.

        Raises:
            FaceEraseError: it cannot be done; trying again would not help.
        """
        ...

    def clear(self, pid: int) -> None:
        """Remove what a process that was ended in the middle of it left behind; called where the batch is run."""
        ...


@runtime_checkable
class Portable(Protocol):
    """A unit that can be done on a machine where its files lie elsewhere, or which does not have them."""

    @property
    def reads(self) -> Sequence[Path]:
        """The files that it reads."""
        ...

    @property
    def writes(self) -> Path:
        """The file that comes of it."""
        ...

    def moved(self, places: Mapping[Path, Path]) -> Unit[Any]:
        """Return the same unit with its files where ``places`` says; those that it does not name stay."""
        ...

    def whole(self) -> bool:
        """Return whether the file that came of it is there, and as it was written."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a unit failed, as a value that travels: errors of ours don't all survive pickling."""

    text: str
    exit_code: int
    kind: str


@dataclass(frozen=True, slots=True)
class Begun(Generic[ResultT]):
    """A worker began with a unit. ``worker`` counts from 0; ``pid`` is its process, on whatever machine."""

    worker: int
    unit: Unit[ResultT]
    pid: int


@dataclass(frozen=True, slots=True)
class Advanced(Generic[ResultT]):
    """A worker got on with a unit."""

    worker: int
    unit: Unit[ResultT]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Done(Generic[ResultT]):
    """A unit is done."""

    worker: int
    unit: Unit[ResultT]
    result: ResultT


@dataclass(frozen=True, slots=True)
class Failed(Generic[ResultT]):
    """A unit failed, and is not tried again."""

    worker: int
    unit: Unit[ResultT]
    failure: Failure


@dataclass(frozen=True, slots=True)
class Lost(Generic[ResultT]):
    """A worker ended in the middle of a unit: its process was killed or crashed, or its machine vanished."""

    worker: int
    unit: Unit[ResultT]
    pid: int
    how: str


Event = Begun[ResultT] | Advanced[ResultT] | Done[ResultT] | Failed[ResultT] | Lost[ResultT]


class Executor(Protocol[ResultT]):
    """Workers, on this machine or on many. A context: leaving it ends them all."""

    @property
    def free(self) -> int:
        """How many units can be submitted now; the caller keeps to it, so nothing piles up."""
        ...

    def submit(self, unit: Unit[ResultT]) -> None:
        """Give a unit to a worker that has none."""
        ...

    def events(self, timeout: float) -> Sequence[Event[ResultT]]:
        """Return what happened; waits up to ``timeout`` seconds for something. A lost worker is replaced."""
        ...

    def __enter__(self) -> "Executor[ResultT]": ...

    def __exit__(self, *raised: Any) -> None: ...


def failure_of(error: Exception) -> Failure:
    """Return an error as a value, in one line, with the exit code that it means for one film."""
    kind = type(error).__name__
    if is_out_of_memory(error) and not isinstance(error, ModelError):
        text = "out of memory; fewer --workers, a smaller --batch-size, a greater --min-face"
        return Failure(text, ModelError.exit_code, kind)
    if isinstance(error, FaceEraseError):
        return Failure(" ".join(str(error).split()), error.exit_code, kind)
    return Failure(f"a fault of faceerase itself: {kind}: {' '.join(str(error).split())}", 1, kind)
