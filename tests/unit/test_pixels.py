"""Pixel scores: true ratios, and the seed's beside them."""

import numpy as np
import pytest

from faceerase.models.judging.pixels import PixelCounts, count_pixels, score_pixels


def test_counts_leave_ignore_regions_out() -> None:
    mask, face, counts = (np.zeros((4, 4), np.bool_) for _ in range(3))
    mask[0], face[:, 0], counts[:2] = True, True, True
    assert count_pixels(mask, face, counts) == PixelCounts(both=1, masked_only=3, face_only=1)


def test_pooled_scores_are_ratios_of_all_pixels() -> None:
    scores = score_pixels([PixelCounts(10, 0, 0), PixelCounts(10, 20, 40)])
    assert scores.iou == pytest.approx(20 / 80)
    assert scores.dice == pytest.approx(40 / 100)
    assert scores.precision == pytest.approx(20 / 40)
    assert scores.recall == pytest.approx(20 / 60)
    assert scores.iou_per_photo == pytest.approx((1 + 10 / 70) / 2)


def test_the_seeds_scores_come_from_mean_ratios() -> None:
    scores = score_pixels([PixelCounts(10, 0, 0), PixelCounts(10, 30, 10)])
    precision, recall = (1 + 0.25) / 2, (1 + 0.5) / 2
    assert scores.seed_dice == pytest.approx(2 * precision * recall / (precision + recall))
    assert scores.seed_iou == pytest.approx(precision * recall / (precision + recall - precision * recall))
    assert scores.seed_iou != pytest.approx(scores.iou)


def test_photos_without_a_face_count_only_in_the_pool() -> None:
    scores = score_pixels([PixelCounts(10, 0, 0), PixelCounts(0, 10, 0)])
    assert scores.precision_per_photo == 1
    assert scores.precision == 0.5


def test_nothing_asked_and_nothing_done_is_perfect() -> None:
    assert score_pixels([PixelCounts(0, 0, 0)]).iou == 1
    assert score_pixels([]).recall_per_photo == 1
