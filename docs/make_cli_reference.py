"""Writes docs/cli.md from the program's own --help. Run by ``make docs``; a test compares."""

import os
import re
import subprocess
import sys
from pathlib import Path

COMMANDS = ("", "video", "batch", "live", "verify", "doctor", "bench", "data prepare", "train", "export", "evaluate")
TARGET = Path(__file__).parent / "cli.md"

INTRODUCTION = """# Command line

Written from `--help` by `make docs`; don't edit. `faceerase-video` is the same as `faceerase video`.
"""


def reference() -> str:
    """Return the page: every command's help, 100 columns wide."""
    parts = [INTRODUCTION]
    for command in COMMANDS:
        parts.append(f"## faceerase {command}".rstrip() + f"\n\n```text\n{_help(command)}\n```\n")
    return "\n".join(parts)


def _help(command: str) -> str:
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "TERM": "dumb", "NO_COLOR": "1"}
    environment.pop("FORCE_COLOR", None)
    environment.pop("GITHUB_ACTIONS", None)
    code = "import sys; sys.argv[0] = 'faceerase'; from faceerase.cli.app import main; main()"
    arguments = [sys.executable, "-c", code, *command.split(), "--help"]
    text = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stdout
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
