"""What a command costs: CPU seconds, wall seconds, memory of the process and its children. Knows nothing of films."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost.

    Attributes:
        cpu: seconds in user and kernel mode, all threads; hardly moved by what else the machine does.
        wall: seconds; only to be believed where nothing else runs.
        peak: resident memory, in MB.
        told: the last JSON line on its stdout, or nothing.
    """

    cpu: float
    wall: float
    peak: float
    told: dict[str, Any]


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command and return what it cost.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=said, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        errors.seek(0)
        if child.returncode:
            raise RuntimeError(f"{' '.join(command)}: exit code {child.returncode}: {errors.read()[-400:].decode()}")
        last = said.read().decode().strip().rpartition("\n")[2]
    told = json.loads(last) if last.startswith("{") else {}
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, told)
