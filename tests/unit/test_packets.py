"""Packets as they are copied."""

from fractions import Fraction

import av
import pytest

from faceerase.streamer.encode.packets import in_time, moment_of, with_dts


def packet(pts: int | None, dts: int | None, duration: int = 40) -> "av.Packet[av.stream.Stream]":
    made: av.Packet[av.stream.Stream] = av.Packet(b"x")
    made.pts, made.dts, made.duration, made.time_base = pts, dts, duration, Fraction(1, 1000)
    return made


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([(0, None), (160, None), (80, 0), (40, 40)], [-80, -40, 0, 40]),
        ([(0, 0), (40, 40)], [0, 40]),
        ([(0, None)], [None]),
        ([], []),
    ],
)
def test_missing_decoding_times_are_those_before_the_first_known(
    stamps: list[tuple[int, int | None]], expected: list[int | None]
) -> None:
    assert [item.dts for item in with_dts(packet(*stamp) for stamp in stamps)] == expected


def test_decoding_times_grow_without_durations() -> None:
    stamps = [(0, None), (3, None), (1, 0)]
    assert [item.dts for item in with_dts(packet(*stamp, duration=0) for stamp in stamps)] == [-2, -1, 0]


def test_packets_of_several_files_come_in_time() -> None:
    one = [(0, packet(0, 0)), (0, packet(100, 100))]
    other = [(1, packet(7, None)), (1, packet(None, None)), (1, packet(300, 50))]
    assert [number for number, _ in in_time(one, other)] == [0, 1, 1, 1, 0]
    assert moment_of(other[2][1]) == 0.05
