"""Any name that a file may have is a name that a film may have."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "ünï-字 quo'te",
        "%03d",
        "-dash",
        "a,b;c",
        "film [1]",
        "a:b",
        "film [red]",
    ],
)
def test_names_with_odd_characters(name: str, tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    shutil.copy(short, tmp_path / "in" / f"{name}.mp4")
    ended = run(f"../in/{name}.mp4", "-o", f"{name}.mp4", "--matte", f"{name}.mkv", cwd=tmp_path / "out")
    assert ended.code == 0, ended.err
    assert ended.err.startswith(f"{name}.mp4: 10 frames")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([f"{name}.mp4", f"{name}.mkv"])
