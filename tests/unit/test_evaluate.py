"""Evaluation on photos: through the runtime's own tiles, thresholds and regions, and without torch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faceerase.models.evaluate import HEIGHTS, MaskRule, evaluate, mask_of
from faceerase.models.wider import read_wider

HOW = MaskRule("fixed", margin=0.2, min_face=16)


def test_an_engine_that_sees_what_is_bright_finds_the_bright_faces(photo_folder: Path, blob_engine: Any) -> None:
    photos = read_wider(photo_folder, "train")
    seen: list[int] = []
    low, high = evaluate(photos, blob_engine, HOW, [0.6, 0.99], seen.append)
    assert seen == list(range(1, len(photos) + 1))
    faces_of = HEIGHTS.index(32)  # the boxes are 50 px high
    assert (low.threshold, high.threshold) == (0.6, 0.99)
    assert low.faces == high.faces
    assert low.faces[faces_of] == sum(low.faces) == 4
    assert low.coverage[faces_of] == 1
    assert high.coverage[faces_of] == 0
    assert low.coverage[0] is None
    assert low.damage < 0.02
    assert low.damage_face_free == 0


def test_without_face_free_photos_there_is_no_number_for_them(photo_folder: Path, blob_engine: Any) -> None:
    (scores,) = evaluate(read_wider(photo_folder, "val"), blob_engine, HOW, [0.6], lambda _: None)
    assert scores.damage_face_free is None


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
def test_a_mask_has_the_size_of_its_photo(scale: float) -> None:
    width, height = 120, 90
    map_ = np.zeros((round(height * scale), round(width * scale)), np.float32)
    map_[int(40 * scale) : int(60 * scale), int(50 * scale) : int(80 * scale)] = 0.9
    mask = mask_of(map_, HOW, 0.5, width, height)
    assert mask.shape == (height, width)
    assert mask[42:58, 52:78].all()
    assert not mask[:25].any()
