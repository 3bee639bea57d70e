"""Memory minute by minute, kept in memory that does not grow."""

import sys
from pathlib import Path

import pytest

from faceerase.streamer.live.memory import KEPT, Gauge, Memory


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "status").write_text("Name:\tit\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n")
    return tmp_path


def test_it_is_told_in_mebibytes(own: Path) -> None:
    assert Gauge(own).memory == Memory(100.0, (), 200.0)


def test_each_minute_is_kept_once(own: Path) -> None:
    gauge = Gauge(own)
    for second in range(185):
        gauge.take(1000.0 + second)
    assert gauge.memory.minutes == (100.0, 100.0, 100.0)


def test_no_more_than_a_day_is_kept(own: Path) -> None:
    gauge = Gauge(own)
    for minute in range(KEPT + 50):
        gauge.take(60.0 * minute)
    assert len(gauge.memory.minutes) == KEPT


def test_where_nobody_tells(tmp_path: Path) -> None:
    gauge = Gauge(tmp_path)
    gauge.take(0.0)
    gauge.take(61.0)
    assert gauge.memory == Memory(None, (), None)


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux tells it")
def test_of_this_program() -> None:
    memory = Gauge().memory
    assert memory.resident is not None
    assert memory.peak is not None
    assert 1 < memory.resident <= memory.peak
