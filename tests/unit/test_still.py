"""One picture by itself: what is bright is found, anywhere and at any size, and drawn where it is."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.mask.regions import Region, draw_regions
from faceerase.streamer.mask.still import certain_regions, look_everywhere
from faceerase.streamer.mask.threshold import LARGE_SHARE, SMALL_SHARE

WIDTH, HEIGHT, MIN_FACE = 640, 360, 16.0
Gray = NDArray[np.uint8]


def picture(*faces: Box, level: int = 255, width: int = WIDTH, height: int = HEIGHT) -> Gray:
    gray = np.full((height, width), 5, np.uint8)
    for face in faces:
        x, y = face.centre
        cv2.ellipse(gray, ((x - 0.5, y - 0.5), (face.width, face.height), 0), (level,), -1)
    return gray


def found(
    engine: Any,
    gray: Gray,
    rule: ThresholdRule = "fixed",
    threshold: float = 0.5,
    margin: float = 0.1,
    min_face: float = MIN_FACE,
) -> tuple[Region, ...]:
    looked = look_everywhere(GrayPicture(gray, 0, 255), engine, min_face)
    return certain_regions(looked, rule, threshold, margin, min_face)


def drawn(regions: Sequence[Region], width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.bool_]:
    return draw_regions(regions, width, height, (1, 1)) > 0


def test_a_picture_without_faces_has_no_regions(blob_engine: Any) -> None:
    assert look_everywhere(GrayPicture(picture(), 0, 255), blob_engine, MIN_FACE) == ()
    assert certain_regions((), "hysteresis", 0.5, 0.1, MIN_FACE) == ()


@pytest.mark.parametrize(
    "face",
    [
        Box(300, 150, 340, 200),
        Box(100, 100, 116, 120),  # as small as they are looked for
        Box(200, 30, 420, 330),  # nearly the whole height
        Box(0, 0, 40, 50),
        Box(WIDTH - 40, HEIGHT - 50, WIDTH, HEIGHT),
        Box(-20, 100, 20, 150),  # half of it is out of the picture
    ],
)
@pytest.mark.parametrize("rule", ["hysteresis", "fixed", "otsu", "histogram"])
def test_a_face_is_found_wherever_and_however_large_it_is(blob_engine: Any, face: Box, rule: ThresholdRule) -> None:
    gray = picture(face)
    regions = found(blob_engine, gray, rule)
    evidence = gray > 200
    covered = drawn(regions)
    assert covered[evidence].mean() > 0.97
    assert covered.sum() < 2.2 * evidence.sum() + 60
    assert max(region.score for region in regions) > 0.8


def test_each_of_several_faces_is_a_region_of_its_own(blob_engine: Any) -> None:
    faces = [Box(x, y, x + 40, y + 50) for x in (40, 300, 560) for y in (30, 250)]
    regions = found(blob_engine, picture(*faces))
    assert len(regions) == len(faces)
    for face in faces:
        assert sum(region.box.overlap(face) > 0.5 for region in regions) == 1


def test_the_threshold_decides_what_is_certain(blob_engine: Any) -> None:
    gray = picture(Box(300, 100, 400, 220), level=round(0.6 * 255))
    assert len(found(blob_engine, gray, threshold=0.5)) == 1
    assert found(blob_engine, gray, threshold=0.7) == ()


@pytest.mark.parametrize("rule", ["hysteresis", "fixed", "otsu", "histogram"])
def test_without_presence_there_is_no_region_under_any_rule(blob_engine: Any, rule: ThresholdRule) -> None:
    gray = picture(Box(300, 100, 400, 220), level=round(0.9 * SMALL_SHARE * 0.5 * 255))
    assert found(blob_engine, gray, rule) == ()


def test_small_faces_need_less(blob_engine: Any) -> None:
    level = round((LARGE_SHARE + SMALL_SHARE) / 2 * 0.5 * 255)
    small, large = picture(Box(300, 100, 316, 118), level=level), picture(Box(200, 30, 420, 330), level=level)
    assert len(found(blob_engine, small, "hysteresis")) == 1
    assert found(blob_engine, large, "hysteresis") == ()
    assert found(blob_engine, small, "fixed") == ()


def test_specks_are_measured_in_smallest_faces(blob_engine: Any) -> None:
    gray = picture(Box(300, 100, 312, 112))
    assert len(found(blob_engine, gray, min_face=16)) == 1
    assert found(blob_engine, gray, min_face=120) == ()


def test_the_margin_is_asked_for(blob_engine: Any) -> None:
    gray = picture(Box(300, 100, 360, 180))
    areas = [int(drawn(found(blob_engine, gray, margin=margin)).sum()) for margin in (0.0, 0.5, 1.0)]
    assert int((gray > 200).sum()) <= areas[0] < areas[1] < areas[2]


def test_one_look_serves_any_threshold(blob_engine: Any) -> None:
    gray = picture(Box(300, 100, 400, 220), level=round(0.6 * 255))
    looked = look_everywhere(GrayPicture(gray, 0, 255), blob_engine, MIN_FACE)
    for threshold in (0.3, 0.5, 0.7):
        once = certain_regions(looked, "fixed", threshold, 0.1, MIN_FACE)
        assert [region.box for region in once] == [
            region.box for region in found(blob_engine, gray, threshold=threshold)
        ]


def test_the_models_own_threshold_says_what_is_worth_a_second_look(
    blob_engine: Any, make_contract: Callable[..., Any]
) -> None:
    faint = picture(Box(300, 100, 400, 220), level=40)
    eager = type(blob_engine)(make_contract(threshold=0.1))
    wary = type(blob_engine)(make_contract(threshold=0.99))
    assert len(look_everywhere(GrayPicture(faint, 0, 255), eager, MIN_FACE)) == 1
    assert look_everywhere(GrayPicture(faint, 0, 255), wary, MIN_FACE) == ()


@pytest.mark.parametrize(("width", "height"), [(16, 16), (300, 8), (8, 300), (64, 48)])
def test_pictures_of_hardly_any_size_can_be_looked_at(blob_engine: Any, width: int, height: int) -> None:
    assert found(blob_engine, picture(width=width, height=height)) == ()
    white = np.full((height, width), 255, np.uint8)
    assert drawn(found(blob_engine, white), width, height).mean() > 0.95


def test_one_pixel_is_no_face(blob_engine: Any) -> None:
    assert found(blob_engine, np.full((1, 1), 255, np.uint8)) == ()


def test_the_range_of_the_picture_counts(blob_engine: Any) -> None:
    gray = picture(Box(300, 100, 360, 180), level=235)
    limited = look_everywhere(GrayPicture(gray, 16, 235), blob_engine, MIN_FACE)
    (region,) = certain_regions(limited, "fixed", 0.99, 0.1, MIN_FACE)
    assert region.score == pytest.approx(1, abs=0.005)
