"""``faceerase batch``: good and broken films, run again, a result cut off, a stop, a watched folder."""

import csv
import json
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

Run = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def films(tmp_path: Path, make_film: Callable[..., Path]) -> Path:
    """Two small films in a tree, and three files that are none."""
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    make_film(folder / "a.mp4", times=range(5))
    make_film(folder / "deep" / "b.mkv", times=range(5))
    (folder / "empty.mov").touch()
    (folder / "words.mp4").write_text("no film")
    (folder / "cut.mkv").write_bytes((folder / "deep" / "b.mkv").read_bytes()[:200])
    return folder


def statuses(folder: Path) -> dict[str, str]:
    with (folder / "batch.csv").open(newline="") as file:
        return {row["output"]: row["status"] for row in csv.DictReader(file)}


def test_the_good_ones_are_done_the_bad_ones_named_and_nothing_twice(films: Path, tmp_path: Path, run: Run) -> None:
    clean = tmp_path / "clean"
    command = ("batch", films, "-o", clean, "--workers", 2)
    ended = run(*command, program="faceerase")
    assert ended.code == 1, ended.err
    bad = {"cut.mkv": "failed", "empty.mov": "failed", "words.mp4": "failed"}
    assert statuses(clean) == {"a.mp4": "done", "deep/b.mkv": "done", **bad}
    assert all(f"{name}: failed: " in ended.err for name in bad)
    told = json.loads((clean / "batch.json").read_text())
    good = next(job for job in told["jobs"] if job["output"] == "deep/b.mkv")
    assert (good["frames"], good["lost"], good["exit_code"], len(good["output_sha256"])) == (5, [], 0, 64)
    assert "Traceback" in (clean / "batch-logs" / "words.mp4.log").read_text()
    for name in bad:
        (films / name).unlink()
    before = (clean / "a.mp4").stat().st_mtime_ns
    ended = run(*command, program="faceerase")
    assert (ended.code, ended.lines[-1]) == (0, "nothing to do: all 2 up to date")
    result = clean / "deep" / "b.mkv"
    whole = result.read_bytes()
    result.write_bytes(whole[:-9])
    ended = run(*command, "--dry-run", "--json", program="faceerase")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [(line.get("output"), line.get("why")) for line in lines[:-1]] == [("deep/b.mkv", "damaged or edited")]
    assert (lines[-1]["jobs"], lines[-1]["up_to_date"]) == (1, 1)
    ended = run(*command, program="faceerase")
    assert (ended.code, statuses(clean)) == (0, {"a.mp4": "up to date", "deep/b.mkv": "done"})
    assert result.read_bytes() == whole
    assert (clean / "a.mp4").stat().st_mtime_ns == before


def test_what_would_end_badly_is_refused_before_anything_begins(films: Path, tmp_path: Path, run: Run) -> None:
    clean = tmp_path / "clean"
    clean.mkdir()
    (clean / "a.mp4").write_text("somebody's")
    for arguments, code, said in (
        ([films / "a.mp4", "-o", clean], 2, "no batch made it"),
        ([films, "-o", films], 3, "no film or picture"),
        ([films / "deep", "-o", clean, "--container", "exe"], 2, "container"),
        ([films / "deep", "-o", clean, "--model", tmp_path / "none.onnx"], 5, "no such model file"),
        ([clean / "none", "-o", clean, "--watch", films], 2, "one of the two"),
    ):
        ended = run("batch", *arguments, program="faceerase")
        assert (ended.code, said in ended.err) == (code, True), ended.err
    assert [path.name for path in clean.iterdir()] == ["a.mp4"]


def test_a_stop_leaves_nothing_half_made_and_a_killed_driver_no_workers(
    films: Path, tmp_path: Path, start: Start, run: Run, sample: Path
) -> None:
    clean = tmp_path / "clean"
    command = ("batch", sample, films / "a.mp4", "-o", clean, "--workers", 1, "--json", "--min-face", 8)
    for signum, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        with start(*command, program="faceerase") as process:
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    if json.loads(line)["event"] == "progress":
                        break
                assert list(clean.glob(".*.faceerase-part.mp4"))
                process.send_signal(signum)
                process.communicate(timeout=60)  # ends when the last worker has closed the pipes
            finally:
                process.kill()
        assert process.returncode == code
        if signum == signal.SIGTERM:
            assert statuses(clean) == {"portrait.mp4": "interrupted", "a.mp4": "not started"}
        assert [path.name for path in clean.iterdir() if ".part" in path.name] == []
        assert not (clean / "portrait.mp4").exists()
    ended = run("batch", films / "a.mp4", "-o", clean, "--min-face", 8, program="faceerase")
    assert ended.code == 0, ended.err


def test_a_watched_folder_is_worked_on_until_it_is_stopped(films: Path, tmp_path: Path, start: Start) -> None:
    clean, watched = tmp_path / "clean", tmp_path / "ingest"
    watched.mkdir()
    command = ("batch", "--watch", watched, "-o", clean, "--settle", 0.5, "--json")
    with start(*command, program="faceerase") as process:
        try:
            shutil.copy(films / "a.mp4", watched)
            assert process.stdout is not None
            for line in process.stdout:
                if (told := json.loads(line))["event"] == "ended":
                    break
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert (told["status"], process.returncode) == ("done", 130)
    with av.open(str(clean / "a.mp4")) as film:
        assert film.streams.video[0].frames == 5
