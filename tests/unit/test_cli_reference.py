"""docs/cli.md names every option that --help names, and no other."""

import re
import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_option_and_command_is_in_the_reference() -> None:
    # Compared by option names: how help is boxed and wrapped is the business of typer's version.
    live = runpy.run_path(str(DOCS / "make_cli_reference.py"))["reference"]()
    kept = (DOCS / "cli.md").read_text(encoding="utf-8")
    pattern = r"(?:^## .*$)|(?<=│ )[* ]*(--[a-z-]+)"
    named = [[found.group() for found in re.finditer(pattern, page, re.M)] for page in (live, kept)]
    assert named[0] == named[1]
