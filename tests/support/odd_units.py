"""Units of work that a test can watch: they answer, fail, wait, or end their process. Importable by spawned workers."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from faceerase.errors import SourceError
from faceerase.streamer.report import Progress
from faceerase.streamer.workers.seam import Tell, Tools


@dataclass(frozen=True, slots=True)
class OddUnit:
    """Does what ``kind`` says; ``folder`` is where it leaves traces."""

    name: str
    kind: str
    folder: Path

    def do(self, tools: Tools, tell: Tell) -> int:
        """Return the number of threads that its worker has."""
        with (self.folder / f"{self.name}.begun").open("a") as trace:
            trace.write(f"{os.getpid()}\n")
        tell(Progress(1, 2, 0))
        if self.kind == "fails":
            raise SourceError(f"{self.name}: of no use")
        if self.kind == "errs":
            raise ValueError("what nobody\nexpected")
        if self.kind == "dies" or (self.kind == "dies once" and self.times == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.kind == "waits":
            (self.folder / f".{self.name}.{os.getpid()}.part").touch()
            time.sleep(60)
        return tools.threads

    @property
    def times(self) -> int:
        """How often it was begun."""
        return len(self.pids)

    @property
    def pids(self) -> list[int]:
        """Of the processes that began it."""
        path = self.folder / f"{self.name}.begun"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def clear(self, pid: int) -> None:
        """Remove what a process left."""
        (self.folder / f".{self.name}.{pid}.part").unlink(missing_ok=True)
