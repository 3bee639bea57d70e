"""What each container can hold of a film's times."""

from fractions import Fraction
from pathlib import Path

import pytest

from faceerase.errors import SinkError
from faceerase.streamer.encode.container import GREATEST_TIMESCALE, FrameCounter, open_container, timing_of

BASE, RATE = Fraction(1, 90_000), Fraction(30_000, 1001)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.MKV", "a.ts", "a.png"])
def test_most_containers_take_the_films_own_times(name: str) -> None:
    timing = timing_of(Path(name), BASE, RATE)
    assert (timing.time_base, timing.constant_rate) == (BASE, False)


@pytest.mark.parametrize("name", ["a.avi", "a.AVI"])
def test_avi_counts_frames(name: str) -> None:
    timing = timing_of(Path(name), BASE, RATE)
    assert (timing.time_base, timing.constant_rate) == (Fraction(1001, 30_000), True)


@pytest.mark.parametrize("start", [Fraction(0), Fraction(5), Fraction(-1, 25)])
def test_frames_are_counted_from_the_first(start: Fraction) -> None:
    counter = FrameCounter(RATE, Path("a.avi"))
    # Matroska rounds to milliseconds.
    times = [start + Fraction(round(number * 1000 / RATE), 1000) for number in range(100)]
    assert [counter.count(time) for time in times] == list(range(100))
    assert counter.offset == start


@pytest.mark.parametrize("third", [1, 1.2, 3, 0])
def test_uneven_frames_are_refused(third: float) -> None:
    counter = FrameCounter(Fraction(25), Path("a.avi"))
    for number in (0, 1):
        counter.count(Fraction(number, 25))
    with pytest.raises(SinkError, match=r"a\.avi: at .* s the film's frames are not evenly spaced.*\.mkv"):
        counter.count(Fraction(third) / 25)


@pytest.mark.parametrize("audio_rates", [[], [48_000], [48_000, 44_100], [44_100, 96_000, 11_025]])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.avi", "a.ts"])
def test_containers_open_at_any_time_scale(tmp_path: Path, name: str, audio_rates: list[int]) -> None:
    for time_base in (Fraction(1, 25), Fraction(1001, 30_000), Fraction(1, 90_000), Fraction(1, GREATEST_TIMESCALE)):
        open_container(tmp_path / name, Path(name), time_base, audio_rates).close()


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.txt"])
def test_an_unknown_container_is_refused_by_the_targets_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SinkError, match=rf"^{name}: no container of this kind .*\.mp4") as caught:
        open_container(tmp_path / name, Path(name), BASE, [])
    assert "\n" not in str(caught.value)
