"""The check of a result through the real commands: exit codes, what is said, and what lies in the folder afterwards."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from faceerase.cli.commands import video_app
from faceerase.streamer import stages
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask

CLOSE_UP = (60, 75)
LARGE = ("--min-face", 64)
"""The face of the close-up is 205 pixels high; what the network makes of buttons is not the question here."""


@pytest.fixture(scope="module")
def close_up(tmp_path_factory: pytest.TempPathFactory, sample: Path, write_film: Callable[..., Path]) -> Path:
    """Return fifteen frames of the sample's close-up."""
    with av.open(str(sample)) as film:
        frames = list(film.decode(video=0))[slice(*CLOSE_UP)]
    return write_film(tmp_path_factory.mktemp("close-up") / "in.mp4", frames)


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory, close_up: Path, run: Callable[..., Any]) -> Path:
    """Return the folder with clean.mp4 and matte.mkv of it, checked when it was made."""
    folder = tmp_path_factory.mktemp("cleaned")
    ended = run(close_up, "-o", folder / "clean.mp4", "--matte", folder / "matte.mkv", "--verify", *LARGE)
    assert ended.code == 0, ended.err
    assert len([line for line in ended.lines if "verified: nothing found in 15 frames by network" in line]) == 1
    assert "without an independent detector (--detector) this is the weaker half" in ended.err
    assert sorted(path.name for path in folder.iterdir()) == ["clean.mp4", "matte.mkv"]
    return folder


@pytest.mark.parametrize("with_matte", [True, False])
def test_a_clean_result_is_verified(with_matte: bool, cleaned: Path, close_up: Path, run: Callable[..., Any]) -> None:
    matte = ["--matte", cleaned / "matte.mkv"] if with_matte else []
    ended = run("verify", close_up, cleaned / "clean.mp4", *matte, *LARGE, program="faceerase")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("verified: nothing found in 15 frames by network;")
    assert "found:" not in ended.out


def test_the_source_itself_is_not(close_up: Path, run: Callable[..., Any]) -> None:
    ended = run("verify", close_up, close_up, *LARGE, program="faceerase")
    assert ended.code == 6
    assert ended.lines == [f"error: {close_up}: a face was found in the result once, at 00:00:00.000 (frame 0)"]
    (line,) = ended.out.splitlines()
    assert line.startswith("  found: frames 0–14, 00:00:00.000–00:00:00.560: ")
    assert "outside what was erased, by network (" in line


def test_json_lines(close_up: Path, run: Callable[..., Any]) -> None:
    ended = run("verify", close_up, close_up, "--json", *LARGE, program="faceerase")
    assert ended.code == 6
    *progress, verdict = [json.loads(line) for line in ended.out.splitlines()]
    assert progress
    assert all((event["event"], event["stage"], event["of"]) == ("progress", "verifying", 15) for event in progress)
    assert (verdict["event"], verdict["passed"], verdict["frames"]) == ("verified", False, 15)
    assert (verdict["spans"][0]["last"], verdict["spans"][0]["end_code"]) == (14, "00:00:00.560")


def test_the_report_of_a_film_says_that_it_was_verified(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[verify]\nenabled = true\n")
    usual = [short, "-o", tmp_path / "out.mp4", "--config", config, "--min-face", 40, "--json"]
    ended = run(*usual)
    *progress, done = [json.loads(line) for line in ended.out.splitlines()]
    assert (ended.code, done["event"]) == (0, "done")
    assert {event["stage"] for event in progress} == {"erasing", "verifying"}
    assert (done["verified"]["passed"], done["verified"]["frames"]) == (True, 10)
    assert done["configuration"]["verify"] == {"enabled": True, "detector": None, "keep_rejected": False}
    ended = run(*usual, "--overwrite", "--no-verify")
    assert json.loads(ended.out.splitlines()[-1])["verified"] is None


def test_films_that_do_not_belong_together(
    cleaned: Path, short: Path, small: list[av.VideoFrame], tmp_path: Path, close_up: Path, run: Callable[..., Any],
    write_film: Callable[..., Path],
) -> None:  # fmt: skip
    ended = run("verify", close_up, short, program="faceerase")
    assert (ended.code, ended.out) == (6, "")
    assert ended.lines == [f"error: {close_up}: the result ends after 10 frames, the others go on"]
    other = write_film(tmp_path / "small.mp4", small[:15])
    ended = run("verify", close_up, other, program="faceerase")
    assert (ended.code, len(ended.lines)) == (6, 1)
    assert "320×180" in ended.err
    ended = run("verify", close_up, cleaned / "none.mp4", program="faceerase")
    assert (ended.code, len(ended.lines)) == (3, 1)


@pytest.mark.parametrize("content", [None, "not a network"])
def test_a_detector_that_is_none(content: str | None, tmp_path: Path, close_up: Path, run: Callable[..., Any]) -> None:
    detector = tmp_path / "detector.onnx"
    if content is not None:
        detector.write_text(content)
    (tmp_path / "out").mkdir()
    for ended in (
        run("verify", close_up, close_up, "--detector", detector, program="faceerase"),
        run(close_up, "-o", tmp_path / "out" / "clean.mp4", "--verify", "--detector", detector),
    ):
        assert (ended.code, len(ended.lines), ended.out) == (5, 1, "")
        assert ended.err.startswith(f"error: {detector}: ")
    assert list((tmp_path / "out").iterdir()) == []


def test_wishes_that_contradict_each_other(tmp_path: Path, close_up: Path, run: Callable[..., Any]) -> None:
    rejected = tmp_path / "clean.rejected.mp4"
    rejected.write_text("an earlier one")
    target = tmp_path / "clean.mp4"
    for arguments in (["--detector", "any.onnx"], ["--keep-rejected"], ["--verify", "--keep-rejected"]):
        ended = run(close_up, "-o", target, *arguments)
        assert (ended.code, len(ended.lines)) == (2, 1), arguments
    assert "clean.rejected.mp4: exists already" in ended.err
    ended = run(rejected, "-o", target, "--verify", "--keep-rejected", "--overwrite")
    assert (ended.code, len(ended.lines)) == (2, 1), "the source would be replaced"
    assert [path.name for path in tmp_path.iterdir()] == ["clean.rejected.mp4"]
    assert rejected.read_text() == "an earlier one"


class BrokenEraser:
    """An ``Anonymizer`` that erases nothing, and says that it did."""

    def __init__(self, *options: object) -> None:
        del options

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        picture = frame.picture
        return frame, Matte(np.ones((180, 320), np.uint8), (2, 2), picture.width, picture.height)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``broken(…)``: ``faceerase-video`` in this process, with an eraser that does nothing."""
    monkeypatch.setattr(stages, "PlaneAnonymizer", BrokenEraser)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield lambda *arguments: CliRunner().invoke(video_app, [str(one) for one in arguments])
    for name, handler in handlers.items():
        signal.signal(name, handler)


@pytest.mark.parametrize("keep", [True, False])
def test_a_film_with_faces_is_not_published(
    keep: bool, tmp_path: Path, close_up: Path, broken: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    target, matte = tmp_path / "clean.mp4", tmp_path / "matte.mkv"
    ended = broken(close_up, "-o", target, "--matte", matte, "--verify", *LARGE, *(["--keep-rejected"] if keep else []))
    assert ended.exit_code == 6
    *found, error = ended.stderr.splitlines()
    assert [line.partition(":")[0] for line in found] == ["  found"]
    assert "frames 0–14, 00:00:00.000–00:00:00.560" in found[0]
    assert "inside what was erased" in found[0]
    rejected = tmp_path / "clean.rejected.mp4"
    assert error.endswith(f"kept as {rejected}" if keep else "nothing was kept")
    assert list(tmp_path.iterdir()) == ([rejected] if keep else [])
    if keep:
        assert len(read_film(rejected).times) == 15
