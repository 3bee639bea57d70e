"""The time code at which a film starts."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from faceerase.configs.film import PartConfig


def time_code(path: Path) -> str | None:
    with av.open(str(path)) as container:
        tags = [container.metadata, *(stream.metadata for stream in container.streams)]
        found = {value for part in tags for key, value in part.items() if key.lower() == "timecode"}
    assert len(found) < 2
    return found.pop() if found else None


@pytest.mark.parametrize("target", [".mov", ".mp4", ".mkv", ".mxf", ".avi"])
@pytest.mark.parametrize("source", [".mov", ".mxf"])
def test_the_time_code_stays(tmp_path: Path, source: str, target: str, films: Any) -> None:
    with films.open(tmp_path / f"in{source}", time_code="10:58:59:07") as container:
        container.start_encoding()
    assert time_code(tmp_path / f"in{source}") == "10:58:59:07"
    remarks = films.carry(tmp_path / f"in{source}", tmp_path / f"out{target}")
    assert not [text for text in remarks if "time code" in text or "data" in text.replace("metadata", "")]
    assert time_code(tmp_path / f"out{target}") == "10:58:59:07"


@pytest.mark.parametrize("rate", [Fraction(30_000, 1001), Fraction(60_000, 1001)])
@pytest.mark.parametrize("target", [".mov", ".mp4", ".mkv"])
def test_drop_frame_stays(tmp_path: Path, rate: Fraction, target: str, films: Any) -> None:
    with films.open(tmp_path / "in.mov", rate, "01:00:00;02") as container:
        container.start_encoding()
    films.carry(tmp_path / "in.mov", tmp_path / f"out{target}", strict=True)
    assert time_code(tmp_path / f"out{target}") == "01:00:00;02"


def test_a_time_code_that_has_no_place_is_named(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.mkv", time_code="01:00:00:00") as container:
        container.start_encoding()
    remarks = films.carry(tmp_path / "in.mkv", tmp_path / "out.ts")
    assert remarks == [
        "dropped: time code 01:00:00:00: no place in this container, but in .mkv, .mov, .mp4, .webm, .avi or .mxf"
    ]


@pytest.mark.parametrize(
    ("text", "why"), [("01:00:00;02", "drop-frame exists"), ("01:00:00:25", "at 25 frames"), ("noon", "HH:MM:SS:FF")]
)
def test_a_time_code_that_cannot_be_is_named(tmp_path: Path, text: str, why: str, films: Any) -> None:
    with films.open(tmp_path / "in.mkv", time_code=text) as container:
        container.start_encoding()
    (remark,) = films.carry(tmp_path / "in.mkv", tmp_path / "out.mov")
    assert remark.startswith(f"dropped: time code {text}: ")
    assert why in remark


@pytest.mark.parametrize(
    ("rate", "code", "shifted"),
    [
        (Fraction(25), "10:58:59:23", "10:59:00:01"),
        (Fraction(30_000, 1001), "01:00:59;28", "01:01:00;03"),
        (Fraction(60_000, 1001), "01:09:59;58", "01:10:00;01"),
    ],
)
@pytest.mark.parametrize("target", [".mov", ".mkv"])
def test_a_part_begins_at_the_time_code_of_its_first_frame(
    tmp_path: Path, target: str, rate: Fraction, code: str, shifted: str, films: Any
) -> None:
    with films.open(tmp_path / "in.mov", rate, code) as container:
        container.start_encoding()
    films.carry(tmp_path / "in.mov", tmp_path / f"out{target}", PartConfig(begin="00:00:00:03"), strict=True)
    assert time_code(tmp_path / f"out{target}") == shifted
