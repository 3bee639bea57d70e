"""Moments as people write them, as exact times."""

from fractions import Fraction

import pytest

from faceerase.errors import ConfigError
from faceerase.streamer.decode.moment import SLACK, boundary

NTSC = Fraction(30_000, 1001)
PAL = Fraction(25)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("12.5", Fraction(25, 2)),
        ("90", 90),
        ("00:00:12.5", Fraction(25, 2)),
        ("01:02:03", 3723),
        ("1:00:00.040", 3600 + Fraction(1, 25)),
    ],
)
def test_seconds_are_compared_to_the_millisecond(text: str, seconds: Fraction) -> None:
    assert boundary(text, PAL) == seconds - SLACK


@pytest.mark.parametrize(
    ("text", "rate", "frame"),
    [
        ("00:00:00:00", PAL, 0),
        ("00:00:01:12", PAL, 37),
        ("01:00:00:00", NTSC, 108_000),
        ("00:00:59;29", NTSC, 1799),
        ("00:01:00;02", NTSC, 1800),
        ("00:10:00;00", NTSC, 17_982),
        ("01:00:00;00", NTSC, 107_892),
        ("00:01:00;04", Fraction(60_000, 1001), 3600),
        ("00:00:01:23", Fraction(24_000, 1001), 47),
    ],
)
def test_a_time_code_begins_with_its_frame(text: str, rate: Fraction, frame: int) -> None:
    begin = boundary(text, rate)
    # Matroska's ticks are milliseconds, and MPEG's 1/90000 s.
    for ticks in (1000, 90_000):
        assert (
            Fraction(round((frame - 1) / rate * ticks), ticks) < begin <= Fraction(round(frame / rate * ticks), ticks)
        )


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1:2", "0:60:00", "0:00:60", "00:00:00:25", "1e3", "00:00:00;10", "1.5.2", "0:0:1"]
)
def test_what_is_no_time_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        boundary(text, PAL)
    assert str(caught.value).startswith(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["00:01:00;00", "00:01:00;01", "00:00:00;30"])
def test_codes_that_drop_frame_leaves_out_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no such time code"):
        boundary(text, NTSC)
