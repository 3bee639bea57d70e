"""What a check came to, as plain values and as an error."""

import json
from dataclasses import replace
from pathlib import Path

from faceerase.errors import VerificationError
from faceerase.streamer.box import Box
from faceerase.streamer.verify.survivors import Span
from faceerase.streamer.verify.verdict import FacesLeftError, Verdict

SPAN = Span(3, 40, 0.12, 1.6, Box(1, 2, 3, 4), True, "network", 0.7)
LEFT = Verdict(100, ("network", "FaceDetectorYN"), (SPAN,), 5)


def test_a_verdict_becomes_json() -> None:
    values = json.loads(json.dumps(LEFT.to_dict()))
    assert (values["frames"], values["passed"], values["shells"]) == (100, False, 5)
    assert values["finders"] == ["network", "FaceDetectorYN"]
    (span,) = values["spans"]
    assert (span["first"], span["last"], span["start"], span["end"]) == (3, 40, 0.12, 1.6)
    assert (span["start_code"], span["end_code"]) == ("00:00:00.120", "00:00:01.600")
    assert (span["box"], span["inside"]) == ({"x0": 1, "y0": 2, "x1": 3, "y1": 4}, True)
    passed = replace(LEFT, spans=())
    assert passed.passed
    assert passed.to_dict()["spans"] == []


def test_faces_left_are_one_line() -> None:
    error = FacesLeftError(Path("clean.mp4"), LEFT)
    assert isinstance(error, VerificationError)
    assert error.verdict is LEFT
    assert str(error) == "clean.mp4: a face was found in the result once, at 00:00:00.120 (frame 3)"
    twice = FacesLeftError(Path("clean.mp4"), replace(LEFT, spans=(SPAN, SPAN)), "nothing was kept")
    assert str(twice) == (
        "clean.mp4: a face was found in the result 2 times, first at 00:00:00.120 (frame 3); nothing was kept"
    )
