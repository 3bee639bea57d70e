"""``faceerase live`` as a command: a film stands in for the camera."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest


def test_a_film_stands_in_and_is_recorded(sample: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    target = tmp_path / "clean.mp4"
    arguments = ["live", "--camera", sample, "--no-window", "--record", target, "--seconds", "2", "--json"]
    done = run(*arguments, program="faceerase")
    assert done.code == 0, done.err
    told = [json.loads(line) for line in done.out.splitlines()]
    assert told[-1]["event"] == "done"
    assert {"median", "p95", "worst"} <= told[-1]["latency"].keys()
    assert {"resident", "minutes", "peak"} == told[-1]["memory"].keys()
    (one,) = told[-1]["recordings"]
    assert one["seconds"] == pytest.approx(one["clock"], abs=0.05)
    with av.open(str(target)) as film:
        stream = film.streams.video[0]
        assert len(film.streams) == 1
        assert float(stream.duration * stream.time_base) == pytest.approx(one["seconds"], abs=0.05)
        assert sum(1 for _ in film.decode(video=0)) == one["frames"] == told[-1]["shown"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--camera", "/dev/video77", "--no-window", "--record", "x.mp4"], 3, "/dev/video77: no such camera"),
        (["--camera", "nothing.mp4", "--no-window", "--record", "x.mp4"], 3, "nothing.mp4: no such camera or film"),
        (["--no-window"], 2, "nothing is to be shown"),
        (["--serve", "0.0.0.0:0"], 2, "not this machine"),
        (["--host", "0.0.0.0"], 2, "belong to --serve"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: list[str], code: int, said: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    done = run("live", *arguments, program="faceerase", cwd=tmp_path)
    assert done.code == code
    assert len(done.lines) == 1
    assert said in done.lines[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_leaves_a_whole_recording(
    sample: Path, tmp_path: Path, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    target = tmp_path / "clean.mkv"
    arguments = ["live", "--camera", sample, "--loop", "--no-window", "--record", target, "--json"]
    with start(*arguments, program="faceerase") as process:
        try:
            assert process.stdout is not None
            while json.loads(process.stdout.readline())["event"] != "live":
                pass
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err.splitlines() == ["error: stopped by SIGINT; what was recorded is whole"]
    assert [path.name for path in tmp_path.iterdir()] == ["clean.mkv"]
    with av.open(str(target)) as film:
        assert sum(1 for _ in film.decode(video=0)) > 0
