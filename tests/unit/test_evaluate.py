"""Evaluation on photos: through the runtime's own tiles, thresholds and regions, and without torch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faceerase.models.data.photo import FaceBox, Photo, PhotoSet, read_gray
from faceerase.models.data.prepare import open_photos
from faceerase.models.judging.evaluate import evaluate
from faceerase.models.judging.faces import HEIGHTS, FaceHits, hit_faces, score_faces, truth_of
from faceerase.models.judging.looks import NetworkLooker


def looker(engine: Any) -> NetworkLooker:
    return NetworkLooker(engine, "fixed", 0.6, margin=0.2, min_face=16)


def test_an_engine_that_sees_what_is_bright_finds_the_bright_faces(photo_folder: Path, blob_engine: Any) -> None:
    photos = open_photos(photo_folder, "train")
    seen: list[int] = []
    low, high = evaluate(photos, looker(blob_engine), [0.6, 0.99], seen.append)
    assert seen == list(range(1, len(photos.photos) + 1))
    faces_of = HEIGHTS.index(32)  # the boxes are 50 px high
    assert (low.threshold, high.threshold) == (0.6, 0.99)
    assert low.faces.by_height[faces_of] == low.faces.large == low.faces.frontal == (4, 4)
    assert high.faces.by_height[faces_of] == (0, 4)
    assert low.faces.turned.ratio is None
    assert low.faces.by_height[0].ratio is None
    assert low.faces.damage < 0.02
    assert low.faces.damage_face_free == 0
    assert 0.5 < low.pixels.iou < 1
    assert low.pixels.recall > 0.95
    assert high.pixels.recall == 0


def test_without_face_free_photos_there_is_no_number_for_them(photo_folder: Path, blob_engine: Any) -> None:
    (scores,) = evaluate(open_photos(photo_folder, "val"), looker(blob_engine), [0.6], lambda _: None)
    assert scores.faces.damage_face_free is None


@pytest.mark.parametrize("side", [60, 120, 300])
def test_a_mask_has_the_size_of_its_photo(side: int, blob_engine: Any) -> None:
    gray = np.zeros((side, side + 8), np.uint8)
    gray[side // 4 : side // 2, side // 4 : side // 2] = 255
    mask = looker(blob_engine).look(Photo(Path("none"), "e", (), None), gray)(0.6)
    assert mask.shape == gray.shape
    assert mask[side // 4 + 3 : side // 2 - 3, side // 4 + 3 : side // 2 - 3].all()


def box(x: int, height: int, ignore: bool = False, turned: bool | None = None) -> FaceBox:
    return FaceBox(x, 10, height, height, ignore, turned)


def test_ignored_and_tiny_faces_are_neither_asked_for_nor_damage() -> None:
    photo = Photo(Path("p"), "e", (box(10, 40), box(100, 40, ignore=True), box(200, 5)), None)
    truth = truth_of(photo, read_gray, 300, 100)
    everything = np.ones((100, 300), np.bool_)
    hits = hit_faces(everything, truth)
    assert [height for height, _, _ in hits.hits] == [40]
    assert not truth.outside[10:50, 100:140].any()
    assert not truth.counts[10:50, 105:135].any()
    assert hits.damage == 1
    assert hit_faces(~truth.outside, truth).damage == 0


def test_faces_are_told_apart_by_pose_where_it_is_known() -> None:
    hits = ((40.0, False, True), (40.0, True, False), (20.0, None, True))
    scores = score_faces([FaceHits(hits, 0.5, False), FaceHits((), 0.1, True)])
    assert (scores.frontal, scores.turned, scores.large) == ((1, 1), (0, 1), (1, 2))
    assert scores.by_height[1] == (1, 1)
    assert (scores.damage, scores.damage_face_free) == (pytest.approx(0.3), 0.1)


def test_a_photo_without_any_box_is_face_free() -> None:
    free, ignored = Photo(Path("a"), "e", (), None), Photo(Path("b"), "e", (box(1, 9, ignore=True),), None)
    assert truth_of(free, read_gray, 50, 50).face_free
    assert not truth_of(ignored, read_gray, 50, 50).face_free


def test_an_empty_set_of_thresholds_gives_no_scores(photo_folder: Path, blob_engine: Any) -> None:
    photos = open_photos(photo_folder, "val")
    assert evaluate(PhotoSet(photos.photos[:1], photos.read), looker(blob_engine), [], lambda _: None) == ()
