"""Every row of the table of bad inputs: its exit code, its line, and what is left in the folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults_input import FAULTS, RESULT, Fault, as_markdown

DOCS = Path(__file__).resolve().parents[2] / "docs" / "faults.md"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_bad_input(fault: Fault, tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "out").mkdir()
    fault.make(short, tmp_path / fault.name)
    suffix = ".png" if fault.name.endswith(".png") else ".mkv"
    ended = run(fault.name, "-o", f"out/clean{suffix}", *fault.options, cwd=tmp_path)
    assert ended.code == fault.code, ended.err
    assert fault.says in ended.err
    if fault.code > 1:
        assert len(ended.lines) == 1, ended.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ([f"clean{suffix}"] if fault.left == RESULT else [])


@pytest.mark.skipif(not DOCS.exists(), reason="an installed copy has no docs")
def test_the_docs_show_this_table() -> None:
    assert as_markdown() in DOCS.read_text(encoding="utf-8")
