"""Frames as they pass become lines and tracks; nothing of them is held."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL, FilmConfig, LookConfig
from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region
from faceerase.streamer.sidecar.codes import codes_of
from faceerase.streamer.sidecar.colours import colour_of
from faceerase.streamer.sidecar.frames import FrameLog
from faceerase.streamer.sidecar.outcome import check_of
from faceerase.streamer.sidecar.versions import resolved
from faceerase.streamer.verify.survivors import Span
from faceerase.streamer.verify.verdict import Verdict

SHAPE = np.zeros((SHAPE_SIDE, SHAPE_SIDE), np.uint8)
NTSC = Fraction(30_000, 1001)
TURNED_LEFT = (0, -65_536, 0, 65_536, 0, 0, 0, 0, 1 << 30)


def region(track: int, box: Box, score: float = 0.9, seen: bool = True) -> Region:
    return Region(box, SHAPE, score, track, seen)


def matte(*regions: Region) -> Matte:
    return Matte(np.zeros((24, 32), np.uint8), (2, 2), 64, 48, regions)


@pytest.fixture
def frame_at(noise_frame: Callable[..., Frame]) -> Callable[..., Frame]:
    blank = noise_frame()

    def frame_at(index: int, pts: int, time_base: Fraction = Fraction(1, 25)) -> Frame:
        return replace(blank, index=index, pts=pts, time_base=time_base)

    return frame_at


def test_a_face_is_one_entry_a_frame_as_certain_as_what_was_seen_of_it(frame_at: Callable[..., Frame]) -> None:
    log = FrameLog(codes_of(Fraction(25), None))
    smooth, seen = region(3, Box(10, 10, 20, 20), 0.99, seen=False), region(3, Box(12.26, 10, 23.04, 20), 0.8)
    facts = log.take(frame_at(0, 0), matte(smooth, seen, region(1, Box(-5, -5, 5, 5), 0.7, seen=False)))
    assert facts is not None
    entries = [(one.track, one.box, one.score, one.seen) for one in facts.regions]
    assert entries == [(1, (0, 0, 5, 5), 0.7, False), (3, (10, 10, 23, 20), 0.8, True)]


def test_frames_without_a_face_are_not_listed_and_tracks_remember_first_and_last(
    frame_at: Callable[..., Frame],
) -> None:
    log = FrameLog(codes_of(NTSC, "01:00:59;28"))
    face = region(7, Box(1, 1, 9, 9))
    shown = [(), (face,), (replace(face, seen=False),), (), (face, region(8, Box(30, 30, 40, 40))), ()]
    facts = [log.take(frame_at(n, 1001 * n, Fraction(1, 30_000)), matte(*regions)) for n, regions in enumerate(shown)]
    assert [one.frame for one in facts if one] == [1, 2, 4]
    assert [one.time_code for one in facts if one] == ["01:00:59;29", "01:01:00;02", "01:01:00;04"]
    first, second = log.tracks()
    assert (first.track, first.frames, first.seen, first.first_frame, first.last_frame) == (7, 3, 2, 1, 4)
    assert (first.first_time_code, first.last_time_code) == ("01:00:59;29", "01:01:00;04")
    assert (first.first_time, first.last_time) == (0.033367, 0.133467)
    assert (second.track, second.first_frame, second.last_frame) == (8, 4, 4)


def test_what_lies_outside_the_picture_is_not_listed(frame_at: Callable[..., Frame]) -> None:
    log = FrameLog(codes_of(Fraction(25), None))
    assert log.take(frame_at(0, 0), matte(region(1, Box(64, 0, 80, 20)))) is None
    assert log.tracks() == ()


def test_frames_of_variable_rate_are_coded_by_their_time_from_the_first_on(frame_at: Callable[..., Frame]) -> None:
    log = FrameLog(codes_of(Fraction(2713, 91), None))  # counts at 30
    face = region(0, Box(1, 1, 9, 9))
    times = [500, 533, 1500, 2100]
    facts = [log.take(frame_at(n, t, Fraction(1, 1000)), matte(face)) for n, t in enumerate(times)]
    assert [one.time_code for one in facts if one] == ["00:00:00:00", "00:00:00:01", "00:00:01:00", "00:00:01:18"]
    assert [one.time for one in facts if one] == [0.5, 0.533, 1.5, 2.1]


def test_a_time_code_that_cannot_be_read_is_told_and_not_used() -> None:
    codes = codes_of(Fraction(25), "10:00:00;00")
    assert codes.remark is not None
    assert "drop-frame" in codes.remark
    assert codes.facts().model_dump() == {"rate": "25", "drop_frame": False, "first": "00:00:00:00", "from_film": False}
    assert codes_of(Fraction(25), "10:00:00:05").facts().first == "10:00:00:05"


def test_colours_have_ffmpegs_names_and_nothing_where_untagged() -> None:
    hdr = colour_of(1, 9, 16, 9)
    assert (hdr.range, hdr.primaries, hdr.transfer, hdr.matrix) == ("tv", "bt2020", "smpte2084", "bt2020nc")
    assert set(colour_of(0, 2, 2, 2).model_dump().values()) == {None}


def test_where_the_program_is_installed_is_not_told() -> None:
    assert resolved(FilmConfig())["look"]["model"] == SHIPPED_MODEL.name
    own = FilmConfig(look=LookConfig(model=Path("nets/own.onnx")))
    assert resolved(own)["look"]["model"] == "nets/own.onnx"


def test_findings_lie_in_the_stored_picture_and_count_from_the_first_frame(small_info: FilmInfo) -> None:
    turned = replace(small_info, display_matrix=TURNED_LEFT)
    assert turned.quarter_turns == 1
    upright = Box(10, 12, 20, 30).turned(1, turned.width, turned.height)
    span = Span(2, 5, 1.08, 1.2, upright, True, "network", 0.91)
    check = check_of(Verdict(12, ("network",), (span,), 3), turned, codes_of(Fraction(25), "10:00:00:00"), 1.0)
    (finding,) = check.findings
    assert not check.passed
    assert finding.box == (10, 12, 20, 30)
    assert (finding.first_time_code, finding.last_time_code) == ("10:00:00:02", "10:00:00:05")
