"""``--report``: the report beside a film, by the command itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faceerase.streamer.sidecar.schema import Report


def test_the_report_is_written_beside_the_film_and_not_over_another(
    tmp_path: Path, short: Path, run: Callable[..., Any]
) -> None:
    target, beside = tmp_path / "clean.mp4", tmp_path / "film.json"
    ended = run(short, "-o", target, "--report", beside, "--json")
    assert ended.code == 0, ended.err
    done = json.loads(ended.out.splitlines()[-1])
    report = Report.model_validate_json(beside.read_bytes())
    assert (report.summary.frames, report.summary.faces) == (done["frames"], done["faces"])
    assert report.tracks
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.mp4", "film.json"]
    ended = run(short, "-o", tmp_path / "other.mp4", "--report", beside)
    assert ended.code == 2
    assert "film.json: exists already" in ended.err
    assert not (tmp_path / "other.mp4").exists()


def test_paths_that_are_one_file_are_refused(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    for arguments in (
        ["-o", tmp_path / "a.json", "--report", tmp_path / "a.json"],
        ["-o", tmp_path / "a.mp4", "--report", tmp_path / "r.txt"],
    ):
        assert run(short, *arguments).code == 2
    assert list(tmp_path.iterdir()) == []
