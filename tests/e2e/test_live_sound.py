"""``faceerase live --microphone``: a film that flashes and beeps stands in for camera and microphone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flash_film import RATE, beeps_of, flashes_of, make_flash_film

FRAME = 1 / RATE

MOMENTS = (0.8, 1.8, 2.8)


def lie_side_by_side(target: Path) -> int:
    """Assert that there is a beep where a flash begins; return how many flashes are to be seen.

    A frame and a half apart at most where no picture was dropped; a machine that is busy drops some, and then the flash
    began somewhere between the two that were shown.
    """
    flashes, beeps = flashes_of(target), beeps_of(target)
    for dark, bright in flashes:
        assert any(dark - FRAME / 2 <= beep <= bright + FRAME / 2 for beep in beeps), (flashes, beeps)
    return len(flashes)


def test_what_is_seen_is_heard_at_the_same_time(tmp_path: Path, run: Callable[..., Any]) -> None:
    film, target = make_flash_film(tmp_path / "flash.mp4", 3.4, MOMENTS), tmp_path / "clean.mp4"
    arguments = ["live", "--camera", film, "--microphone", film, "--no-window", "--record", target, "--json"]
    done = run(*arguments, program="faceerase")
    assert done.code == 0, done.err
    (one,) = json.loads(done.out.splitlines()[-1])["recordings"]
    assert one["seconds"] == pytest.approx(one["clock"], abs=0.05)
    assert lie_side_by_side(target) >= 1


def test_a_film_that_begins_again_sounds_again(tmp_path: Path, run: Callable[..., Any]) -> None:
    film, target = make_flash_film(tmp_path / "flash.mp4", 1.0, (0.4,)), tmp_path / "clean.mkv"
    arguments = ["--camera", film, "--loop", "--microphone", film, "--no-window", "--record", target, "--seconds", "3"]
    done = run("live", *arguments, program="faceerase")
    assert done.code == 0, done.err
    assert lie_side_by_side(target) >= 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--microphone", "nothing.wav", "--record", "x.mp4"], 3, "nothing.wav: no such"),
        (["--microphone", "hw:77,0", "--record", "x.mp4"], 3, "hw:77,0: no such"),
        (["--microphone", "default", "--virtual-camera"], 2, "--microphone is for recordings"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: list[str], code: int, said: str, sample: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    done = run("live", "--camera", sample, "--no-window", *arguments, program="faceerase", cwd=tmp_path)
    assert done.code == code
    assert len(done.lines) == 1
    assert said in done.lines[0]
    assert list(tmp_path.iterdir()) == []
