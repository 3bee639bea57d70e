"""Frames are counted as SMPTE ST 12-1 counts them."""

from fractions import Fraction

import pytest

from faceerase.streamer.timecode import counting_rate, frame_at, may_drop, read_time_code, time_code

NTSC, NTSC_60, FILM = Fraction(30_000, 1001), Fraction(60_000, 1001), Fraction(24_000, 1001)

KNOWN = [
    (0, Fraction(25), "00:00:00:00"),
    (24, Fraction(25), "00:00:00:24"),
    (90_000, Fraction(25), "01:00:00:00"),
    (86_400, FILM, "01:00:00:00"),
    (1800, NTSC, "00:01:00:00"),
    (1799, NTSC, "00:00:59;29"),
    (1800, NTSC, "00:01:00;02"),
    (3597, NTSC, "00:01:59;29"),
    (3598, NTSC, "00:02:00;02"),
    (17_981, NTSC, "00:09:59;29"),
    (17_982, NTSC, "00:10:00;00"),
    (17_983, NTSC, "00:10:00;01"),
    (19_782, NTSC, "00:11:00;02"),
    (107_892, NTSC, "01:00:00;00"),
    (2_589_407, NTSC, "23:59:59;29"),
    (3599, NTSC_60, "00:00:59;59"),
    (3600, NTSC_60, "00:01:00;04"),
    (35_964, NTSC_60, "00:10:00;00"),
    (215_784, NTSC_60, "01:00:00;00"),
    (240, Fraction(120), "00:00:02:00"),
]


@pytest.mark.parametrize(("number", "rate", "code"), KNOWN)
def test_known_values_both_ways(number: int, rate: Fraction, code: str) -> None:
    drop_frame = ";" in code
    assert time_code(number, rate, drop_frame=drop_frame) == code
    assert read_time_code(code, rate) == (number, drop_frame)


@pytest.mark.parametrize("rate", [NTSC, NTSC_60])
def test_every_drop_frame_code_of_a_quarter_of_an_hour_is_read_as_it_was_written(rate: Fraction) -> None:
    codes = [time_code(number, rate, drop_frame=True) for number in range(15 * 60 * round(rate))]
    assert codes == sorted(set(codes))
    assert [read_time_code(code, rate) for code in codes] == [(number, True) for number in range(len(codes))]


def test_a_day_of_drop_frame_is_a_day_of_the_clock_to_a_tenth_of_a_second() -> None:
    number, _ = read_time_code("23:59:59;29", NTSC)
    assert abs(float((number + 1) / NTSC) - 86_400) < 0.1


def test_counting_goes_on_from_the_start_and_begins_anew_after_a_day() -> None:
    start, _ = read_time_code("10:00:00:00", Fraction(25))
    assert time_code(30, Fraction(25), start) == "10:00:01:05"
    assert time_code(1, NTSC, read_time_code("23:59:59;29", NTSC)[0], True) == "00:00:00;00"


@pytest.mark.parametrize(
    ("code", "rate"),
    [
        ("", Fraction(25)),
        ("1:2:3:4", Fraction(25)),
        ("00:00:00:25", Fraction(25)),
        ("24:00:00:00", Fraction(25)),
        ("00:60:00:00", Fraction(25)),
        ("00:01:00;00", NTSC),
        ("00:01:00;03", NTSC_60),
        ("00:00:00;00", Fraction(25)),
        ("00:00:00;00", FILM),
        ("00:00:00;00", Fraction(30)),
    ],
)
def test_what_is_no_time_code_is_refused(code: str, rate: Fraction) -> None:
    with pytest.raises(ValueError, match=r"time code|drop-frame"):
        read_time_code(code, rate)


def test_frames_are_counted_at_the_films_rate_or_at_whole_numbers() -> None:
    kept = [Fraction(1), Fraction(24), Fraction(25), Fraction(60), FILM, NTSC, NTSC_60]
    assert [counting_rate(rate) for rate in kept] == kept
    assert counting_rate(Fraction(2713, 91)) == 30  # 29.81: a telephone's
    assert counting_rate(Fraction(1, 3)) == 1
    assert [may_drop(rate) for rate in kept] == [False] * 5 + [True] * 2


def test_a_frame_is_found_by_its_time() -> None:
    assert frame_at(Fraction(1001 * 5, 30_000), NTSC) == 5
    assert frame_at(Fraction(167, 1000), NTSC) == 5  # Matroska's milliseconds
