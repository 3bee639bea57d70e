"""When things are shown and heard: unsteady films, films that start late, packets without a decoding time."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

UNSTEADY = [0, 40, 120, 160, 360, 400, 420, 560, 900, 933]
LATE = [501 + 40 * number for number in range(10)]


def _apart(times: Sequence[Fraction], others: Sequence[Fraction]) -> Fraction:
    assert len(times) == len(others)
    return max(abs(a - b) for a, b in zip(times, others, strict=True))


@pytest.mark.parametrize("target", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("source", ["mp4", "mkv"])
@pytest.mark.parametrize("stamps", [UNSTEADY, LATE], ids=["unsteady", "late"])
def test_picture_and_sound_keep_their_times(
    stamps: list[int],
    source: str,
    target: str,
    tmp_path: Path,
    sample: Path,
    small: list[av.VideoFrame],
    run: Callable[..., Any],
    read_film: Callable[[Path], Any],
    write_film: Callable[..., Path],
) -> None:
    film = write_film(tmp_path / f"in.{source}", small[:10], times=stamps, time_base=Fraction(1, 1000), sound=sample)
    ended = run(film, "-o", tmp_path / f"out.{target}")
    assert ended.code == 0, ended.err
    before, after = read_film(film), read_film(tmp_path / f"out.{target}")
    assert _apart(before.times, after.times) <= after.time_base / 2
    assert _apart([time for time, _ in before.sound], [time for time, _ in after.sound]) <= after.sound_base / 2
    assert [data for _, data in before.sound] == [data for _, data in after.sound]


def test_packets_without_a_decoding_time_are_not_lost(
    tmp_path: Path,
    sample: Path,
    small: list[av.VideoFrame],
    run: Callable[..., Any],
    read_film: Callable[[Path], Any],
    write_film: Callable[..., Path],
) -> None:
    film = write_film(tmp_path / "in.mkv", small[:10], sound=sample)
    with av.open(str(film)) as container:
        first = next(packet for packet in container.demux(video=0))
        assert first.dts is None, "not the film that this test is about"
        assert first.is_keyframe
    for name in ("out.mkv", "out.mp4"):
        assert run(film, "-o", tmp_path / name).code == 0
        before, after = read_film(film), read_film(tmp_path / name)
        assert len(after.times) == 10
        assert _apart(before.times, after.times) <= after.time_base / 2
        assert [data for _, data in before.sound] == [data for _, data in after.sound]


def test_every_frame_is_counted_in_a_transport_stream(
    tmp_path: Path, short: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    assert run(short, "-o", tmp_path / "out.ts").code == 0
    before, after = read_film(short), read_film(tmp_path / "out.ts")
    # A transport stream may begin anywhere; what counts is that picture and sound begin as far apart.
    shift = after.times[0] - before.times[0]
    assert _apart([time + shift for time in before.times], after.times) <= after.time_base
    assert abs(after.sound[0][0] - before.sound[0][0] - shift) <= after.time_base


@pytest.mark.parametrize("target", ["out.avi", "out.mxf"])
def test_an_unsteady_film_into_a_container_that_counts_frames_is_refused(
    target: str, tmp_path: Path, small: list[av.VideoFrame], run: Callable[..., Any], write_film: Callable[..., Path]
) -> None:
    film = write_film(tmp_path / "in.mov", small[:10], times=UNSTEADY, time_base=Fraction(1, 1000))
    codec = ["--codec", "prores", "--pix-fmt", "yuv422p10le"] if target == "out.mxf" else []
    ended = run(film, "-o", tmp_path / target, "--matte", tmp_path / "matte.mkv", *codec)
    assert (ended.code, len(ended.lines)) == (4, 1), ended.err
    assert "not evenly spaced" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.mov"]
