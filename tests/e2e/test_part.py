"""A part of a film, by the real command: its frames and its sound from 0 on, checked against the same part."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

LATE = [501 + 40 * number for number in range(10)]


@pytest.fixture(scope="module")
def film(
    tmp_path_factory: pytest.TempPathFactory, sample: Path, small: list[av.VideoFrame], write_film: Callable[..., Path]
) -> Path:
    path = tmp_path_factory.mktemp("part") / "in.mp4"
    return write_film(path, small[:10], times=LATE, time_base=Fraction(1, 1000), sound=sample)


def test_a_part_comes_out_with_its_sound_and_is_verified(
    film: Path, tmp_path: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    clean, matte = tmp_path / "out.mp4", tmp_path / "matte.mkv"
    ended = run(film, "-o", clean, "--from", "00:00:00:03", "--to", "0.32", "--matte", matte, "--verify")
    assert ended.code == 0, ended.err
    before, after = read_film(film), read_film(clean)
    assert after.times == [time - before.times[3] for time in before.times[3:8]]
    assert len(read_film(matte).times) == 5
    begin, end = before.times[0] + Fraction(5, 50), before.times[0] + Fraction(8, 25)
    kept = [(time - before.times[3], data) for time, data in before.sound if begin <= time < end]
    assert [data for _, data in after.sound] == [data for _, data in kept]
    assert kept
    apart = [abs(one - two) for (one, _), (two, _) in zip(kept, after.sound, strict=True)]
    assert max(apart) <= Fraction(1, 48_000)


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (["--from", "9"], "--from 9: the film has no frame there; its last frame is shown at 0.360 s"),
        (["--from", "0.3", "--to", "0.2"], "nothing lies there"),
        (["--to", "00:00:01;00"], "drop-frame exists at 29.97 and 59.94 frames a second"),
    ],
)
def test_parts_that_are_not_there(
    span: list[str], told: str, film: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    ended = run(film, "-o", tmp_path / "out.mp4", *span)
    assert (ended.code, len(ended.lines)) == (2, 1), ended.err
    assert told in ended.err
    assert list(tmp_path.iterdir()) == []
