"""A stop by a signal: the right exit code, soon, and no file that could be taken for the result."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SOON_SECONDS = 15


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_stop_leaves_nothing(
    signum: signal.Signals,
    code: int,
    tmp_path: Path,
    sample: Path,
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    target, matte = tmp_path / "clean.mp4", tmp_path / "matte.mkv"
    with start(sample, "-o", target, "--matte", matte, "--min-face", 8, "--json") as process:
        try:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            assert first["event"] == "progress"
            assert list(tmp_path.iterdir()), "nothing is being written"
            process.send_signal(signum)
            told = time.monotonic()
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert time.monotonic() - told < SOON_SECONDS
    assert process.returncode == code
    assert err.splitlines() == [f"error: stopped by {signum.name}; nothing was kept"]
    assert list(tmp_path.iterdir()) == []


def test_a_stop_keeps_an_earlier_result(
    tmp_path: Path, sample: Path, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    target = tmp_path / "clean.mp4"
    target.write_text("an earlier result")
    with start(sample, "-o", target, "--overwrite", "--min-face", 8, "--json") as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 143
    assert target.read_text() == "an earlier result"
    assert list(tmp_path.iterdir()) == [target]
