"""What cannot be done: one line that says why, the right exit code, and nothing left in the folder."""

import resource
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest


@pytest.fixture
def room(tmp_path: Path, short: Path) -> Path:
    """Return a folder with all kinds of bad inputs and an empty ``out``."""
    (tmp_path / "out").mkdir()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("Not a film at all.\n" * 100)
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile '{short}'\n")
    (tmp_path / "noise.mkv").write_bytes(np.random.default_rng(1).bytes(50_000))
    (tmp_path / "head.mp4").write_bytes(short.read_bytes()[:3000])
    (tmp_path / "film.mp4").write_bytes(short.read_bytes())
    (tmp_path / "model.onnx").write_text("not a network")
    (tmp_path / "wrong-key.toml").write_text("[look]\nmin_faces = 3\n")
    (tmp_path / "wrong-value.toml").write_text("[mask]\nmargin = -1\n")
    (tmp_path / "wrong.toml").write_text("look = [")
    with av.open(str(tmp_path / "sound.mp4"), "w") as film:
        stream = film.add_stream("aac", rate=48_000)
        for number in range(5):
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, 1024 * number, Fraction(1, 48_000)
            film.mux(stream.encode(sound))
        film.mux(stream.encode(None))
    return tmp_path


def _refused(ended: Any, code: int, room: Path) -> None:
    assert ended.code == code, ended.err
    assert len(ended.lines) == 1, ended.err
    assert ended.err.startswith("error: ")
    assert ended.out == ""
    assert list((room / "out").iterdir()) == []


@pytest.mark.parametrize(
    "source", ["missing.mp4", "empty.mp4", "text.mp4", "list.mp4", "noise.mkv", "head.mp4", "sound.mp4", "out"]
)
def test_inputs_that_are_no_film(source: str, room: Path, run: Callable[..., Any]) -> None:
    _refused(run(source, "-o", "out/clean.mp4", "--matte", "out/matte.mkv", cwd=room), 3, room)


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (4, ["-o", "nowhere/clean.mp4"]),
        (4, ["-o", "out"]),
        (4, ["-o", "out/clean.xyz"]),
        (4, ["-o", "out/clean"]),
        (4, ["-o", "out/clean.webm"]),
        (4, ["-o", "out/clean.mp4", "--matte", "nowhere/matte.mkv"]),
        (4, ["-o", "out/clean.mov", "--codec", "prores"]),
        (2, ["-o", "out/clean.mp4", "--codec", "nope"]),
        (2, ["-o", "out/clean.mp4", "--codec", "aac"]),
        (2, ["-o", "out/clean.mp4", "--codec", "no such"]),
        (2, ["-o", "out/clean.mp4", "--crf", "99"]),
        (2, ["-o", "out/clean.mp4", "--min-face", "1"]),
        (2, ["-o", "out/clean.mp4", "--threshold", "0"]),
        (2, ["-o", "out/clean.mp4", "--batch-size", "0"]),
        (2, ["-o", "film.mp4", "--overwrite"]),
        (2, ["-o", "../{name}/film.mp4", "--overwrite"]),
        (2, ["-o", "film.mp4"]),
        (2, ["-o", "out/clean.mkv", "--matte", "out/clean.mkv"]),
        (2, ["-o", "out/clean.mp4", "--matte", "film.mp4", "--overwrite"]),
        (2, ["-o", "out/clean.mp4", "--matte", "out/matte.avi"]),
        (2, ["-o", "out/clean.mp4", "--matte", "out/matte.png"]),
        (2, ["-o", "out/clean.mp4", "--config", "missing.toml"]),
        (2, ["-o", "out/clean.mp4", "--config", "wrong.toml"]),
        (2, ["-o", "out/clean.mp4", "--config", "wrong-key.toml"]),
        (2, ["-o", "out/clean.mp4", "--config", "wrong-value.toml"]),
        (5, ["-o", "out/clean.mp4", "--model", "missing.onnx"]),
        (5, ["-o", "out/clean.mp4", "--model", "model.onnx"]),
        (5, ["-o", "out/clean.mp4", "--model", "film.mp4"]),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else None,
)
def test_wishes_that_cannot_be_granted(code: int, arguments: list[str], room: Path, run: Callable[..., Any]) -> None:
    before = (room / "film.mp4").read_bytes()
    _refused(run("film.mp4", *(word.format(name=room.name) for word in arguments), cwd=room), code, room)
    assert (room / "film.mp4").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["film.mp4"],
        [],
        ["film.mp4", "-o", "out/clean.mp4", "--method", "nope"],
        ["film.mp4", "-o", "out/clean.mp4", "--threshold-rule", "nope"],
        ["film.mp4", "-o", "out/clean.mp4", "--crf", "many"],
        ["film.mp4", "-o", "out/clean.mp4", "--nope"],
        ["film.mp4", "more.mp4", "-o", "out/clean.mp4"],
    ],
    ids=" ".join,
)
def test_usage(arguments: list[str], room: Path, run: Callable[..., Any]) -> None:
    ended = run(*arguments, cwd=room)
    assert ended.code == 2
    assert "Usage" in ended.err
    assert list((room / "out").iterdir()) == []


def test_a_second_run_does_not_overwrite(room: Path, run: Callable[..., Any]) -> None:
    target = room / "out" / "clean.mp4"
    assert run("film.mp4", "-o", target, cwd=room).code == 0
    first = target.read_bytes()
    ended = run("film.mp4", "-o", target, "--method", "solid", cwd=room)
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "--overwrite" in ended.err
    assert target.read_bytes() == first
    target.rename(room / "out" / "matte.mkv")
    assert run("film.mp4", "-o", target, "--matte", "out/matte.mkv", cwd=room).code == 2
    assert [path.name for path in (room / "out").iterdir()] == ["matte.mkv"]


def test_a_refused_run_keeps_what_was_there(room: Path, run: Callable[..., Any]) -> None:
    target = room / "out" / "clean.mp4"
    target.write_text("an earlier result")
    for arguments in (["text.mp4"], ["film.mp4", "--model", "model.onnx"], ["film.mp4", "--codec", "prores"]):
        assert run(*arguments, "-o", target, "--overwrite", cwd=room).code > 2
    assert target.read_text() == "an earlier result"
    assert list((room / "out").iterdir()) == [target]


@pytest.mark.parametrize(
    "matte",
    [
        pytest.param([], id="film"),
        pytest.param(["--matte", "out/matte.mkv"], id="film and matte"),
    ],
)
def test_a_full_disk(matte: list[str], room: Path) -> None:
    # A limit on the size of any file is as good as a full disk: writing fails in the middle.
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    command = [str(Path(sys.executable).parent / "faceerase-video"), "film.mp4", "-o", "out/clean.mp4", *matte]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=room, preexec_fn=limit, check=False)
    assert done.returncode == 4, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list((room / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
def test_a_film_cut_off_in_the_middle_is_not_called_whole(
    name: str, room: Path, small: list[av.VideoFrame], run: Callable[..., Any], write_film: Callable[..., Path]
) -> None:
    whole = write_film(room / f"whole-{name}", [*small, *small]).read_bytes()
    if name.endswith(".mp4"):  # the index comes first, as in every film made for the web
        with (
            av.open(str(room / f"whole-{name}")) as old,
            av.open(str(room / name), "w", options={"movflags": "+faststart"}) as new,
        ):
            stream = new.add_stream_from_template(old.streams.video[0], opaque=True)
            for packet in old.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    new.mux(packet)
        whole = (room / name).read_bytes()
    (room / name).write_bytes(whole[: len(whole) * 2 // 3])
    ended = run(name, "-o", "out/clean.mp4", cwd=room)
    assert ended.code == 1, ended.err
    assert "lost" in ended.err
