"""Every kind of source into every container: what comes out is what went in, or the program said what is not.

``FIDELITY=write`` writes docs/fidelity.md; without it, the page is compared.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
from film_facts import EQUAL, NOTHING, Facts, compare, read, unmasked_differs

from faceerase.configs.film import SHIPPED_MODEL, load_film_config
from faceerase.errors import FaceEraseError
from faceerase.streamer.encode.holds import held_by
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise

pytestmark = pytest.mark.fidelity

FFPROBE = shutil.which("ffprobe")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"
SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mxf")
UNSAID = "**unsaid**"

INTRODUCTION = """# What comes back

Written by `make fidelity` (`tests/fidelity`); don't edit. Every kind of source into every container, with the encoder
that `--codec auto` chooses, and with FFV1 where the container holds it. Judged with PyAV {pyav} (FFmpeg {ffmpeg});
{ffprobe}.

`=`: equal, in every frame or stream; `–`: there is none. *pts error*: the greatest difference of presentation times, in
ticks of the result, where it is more than half a tick. *colour*: range, primaries, transfer, matrix, as code points of
ITU-T H.273. *shape*: aspect ratio of a sample, rotation. *HDR*: mastering display and content light level of the first
frame. *audio*: the same packets, to the byte, in the same languages, beginning at the same time. *unmasked*:
with FFV1, every sample outside the matte, to the bit. *said*: what the program said, by its number below; a difference
of which it said nothing is marked **unsaid** and fails the test.
"""

SAID_BY = {
    "codec": r"^codec ", "frames": r"^lost:", "pts error": r"start offset|time base|rounded", "size": r"\bsize\b",
    "format": r"pixel format", "colour": r"colou?r|range|primaries|transfer|matrix", "shape": r"aspect|rotat|display",
    "HDR": r"HDR|mastering|light level", "audio": r"audio|sound", "subtitles": r"subtitle",
    "time code": r"time ?code|data stream", "chapters": r"chapter", "attached": r"attachment",
    "unmasked": r"pixel format",
}  # fmt: skip
"""Columns, and how a remark that explains a difference in each is told."""


@dataclass(frozen=True)
class Cell:
    """One source in one container by one codec: its columns, and what the program said, or why it refused."""

    source: str
    target: str
    columns: dict[str, str]
    said: tuple[str, ...]
    written: Path | None = None

    @property
    def unsaid(self) -> list[str]:
        """Columns that differ without a word of it."""
        differ = [column for column, value in self.columns.items() if value not in (EQUAL, NOTHING)]
        return [c for c in differ if not any(re.search(SAID_BY[c], line, re.IGNORECASE) for line in self.said)]


def run(source: Path, facts: Facts, suffix: str, codec: str, engine: OnnxEngine, folder: Path) -> Cell:
    config = load_film_config(None, {"encode": {"codec": codec, "threads": 1}})
    target, matte = folder / f"clean{suffix}", folder / "matte.mkv"
    label = f"{suffix[1:]} {codec}"
    try:
        done = anonymise(source, target, matte, config, engine, lambda _: None)
    except FaceEraseError as error:
        text = re.sub(rf"(file:)?({folder}|{source.parent})/|file:", "", str(error))
        return Cell(
            source.name, label, {}, (f"refused: {re.sub(r'[.]clean[.][0-9]+[.]faceerase-part', 'clean', text)}",)
        )
    after = read(target)
    columns = compare(facts, after)
    if codec != "auto":
        columns["codec"] = EQUAL  # as it was asked for
    if codec == "ffv1" and facts.format == after.format:
        columns["unmasked"] = "other samples" if unmasked_differs(source, target, matte) else EQUAL
    return Cell(source.name, label, columns, (*done.remarks, *(f"lost: {one}" for one in done.lost)), target)


@pytest.fixture(scope="module")
def matrix(sources: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Cell]:
    engine = OnnxEngine(SHIPPED_MODEL, "cpu")
    cells = []
    for path in sources.values():
        facts = read(path)
        for suffix in SUFFIXES:
            for codec in ("auto", "ffv1") if "ffv1" in (held_by(suffix) or ()) else ("auto",):
                cells.append(run(path, facts, suffix, codec, engine, tmp_path_factory.mktemp("cell")))
    return cells


def test_the_page_shows_what_is(matrix: list[Cell]) -> None:
    page = page_of(matrix)
    if os.environ.get("FIDELITY") == "write":
        PAGE.write_text(page, encoding="utf-8")
    kept = PAGE.read_text(encoding="utf-8")
    table = [text[text.index("| source") :] for text in (page, kept)]
    assert table[0] == table[1], "FIDELITY=write writes it anew"


def test_every_difference_is_said(matrix: list[Cell]) -> None:
    assert [f"{cell.source} → {cell.target}: {column}" for cell in matrix for column in cell.unsaid] == []


@pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not installed")
def test_ffprobe_finds_no_error_in_any_result(matrix: list[Cell]) -> None:
    words = {}
    for cell in matrix:
        if cell.written is not None:
            done = _ffprobe("-v", "error", "-show_streams", "-show_frames", str(cell.written))
            # A crash is no word about the film: a build of 2023 crashes on every transport stream.
            if done.stderr or done.returncode > 0:
                words[f"{cell.source} → {cell.target}"] = done.stderr
    assert words == {}


def _ffprobe(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([FFPROBE or "ffprobe", *arguments], capture_output=True, text=True, check=False)


def _ffprobe_version() -> str:
    if FFPROBE is None:
        return "ffprobe was not installed"
    return f"ffprobe {_ffprobe('-version').stdout.split()[2]} finds no error in them either"


def page_of(cells: list[Cell]) -> str:
    notes = {text: number for number, text in enumerate(dict.fromkeys(line for cell in cells for line in cell.said), 1)}
    rows = []
    for cell in cells:
        shown = {
            column: f"{value} {UNSAID}" if column in cell.unsaid else value for column, value in cell.columns.items()
        }
        values = (
            [shown.get(column, NOTHING) for column in SAID_BY] if shown else ["refused"] + [""] * (len(SAID_BY) - 1)
        )
        said = " ".join(str(notes[line]) for line in cell.said)
        rows.append(f"| {cell.source} | {cell.target} | {' | '.join(values)} | {said} |")
    head = ["source", "into", *SAID_BY, "said"]
    return "\n".join(
        [
            INTRODUCTION.format(pyav=av.__version__, ffmpeg=av.ffmpeg_version_info, ffprobe=_ffprobe_version()),
            f"| {' | '.join(head)} |",
            f"|{'---|' * len(head)}",
            *rows,
            "",
            "What the program said:",
            "",
            *(f"{number}. {text}" for text, number in notes.items()),
            "",
        ]
    )
