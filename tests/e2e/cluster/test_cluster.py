"""Films worked on by a real Ray cluster: the same bytes, whoever dies meanwhile."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("default")]

PATIENCE = 120.0


def wait_for(what: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def finished(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the finished segments of any film in a folder: which file each is, and when it was written."""
    found = {}
    for path in folder.glob(".*.segments/*.segment"):
        facts = path.stat()
        found[path.name] = facts.st_ino, facts.st_mtime_ns
    return found


def in_work(folder: Path) -> list[str]:
    return [path.stem for path in folder.glob(".*.segments/*.half")]


def test_a_film_in_segments_is_the_same_bytes(
    cluster: Any, nodes: list[Any], film: Path, plain: tuple[bytes, bytes], run: Callable[..., Any], tmp_path: Path
) -> None:
    output, matte = tmp_path / "clean.mp4", tmp_path / "matte.mkv"
    done = run(
        film, "-o", output, "--matte", matte, "--segment", "0.4", "--json",
        "--cluster", cluster.address, program="faceerase-video",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert (output.read_bytes(), matte.read_bytes()) == plain
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.mp4", "matte.mkv"]
    said = [json.loads(line) for line in done.out.splitlines()]  # nothing of Ray is between them
    assert said[-1]["event"] == "done"


def test_a_node_that_dies_costs_only_its_segments(
    cluster: Any, nodes: list[Any], film: Path, plain: tuple[bytes, bytes], start: Callable[..., Any], tmp_path: Path
) -> None:
    output, matte = tmp_path / "clean.mp4", tmp_path / "matte.mkv"
    job = start(film, "-o", output, "--matte", matte, "--segment", "0.4", "--cluster", cluster.address)
    kept = wait_for(lambda: len(in_work(tmp_path)) == 2 and finished(tmp_path))
    cluster.remove_node(nodes[0], allow_graceful=False)
    seen: dict[str, tuple[int, int]] = {}
    while job.poll() is None:
        for name, facts in finished(tmp_path).items():
            assert seen.setdefault(name, facts) == facts  # nothing is done twice that was finished
        time.sleep(0.02)
    out, err = job.communicate()
    assert job.returncode == 0, err
    assert {name: seen[name] for name in kept} == kept
    assert "raylet" not in out + err
    assert (output.read_bytes(), matte.read_bytes()) == plain


def test_a_killed_driver_goes_on_from_finished_segments(
    cluster: Any, nodes: list[Any], film: Path, plain: tuple[bytes, bytes], run: Any, start: Any, tmp_path: Path
) -> None:
    output, matte = tmp_path / "clean.mp4", tmp_path / "matte.mkv"
    command = (film, "-o", output, "--matte", matte, "--segment", "0.4", "--resume", "--cluster", cluster.address)
    job = start(*command)
    wait_for(lambda: len(finished(tmp_path)) >= 2)
    job.send_signal(signal.SIGKILL)
    job.communicate()
    kept = finished(tmp_path)
    again = run(*command)
    assert again.code == 0, again.err
    assert f"resumed: {len(kept)} of 8 segments were there" in again.out + again.err
    assert (output.read_bytes(), matte.read_bytes()) == plain
    assert list(tmp_path.glob(".*.segments")) == []


def test_a_batch_spreads_its_films(
    cluster: Any, nodes: list[Any], film: Path, plain: tuple[bytes, bytes], run: Callable[..., Any], tmp_path: Path
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("a.mp4", "b.mp4"):
        (source / name).write_bytes(film.read_bytes())
    (source / "broken.mp4").write_bytes(b"no film")
    command = ("batch", source, "-o", tmp_path / "out", "--segment", "0.4", "--workers", "2")
    done = run(*command, "--cluster", cluster.address, program="faceerase")
    assert done.code == 1, done.err
    for name in ("a.mp4", "b.mp4"):
        assert (tmp_path / "out" / name).read_bytes() == plain[0]
    assert run(*command, "--exclude", "broken.mp4", program="faceerase").code == 0  # done, wherever it was done


def test_options_of_a_cluster_belong_to_one(film: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    done = run(film, "-o", tmp_path / "clean.mp4", "--cluster-workers", "3")
    assert done.code == 2
    assert done.lines == ["error: --cluster-workers and --cluster-gpus belong to --cluster, which is off"]


def test_no_cluster_is_one_line(film: Path, run: Callable[..., Any], tmp_path: Path) -> None:
    done = run(film, "-o", tmp_path / "clean.mp4", "--cluster", "127.0.0.1:9")
    assert done.code == 5
    assert done.lines == ["error: --cluster 127.0.0.1:9: nothing answers there (connection refused); is the head up?"]
    assert list(tmp_path.iterdir()) == []
