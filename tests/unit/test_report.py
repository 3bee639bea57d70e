"""What is said of a film, as plain values."""

import json
from fractions import Fraction
from pathlib import Path

import av

from faceerase.streamer.frame import Frame
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.report import FilmReport

REPORT = FilmReport(
    source=Path("in.mp4"),
    output=Path("out.mp4"),
    matte=None,
    frames=3,
    frames_with_regions=2,
    faces=4,
    looks=Looks(planned=9, again=2, candidates=1),
    most_tiles=6,
    erased_share=0.25,
    provider="cpu",
    encoder="libx264 yuv420p",
    seconds=1.5,
    remarks=("dropped: stream 2",),
    lost=(),
)


def test_a_report_becomes_json() -> None:
    values = json.loads(json.dumps(REPORT.to_dict()))
    assert (values["source"], values["output"], values["matte"]) == ("in.mp4", "out.mp4", None)
    assert (values["frames"], values["erased_share"], values["remarks"]) == (3, 0.25, ["dropped: stream 2"])
    assert (values["looks"]["planned"], values["looks"]["again"], values["verified"]) == (9, 2, None)
    assert set(values) == set(FilmReport.__slots__)


def test_a_frame_tells_its_time_and_shows_no_pixels() -> None:
    frame = Frame(7, 3003, Fraction(1, 1001), av.VideoFrame(64, 48, "yuv420p"))
    assert frame.time == 3.0
    assert repr(frame) == "Frame(7, 3.000 s, 64×48 yuv420p)"
