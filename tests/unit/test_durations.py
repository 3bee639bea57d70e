"""How long frames are shown is told to their packets: to the next frame, and the last as its source says."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.packet import Packet
from passing import pass_through

from faceerase.streamer.encode.durations import Durations


def told(durations: Durations, pts: int | None) -> int:
    packet = Packet(b"x")
    packet.pts, packet.duration = pts, 99
    durations.tell(packet)
    return packet.duration


def test_a_frame_lasts_until_the_next() -> None:
    durations = Durations()
    for pts in (0, 3, 10):
        durations.shown(pts, 5)
    assert [told(durations, pts) for pts in (3, 0)] == [7, 3]


@pytest.mark.parametrize(("said", "lasts"), [(5, 5), (0, 99)])
def test_the_last_lasts_as_long_as_its_source_says(said: int, lasts: int) -> None:
    durations = Durations()
    durations.shown(4, said)
    assert told(durations, 4) == 99
    durations.ended()
    assert told(durations, 4) == lasts


def test_a_packet_without_a_time_keeps_its_duration() -> None:
    durations = Durations()
    durations.shown(0, 5)
    durations.ended()
    assert told(durations, None) == 99


@pytest.mark.parametrize("codec", ["h264", "mjpeg"])
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_an_uneven_film_ends_when_it_did(
    tmp_path: Path, make_film: Callable[..., Path], suffix: str, codec: str
) -> None:
    source = make_film(tmp_path / f"in{suffix}", codec="libx264", times=[0, 1, 2, 3, 11, 12, 13], b_frames=2)
    target = tmp_path / f"out{suffix}"
    pass_through(source, target, codec=codec)
    with av.open(str(source)) as before, av.open(str(target)) as after:
        one, other = before.streams.video[0], after.streams.video[0]
        assert one.duration * one.time_base == other.duration * other.time_base
        assert one.average_rate == other.average_rate
