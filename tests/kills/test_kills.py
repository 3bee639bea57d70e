"""A program that is stopped at random moments: never a file under a final name that is not the whole result.

As it is, and in segments with ``--resume``, where the next run goes on to the same bytes. A few kills run with the
other tests; ``make kills`` runs a hundred of each kind. ``KILLS`` and ``SEED`` change how many, and which.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

FEW, MANY = 3, 100
WORKING = 0.6
"""Share of its time after which the program has started: every second kill comes later."""

IN_SEGMENTS = ("--resume", "--segment", "0.16")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
PROGRAM = (sys.executable, "-c", "from faceerase.cli.app import video_main; video_main()")
HANGS_SECONDS = 300


@dataclass(frozen=True)
class Kill:
    """A signal, when it came, how the program ended, how long that took, and what was left in the folder."""

    signum: signal.Signals
    after: float
    code: int
    took: float
    err: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """A film, what it becomes undisturbed, how long that takes; ``options``: with which others it is started."""

    source: Path
    options: tuple[str, ...]
    whole: dict[str, bytes]
    seconds: float

    @property
    def resumes(self) -> bool:
        """Whether finished segments may be left."""
        return "--resume" in self.options

    def start(self, folder: Path) -> "subprocess.Popen[str]":
        """Begin to work on it in a folder."""
        names = ["-o", folder / "clean.mp4", "--matte", folder / "matte.mkv", "--overwrite"]
        command = [*PROGRAM, str(self.source), *map(str, names), *self.options]
        # As at a terminal, whatever the tests themselves were started from
        back = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        return subprocess.Popen(
            [*command[:2], back + command[2], *command[3:]],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self, folder: Path, signum: signal.Signals, after: float) -> Kill:
        """Stop the program at a moment and look at what is left."""
        with self.start(folder) as process:
            time.sleep(after)
            told = time.monotonic()
            process.send_signal(signum)
            try:
                _, err = process.communicate(timeout=HANGS_SECONDS)
            finally:
                process.kill()
            took = time.monotonic() - told
        return Kill(signum, after, process.returncode, took, err, tuple(sorted(path.name for path in folder.iterdir())))

    def wrong_in(self, folder: Path) -> list[str]:
        """Return the names in a folder that are not hidden and not the whole result."""
        visible = [path for path in folder.iterdir() if not path.name.startswith(".")]
        return [path.name for path in visible if path.read_bytes() != self.whole.get(path.name)]


@pytest.fixture(scope="module", params=[(), IN_SEGMENTS], ids=["plain", "in segments"])
def job(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]
) -> Job:
    folder = tmp_path_factory.mktemp("kills")
    source = make_film(folder / "film.mp4", width=128, height=96, group=4)
    clean = folder / "clean"
    clean.mkdir()
    begun = time.monotonic()
    with Job(source, request.param, {}, 0).start(clean) as process:
        _, err = process.communicate(timeout=HANGS_SECONDS)
    assert process.returncode == 0, err
    whole = {path.name: path.read_bytes() for path in clean.iterdir()}
    assert whole.keys() == {"clean.mp4", "matte.mkv"}
    return Job(source, request.param, whole, time.monotonic() - begun)


def kills(job: Job, folder: Path, count: int) -> list[Kill]:
    """Kill so often, run again after what could not clean up, and fail at the first wrong thing."""
    moments = random.Random(int(os.environ.get("SEED", "1")))
    done = []
    for number in range(count):
        signum = SIGNALS[number % len(SIGNALS)]
        begin = moments.choice((0, WORKING))
        kill = job.kill(folder, signum, moments.uniform(begin * job.seconds, 1.05 * job.seconds))
        done.append(kill)
        assert job.wrong_in(folder) == [], kill
        if signum != signal.SIGKILL:
            hidden = [name for name in kill.left if name.startswith(".")]
            assert all(job.resumes and name.endswith(".segments") for name in hidden), kill
            assert kill.code in {0, 128 + signum, -signum}, kill
            assert kill.code != 0 or set(kill.left) == job.whole.keys(), kill
            assert "Traceback" not in kill.err or kill.code == -signum, kill
        if signum == signal.SIGKILL or job.resumes:
            with job.start(folder) as process:
                _, err = process.communicate(timeout=HANGS_SECONDS)
            assert process.returncode == 0, (kill, err)
            assert {path.name: path.read_bytes() for path in folder.iterdir()} == job.whole, kill
        for path in folder.iterdir():
            path.unlink()  # no folder among them: the second run left none
    return done


def test_a_few_kills(job: Job, tmp_path: Path) -> None:
    kills(job, tmp_path, FEW)


@pytest.mark.kills
def test_many_kills(job: Job, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = kills(job, tmp_path, int(os.environ.get("KILLS", MANY)))
    figures = {
        "kills": len(done),
        "options": job.options,
        "undisturbed_seconds": round(job.seconds, 2),
        "codes": {s.name: dict(Counter(k.code for k in done if k.signum == s)) for s in SIGNALS},
        "segments_left": sum(any(name.endswith(".segments") for name in k.left) for k in done),
        "left_by_sigkill": Counter(len(k.left) for k in done if k.signum == signal.SIGKILL),
        "longest_end_seconds": {s.name: round(max(k.took for k in done if k.signum == s), 2) for s in SIGNALS},
    }
    with capsys.disabled():
        print(json.dumps(figures))
