"""The parts of smart copying by themselves: units, groups, decoding times, and who decides."""

from fractions import Fraction
from typing import Any

import av
import pytest

from faceerase.streamer.encode.copying import jpeg, nal
from faceerase.streamer.encode.copying.coding import Plain
from faceerase.streamer.encode.copying.copier import NOT_WHOLE, Copier
from faceerase.streamer.encode.copying.decoding_times import DecodingTimes
from faceerase.streamer.encode.copying.groups import Coded, Group, groups_of
from faceerase.streamer.frame import Frame

SPS, PPS, SLICE = b"\x67sps", b"\x68pps", b"\x65slice"
AVCC = b"\x01\x64\x00\x0c\xff\xe1\x00\x04" + SPS + b"\x01\x00\x04" + PPS
VPS5, SPS5, PPS5, SEI5 = (bytes((kind << 1, 1)) + b"x" for kind in (32, 33, 34, 39))
HVCC = b"\x01" + bytes(20) + b"\xff\x04" + b"".join(
    bytes((unit[0] >> 1,)) + b"\x00\x01\x00\x03" + unit for unit in (VPS5, SPS5, PPS5, SEI5)
)  # fmt: skip


def test_units_with_lengths_and_with_start_codes_are_the_same() -> None:
    lengths = b"".join(len(unit).to_bytes(4, "big") + unit for unit in (SPS, PPS, SLICE))
    assert nal.split(lengths, 4) == [SPS, PPS, SLICE]
    assert nal.split(nal.join([SPS, PPS, SLICE]), 0) == [SPS, PPS, SLICE]
    assert nal.split(b"\x00\x00\x01" + SPS + b"\x00\x00\x00\x01" + SLICE + b"\x00", 0) == [SPS, SLICE]
    with pytest.raises(ValueError, match="beyond its packet"):
        nal.split(lengths[:-1], 4)


def test_parameter_sets_of_every_kind_of_header() -> None:
    assert nal.header_of("h264", AVCC) == (4, (SPS, PPS))
    assert nal.header_of("hevc", HVCC) == (4, (VPS5, SPS5, PPS5))
    assert nal.header_of("h264", nal.join([SPS, PPS])) == (0, (SPS, PPS))
    assert nal.header_of("h264", b"") == (0, ())


def test_parameter_sets_are_put_before_a_picture_that_brings_none() -> None:
    family = nal.FAMILIES["h264"]
    assert nal.with_sets(family, [SLICE], [SPS, PPS]) == [SPS, PPS, SLICE]
    assert nal.with_sets(family, [SPS, PPS, SLICE], [b"\x67other", PPS]) == [SPS, PPS, SLICE]


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_decoding_times_grow_and_are_never_late(delay: int) -> None:
    coded = [0, 3, 1, 2, 6, 4, 5, 10, 8, 9] if delay else list(range(10))
    times = DecodingTimes(delay, 1)
    for pts in sorted(coded):
        times.shown_at(pts)
    stamps = [times.next() for _ in coded]
    assert stamps == sorted(set(stamps))
    assert all(dts <= pts for dts, pts in zip(stamps, coded, strict=True))


def packet(pts: int, key: bool, data: bytes = b"data") -> Any:
    made = av.Packet(data)
    made.pts, made.dts, made.time_base, made.is_keyframe = pts, pts, Fraction(1, 25), key
    return made


def test_groups_begin_with_fresh_pictures() -> None:
    stamps = [(-1, False), (0, True), (2, False), (1, False), (3, True), (4, True)]
    groups = list(groups_of([packet(*stamp) for stamp in stamps], Plain(), 1))
    assert [group.times for group in groups] == [(0, 1, 2), (3,), (4,)]
    assert [group.why_not for group in groups] == [None] * 3


def test_groups_that_would_not_fit_in_are_not_copied() -> None:
    deep = list(groups_of([packet(0, True), packet(2, False), packet(1, False)], Plain(), 0))
    assert deep[0].why_not is not None
    assert "reordered" in deep[0].why_not
    assert deep[0].pictures == ()
    backward = list(groups_of([packet(5, True), packet(3, True)], Plain(), 0))
    assert backward[1].why_not == "their times run backward"


class Told:
    """Stands for a splice: remembers what was copied and encoded, by time."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int | None]] = []

    def encode(self, picture: av.VideoFrame) -> list[Any]:
        self.done.append(("encoded", picture.pts))
        return []

    def copy(self, pictures: list[Coded]) -> list[Any]:
        self.done += [("copied", picture.pts) for picture in pictures]
        return []

    def finish(self) -> list[Any]:
        return []


def fates(groups: list[tuple[int, ...]], shown: list[int], faces: set[int], shift: int = 0) -> tuple[str, str]:
    """Return what becomes of frames (``e`` or ``c``), in their order, and the remark."""
    told = Told()
    made = [Group(times[0], tuple(Coded(pts, 1, b"") for pts in times)) for times in groups]
    copier = Copier(iter(made), told)  # type: ignore[arg-type]
    for number, pts in enumerate(shown):
        picture = av.VideoFrame(16, 16, "gray")
        picture.pts, picture.time_base = pts + shift, Fraction(1, 25)
        frame = Frame(number, pts, Fraction(1, 25), picture)
        copier.take(frame, picture, "a face" if pts in faces else None)
    copier.finish()
    assert [pts for _, pts in told.done] == [pts + shift for pts in shown]
    return "".join(word[0] for word, _ in told.done), copier.remark()


@pytest.mark.parametrize(
    ("groups", "shown", "faces", "expected"),
    [
        ([(0, 1, 2), (3, 4, 5)], [0, 1, 2, 3, 4, 5], {2}, "eeeccc"),
        ([(0, 1, 2), (3, 4, 5)], [0, 1, 2, 3, 4, 5], {3}, "ccceee"),
        ([(0, 1, 2), (3, 4, 5)], [0, 2, 3, 4, 5], set(), "eeccc"),  # one was not decoded
        ([(0, 1, 2), (3, 4, 5)], [0, 1, 2, 3, 4], set(), "cccee"),  # nor the last
        ([(2, 3)], [0, 1, 2, 3, 4], set(), "eecce"),  # frames that were not coded in a group
        ([], [0, 1], set(), "ee"),
        ([(0,), (1,), (2,)], [0, 1, 2], {1}, "cec"),
    ],
)
def test_whole_groups_that_were_looked_at_are_copied(
    groups: list[tuple[int, ...]], shown: list[int], faces: set[int], expected: str
) -> None:
    fate, remark = fates(groups, shown, faces, shift=100)
    assert fate == expected
    assert remark.startswith(f"smart copy: {expected.count('c')} of {len(shown)} frames copied as they are")
    assert (NOT_WHOLE in remark) == ("e" in expected and not faces)


def test_a_jpeg_that_is_whole_and_nothing_else_is_copied() -> None:
    tables = b"\xff\xdb\x00\x04ab\xff\xc4\x00\x04ab"
    plain = b"\xff\xd8" + tables + b"\xff\xda\x00\x04abscan\xff\x00\xff\xd0\xff\xd9"
    assert jpeg.why_not(plain) is None
    assert jpeg.why_not(plain + b"\x00\x00") is None
    assert jpeg.why_not(plain.replace(b"\xff\xc4", b"\xff\xc0")) == "they lack tables of their own"
    assert jpeg.why_not(plain + plain) == "something follows the picture in its packet"
    assert jpeg.why_not(plain[:2] + b"\xff\xe2\x00\x06MPF\x00" + plain[2:]) is not None
    assert jpeg.why_not(plain[:2] + b"\xff\xe0\x00\x07JFIF\x00" + plain[2:]) is None
