"""One damaged file through the real command, in a process of its own: crashes, hangs and hunger are seen from outside.

The process is forked, so that everything that is slow to load is there already. Linux.
"""

import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

SECONDS = 20
ROOM = 1 << 30
"""Bytes that a case may grow by."""

POLL_SECONDS = 0.01
SAID = ("are not shown", "frames seem to be missing")
"""Notes that tell of frames which are not there, where the file itself may mean it."""

CODES = frozenset({0, 1, 3, 4, 6})
"""Exit codes that a damaged input may have: done, frames lost, unreadable, not to be encoded, not whole."""


@dataclass(frozen=True)
class Case:
    """A damaged file: of which sample, its seed, what was done to it, and into which kind of file it goes."""

    sample: str
    seed: str
    change: str
    path: Path
    suffix: str
    frames: int


@dataclass(frozen=True)
class Ran:
    """How a case ended; ``faults`` is what must not be."""

    case: Case
    code: int
    seconds: float
    grown: int
    said: str
    frames: int | None
    faults: tuple[str, ...]


def run_case(case: Case, room: Path, command: Callable[[Sequence[str]], None]) -> Ran:
    """Run a case in an empty folder ``room``, which is removed, and judge it."""
    room.mkdir()
    out = room / "out"
    out.mkdir()
    target = out / f"clean{case.suffix}"
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(room / "said", command, [str(case.path), "-o", str(target)])
    status, usage, hung = _wait(child)
    seconds = time.monotonic() - started
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    grown = max(0, usage.ru_maxrss * 1024 - own)
    said = (room / "said").read_text(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    frames = count_frames(target) if target.exists() else None
    left = [path.name for path in out.iterdir() if path != target]
    faults = tuple(_faults(case, code, hung, grown, said, frames, left))
    shutil.rmtree(room)
    return Ran(case, code, seconds, grown, said, frames, faults)


def _become(said: Path, command: Callable[[Sequence[str]], None], arguments: Sequence[str]) -> None:
    code = 99
    try:
        file = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            command(arguments)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 98
        except BaseException:
            import traceback

            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _wait(child: int) -> tuple[int, "resource.struct_rusage", bool]:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage, False
        time.sleep(POLL_SECONDS)
    os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    return status, usage, True


def _faults(case: Case, code: int, hung: bool, grown: int, said: str, frames: int | None, left: list[str]) -> list[str]:
    faults = []
    if hung:
        return [f"not done after {SECONDS} s"]
    if code < 0:
        return [f"killed by {signal.Signals(-code).name}"]
    if code not in CODES:
        faults.append(f"exit code {code}")
    if "Traceback" in said or "a fault of faceerase itself" in said:
        faults.append("a traceback")
    if grown > ROOM:
        faults.append(f"grew by {grown >> 20} MiB")
    if left:
        faults.append(f"left behind: {', '.join(left)}")
    if code > 1 and frames is not None:
        faults.append("an output in spite of an error")
    if code <= 1 and frames is None:
        faults.append("no output")
    if code == 0 and frames is not None and frames < case.frames and not any(word in said for word in SAID):
        faults.append(f"{frames} of {case.frames} frames, and nothing said")
    if code == 1 and "lost:" not in said:
        faults.append("exit code 1 without a word on what was lost")
    return faults


def count_frames(path: Path) -> int:
    """Return how many pictures are in a film that we wrote."""
    if path.suffix in {".png", ".jpg", ".tif", ".webp", ".dpx", ".exr"}:
        return 1
    with av.open(str(path)) as film:
        return sum(packet.size > 0 for packet in film.demux(video=0))
