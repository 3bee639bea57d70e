"""How good a map is: pooled over all pixels, so that no ratio of ratios hides anything."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.models.judging.metrics import COVERED, TileMetrics, tile_metrics

SHAPE = (2, 40, 40)


def truth() -> NDArray[np.uint8]:
    mask = np.zeros(SHAPE, np.uint8)
    mask[0, 5:15, 5:15] = 1
    mask[0, 25:35, 25:35] = 1
    mask[1, 10:20, 10:20] = 1
    return mask


def metrics(probability: NDArray[np.float32], weight: NDArray[np.float32] | None = None) -> TileMetrics:
    return tile_metrics(probability, truth(), np.ones(SHAPE, np.float32) if weight is None else weight, 0.5)


def test_the_truth_itself_is_perfect() -> None:
    assert metrics(truth().astype(np.float32)) == TileMetrics(1, 1, 1, 1, 3, 0)


def test_saying_nothing_finds_nothing() -> None:
    found = metrics(np.zeros(SHAPE, np.float32))
    assert (found.iou, found.precision, found.recall, found.faces_covered, found.false_area) == (0, 0, 0, 0, 0)


def test_saying_everything_finds_everything_at_a_price() -> None:
    found = metrics(np.ones(SHAPE, np.float32))
    assert (found.recall, found.faces_covered, found.false_area) == (1, 1, 1)
    assert found.iou == found.precision == pytest.approx(300 / 3200)


def test_ratios_are_pooled_over_all_pixels() -> None:
    said = np.zeros(SHAPE, np.float32)
    said[0, 5:15, 5:15] = 1  # one face of three
    said[1, 30:35, :] = 1  # 200 wrong pixels
    found = metrics(said)
    assert found.precision == pytest.approx(100 / 300)
    assert found.recall == pytest.approx(100 / 300)
    assert found.iou == pytest.approx(100 / 500)
    assert found.false_area == pytest.approx(200 / 2900)


@pytest.mark.parametrize(("rows", "covered"), [(8, 1), (7, 0)])
def test_a_face_counts_as_covered_from_a_share_on(rows: int, covered: int) -> None:
    assert COVERED == 0.8
    said = np.zeros(SHAPE, np.float32)
    said[1, 10 : 10 + rows, 10:20] = 0.9
    assert metrics(said).faces_covered == pytest.approx(covered / 3)


def test_pixels_of_weight_zero_count_for_nothing() -> None:
    said = truth().astype(np.float32)
    weight = np.ones(SHAPE, np.float32)
    weight[0, :3] = 0
    said[0, :3] = 1
    assert metrics(said, weight) == TileMetrics(1, 1, 1, 1, 3, 0)


def test_the_threshold_is_exceeded_not_reached() -> None:
    assert metrics(np.full(SHAPE, 0.5, np.float32)).recall == 0


def test_tiles_without_faces_have_none() -> None:
    empty = np.zeros(SHAPE, np.uint8)
    found = tile_metrics(np.zeros(SHAPE, np.float32), empty, np.ones(SHAPE, np.float32), 0.5)
    assert (found.faces, found.faces_covered, found.false_area) == (0, 0, 0)
