"""Pixel by pixel: how a mask agrees with the truth, per photo and over all of them.

Pure counts and ratios; knows nothing of faces, photos or networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PixelCounts:
    """Pixels of one photo: face and masked, masked only, face only. Ignore regions are in none of them."""

    both: int
    masked_only: int
    face_only: int


@dataclass(frozen=True, slots=True)
class PixelScores:
    """All in 0 to 1; a ratio whose denominator is 0 counts as 1: nothing was asked for and nothing was done.

    ``*_per_photo`` are means over photos with a face. ``seed_*`` are the seed's own: IoU and Dice put together from the
    mean precision and recall, not from the pixels.
    """

    iou: float
    dice: float
    precision: float
    recall: float
    iou_per_photo: float
    dice_per_photo: float
    precision_per_photo: float
    recall_per_photo: float
    seed_iou: float
    seed_dice: float


def count_pixels(mask: NDArray[np.bool_], face: NDArray[np.bool_], counts: NDArray[np.bool_]) -> PixelCounts:
    """Return the counts of one photo; all (height, width), ``counts`` is false in ignore regions."""
    mask, face = mask & counts, face & counts
    both = int((mask & face).sum())
    return PixelCounts(both, int(mask.sum()) - both, int(face.sum()) - both)


def score_pixels(photos: Sequence[PixelCounts]) -> PixelScores:
    """Return the scores of a set of photos."""
    pooled = PixelCounts(
        sum(photo.both for photo in photos),
        sum(photo.masked_only for photo in photos),
        sum(photo.face_only for photo in photos),
    )
    with_face = [photo for photo in photos if photo.both + photo.face_only]
    precision = _mean([_precision(photo) for photo in with_face])
    recall = _mean([_recall(photo) for photo in with_face])
    return PixelScores(
        iou=_iou(pooled),
        dice=_dice(pooled),
        precision=_precision(pooled),
        recall=_recall(pooled),
        iou_per_photo=_mean([_iou(photo) for photo in with_face]),
        dice_per_photo=_mean([_dice(photo) for photo in with_face]),
        precision_per_photo=precision,
        recall_per_photo=recall,
        seed_iou=_ratio(precision * recall, precision + recall - precision * recall),
        seed_dice=_ratio(2 * precision * recall, precision + recall),
    )


def _iou(counts: PixelCounts) -> float:
    return _ratio(counts.both, counts.both + counts.masked_only + counts.face_only)


def _dice(counts: PixelCounts) -> float:
    return _ratio(2 * counts.both, 2 * counts.both + counts.masked_only + counts.face_only)


def _precision(counts: PixelCounts) -> float:
    return _ratio(counts.both, counts.both + counts.masked_only)


def _recall(counts: PixelCounts) -> float:
    return _ratio(counts.both, counts.both + counts.face_only)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 1.0
