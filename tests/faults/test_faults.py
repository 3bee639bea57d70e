"""Faults, and what comes of them: the message, the exit code, and what is left; docs/faults.md says the same.

``FAULTS=write`` writes the tables of these headings into the page; without it they are compared.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
PROVOKED = Path(__file__).with_name("provoked.py")
HEAD = ("| fault | message | exit code | what is left |", "|---|---|---|---|")

FAULTS: dict[str, dict[str, tuple[str | None, tuple[str, ...]]]] = {
    "The network": {
        "the model file is missing": (None, ("--model", "none.onnx")),
        "the model file is damaged": (None, ("--model", "damaged.onnx")),
        "the model file is another (`--model-sha256`)": (None, ("--model-sha256", "0" * 64)),
        "the model refers to other files": (None, ("--model", "elsewhere.onnx")),
        "the network fails in a frame": ("network_fails", ()),
        "the network answers numbers that are none": ("network_answers_nan", ()),
        "not memory enough for a batch": ("no_memory_for_many", ("--scan", "thorough", "--min-face", "4")),
        "not memory enough for one tile": ("no_memory_for_one", ()),
    },
    "Memory": {
        "used up while faces are erased": ("no_memory_while_erasing", ()),
        "used up in the encoder": ("no_memory_to_encode", ()),
    },
    "The output": {
        "there is no such folder": (None, ("-o", "none/clean.mp4")),
        "it exists already": (None, ("-o", "film.mp4")),
        "the encoder fails": ("encoder_fails", ()),
        "the disk is full": ("disk_is_full", ()),
        "the file may not grow (quota)": ("file_may_not_grow", ()),
        "the network share is lost": ("share_is_lost", ()),
        "its folder is removed meanwhile": ("folder_goes", ()),
        "a folder takes its name meanwhile": ("folder_takes_the_name", ()),
        "a frame is missing in the written file": ("muxer_loses_a_frame", ()),
    },
    "Signals": {
        "SIGINT": ("sigint", ()),
        "SIGTERM": ("sigterm", ()),
        "SIGHUP": ("sighup", ()),
        "SIGTERM while the program starts": ("sigterm_while_importing", ()),
        "SIGINT, and a thread does not come back": ("sigint_in_native_code", ()),
        "SIGINT twice": ("sigint_twice_in_native_code", ()),
        "SIGINT while the result gets its name": ("sigint_while_naming", ()),
        "SIGKILL, power failure": ("sigkill", ()),
    },
}
"""Headings; under each the faults, the functions that provoke them, and the options that they need."""


@dataclass(frozen=True)
class Row:
    """What came of one fault."""

    fault: str
    message: str
    code: int
    left: str

    def __str__(self) -> str:
        return f"| {self.fault} | {self.message} | {self.code} | {self.left} |"


def model_elsewhere() -> bytes:
    """An ONNX file of one tensor whose values are in another file."""
    tensor = b"\x6a\x04\x0a\x02ab" + b"\x70\x01"
    graph = b"\x2a" + bytes([len(tensor)]) + tensor
    return b"\x3a" + bytes([len(graph)]) + graph


def provoke(fault: str, how: tuple[str | None, tuple[str, ...]], film: Path, folder: Path) -> Row:
    (folder / "out").mkdir()
    (folder / "film.mp4").write_bytes(film.read_bytes())
    (folder / "damaged.onnx").write_bytes(b"\x0b")
    (folder / "elsewhere.onnx").write_bytes(model_elsewhere())
    name, options = how
    program = [str(PROVOKED), name] if name else ["-c", "from faceerase.cli.app import video_main; video_main()"]
    target = () if "-o" in options else ("-o", "out/clean.mp4")
    source = "other.mp4" if "film.mp4" in options else "film.mp4"
    (folder / "other.mp4").write_bytes(film.read_bytes())
    command = [sys.executable, *program, source, *target, "--provider", "cpu", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    code = 128 - done.returncode if done.returncode < 0 else done.returncode
    lines = [line.strip() for line in done.stderr.splitlines()]
    told = [line for line in lines if line.startswith("error: ") or "out of memory" in line]
    assert code in {0, 137} or (len(lines), lines) == (1, told), done.stderr
    message = told[0].removeprefix("error: ").removeprefix("note: ") if told else "–"
    message = re.sub(r"/\S+/", "", re.sub(r"[0-9a-f]{64}", "…", message))
    left = sorted(re.sub(r"\d{2,}", "N", path.name) + "/" * path.is_dir() for path in (folder / "out").glob("*"))
    hidden = [path for path in (folder / "out").glob(".*")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in hidden), "a partial that others can read"
    if code == 137:
        assert hidden
        command[1:3] = ["-c", "from faceerase.cli.app import video_main; video_main()"]
        again = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, check=False)
        assert again.returncode == 0, again.stderr
        assert "which a run that was killed left behind" in again.stderr
        assert [path.name for path in (folder / "out").iterdir()] == ["clean.mp4"]
        return Row(fault, message, code, f"{', '.join(left)} (private); the next run there removes it and says so")
    whole = left == ["clean.mp4"]
    return Row(fault, message, code, "the whole result" if whole else ", ".join(left) or "nothing")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    return make_film(tmp_path_factory.mktemp("faults") / "film.mp4", times=range(6), width=320, height=192)


def rows_of(page: str, heading: str) -> dict[str, str]:
    """Return the rows below a heading by their first column."""
    match = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    rows = [line for line in match[1].splitlines() if line.startswith("| ")] if match else []
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows[1:]}


@pytest.mark.parametrize(
    ("heading", "fault"), [(heading, fault) for heading, faults in FAULTS.items() for fault in faults]
)
def test_a_fault_ends_as_the_page_says(heading: str, fault: str, film: Path, tmp_path: Path) -> None:
    row = provoke(fault, FAULTS[heading][fault], film, tmp_path)
    assert row.code or row.left == "the whole result"
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("FAULTS") == "write":
        known = rows_of(page, heading) | {fault: str(row)}
        table = [*HEAD, *(known[name] for name in FAULTS[heading] if name in known)]
        page = re.sub(rf"(?s)(^|\n)## {heading}\n.*?(?=\n## |\Z)", "", page).rstrip()
        page = f"{page}\n\n## {heading}\n\n" + "\n".join(table) + "\n"
        PAGE.write_text(page, encoding="utf-8")
    assert rows_of(page, heading).get(fault) == str(row), "FAULTS=write writes it anew"


def test_the_page_has_no_fault_that_nobody_tries() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for heading, faults in FAULTS.items():
        assert rows_of(page, heading).keys() == faults.keys()


def test_a_disk_that_is_really_full(make_film: Callable[..., Path], tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mkv", sound="pcm_s16le")

    def run(*command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount"):
        pytest.skip("no mount here; a full disk and a quota are also tried without, as the page's rows")
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk))
    if mounted.returncode:
        why = mounted.stderr.strip()
        pytest.skip(f"no small disk ({why}); a full disk and a quota are also tried without, as the page's rows")
    try:
        program = "from faceerase.cli.app import video_main; video_main()"
        result = disk / "clean.mkv"
        done = run(sys.executable, "-c", program, str(film), "-o", str(result), "--provider", "cpu")
        left = list(disk.iterdir())
    finally:
        run("umount", str(disk))
    assert (done.returncode, left) == (4, [])
    assert re.fullmatch(rf"error: {result}: not (written|finished) \(no space left on device\)\n", done.stderr)
