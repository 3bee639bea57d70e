"""From sightings to spans: what belongs together becomes one line, what does not stays apart."""

from dataclasses import replace

import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.verify.survivors import Sighting, Span, spans_of, time_code

HERE = Box(100, 50, 140, 100)


def sighting(
    frame: int, box: Box = HERE, finder: str = "network", score: float = 0.9, inside: bool = False
) -> Sighting:
    return Sighting(frame, frame / 25, box, inside, finder, score)


def frames(spans: tuple[Span, ...]) -> list[tuple[int, int]]:
    return [(span.first, span.last) for span in spans]


def test_nobody_is_no_span() -> None:
    assert spans_of([]) == ()


def test_one_sighting_is_a_span_of_one_frame() -> None:
    assert spans_of([sighting(7)]) == (Span(7, 7, 0.28, 0.28, HERE, False, "network", 0.9),)


def test_frame_after_frame_is_one_span() -> None:
    (span,) = spans_of(sighting(number) for number in range(3, 40))
    assert (span.first, span.last, span.start, span.end) == (3, 39, 0.12, 1.56)


@pytest.mark.parametrize(("gap", "count"), [(0, 1), (1, 1), (2, 1), (3, 2), (50, 2)])
def test_two_frames_without_a_sighting_are_bridged_and_no_more(gap: int, count: int) -> None:
    assert len(spans_of([sighting(0), sighting(gap + 1)])) == count


def test_another_place_is_another_span() -> None:
    there = HERE.moved(200, 0)
    spans = spans_of(one for number in range(5) for one in (sighting(number), sighting(number, there)))
    assert frames(spans) == [(0, 4), (0, 4)]
    assert [span.box for span in spans] == [HERE, there]


def test_who_walks_through_the_picture_is_one_span() -> None:
    (span,) = spans_of(sighting(number, HERE.moved(20 * number, 0), score=0.9 - number / 100) for number in range(30))
    assert (span.first, span.last, span.box) == (0, 29, HERE)


def test_each_finder_has_its_own_spans() -> None:
    spans = spans_of(sighting(number, finder=name) for number in range(4) for name in ("network", "FaceDetectorYN"))
    assert sorted(span.finder for span in spans) == ["FaceDetectorYN", "network"]


def test_the_surest_sighting_gives_score_and_box() -> None:
    sure = Box(102, 50, 142, 100)
    (span,) = spans_of([sighting(0, score=0.5), sighting(1, sure, score=0.8), sighting(2, score=0.6)])
    assert (span.score, span.box) == (0.8, sure)


def test_two_sightings_of_one_frame_at_one_place_are_one() -> None:
    assert frames(spans_of([sighting(0), sighting(0, HERE.grown(2)), sighting(1)])) == [(0, 1)]


def test_a_span_is_inside_only_when_all_of_it_is() -> None:
    inside = [sighting(number, inside=True) for number in range(3)]
    assert spans_of(inside)[0].inside
    assert not spans_of([*inside, sighting(3)])[0].inside


def test_a_span_is_sure_when_one_of_its_sightings_is() -> None:
    unsure = [replace(sighting(number), sure=False) for number in range(3)]
    assert not spans_of(unsure)[0].sure
    assert spans_of([*unsure, sighting(3)])[0].sure


def test_spans_come_in_the_order_of_their_first_frames() -> None:
    there = HERE.moved(300, 0)
    long, short = [sighting(number) for number in range(20)], sighting(5, there)
    spans = spans_of(sorted([*long, short, sighting(19, there)], key=lambda one: one.frame))
    assert frames(spans) == [(0, 19), (5, 5), (19, 19)]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "00:00:00.000"),
        (0.04, "00:00:00.040"),
        (59.9996, "00:01:00.000"),
        (3661.5, "01:01:01.500"),
        (360_000, "100:00:00.000"),
        (-0.08, "-00:00:00.080"),
    ],
)
def test_time_codes(seconds: float, code: str) -> None:
    assert time_code(seconds) == code


def test_a_span_is_a_line() -> None:
    span = spans_of([sighting(0), sighting(2)])[0]
    assert str(span) == (
        "frames 0–2, 00:00:00.000–00:00:00.080: 40×50 at 100,50, outside what was erased, by network (0.90)"
    )
    one = replace(span, last=0, end=0.0, inside=True)
    assert str(one).startswith("frame 0, 00:00:00.000: 40×50 at 100,50, inside what was erased")


def test_boxes_are_compared_scaled_and_turned() -> None:
    assert HERE.iou(HERE) == pytest.approx(1)
    assert HERE.iou(HERE.moved(20, 0)) == pytest.approx(1 / 3)
    assert HERE.iou(HERE.moved(100, 0)) == 0
    assert HERE.scaled(2) == Box(200, 100, 280, 200)
    assert HERE.turned(1, 640, 360) == Box(50, 500, 100, 540)
    assert HERE.turned(1, 640, 360).turned(3, 360, 640) == HERE
    assert HERE.turned(2, 640, 360).turned(-2, 640, 360) == HERE.turned(0, 640, 360) == HERE
