"""Threshold rules: from a map to a mask. Pure functions; know nothing of films, tiles or regions.

Every relative rule is gated by an absolute presence: where nothing in the map reaches it, nothing is masked.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]

SEED_BINS = 10
SEED_BIN = 6
"""The seed takes the lower edge of the 7th of 10 histogram bins of the map: min + 0.6 · (max − min)."""

HYSTERESIS_LOW = 0.09
"""The weak threshold as a share of the strong one: rims and turned cheeks follow where a face is certain."""

SMALL_SHARE = 0.69
"""Share of the strong threshold that is enough for the smallest faces: few pixels speak for them, and little is lost
where they are none (ADR 10)."""

SMALL, LARGE = 1.5, 8.0
"""Side of a region, in smallest faces, up to which the small share counts, and from which the whole threshold does."""


def apply_rule(map_: Map, rule: ThresholdRule, threshold: float, smallest: float) -> Mask:
    """Return the mask of a map by the named rule; all false where nothing in the map is certain enough.

    Args:
        map_: (height, width) float32; probabilities, or p·N of a spatial softmax.
        rule: ``fixed``, ``histogram``, ``otsu`` or ``hysteresis``.
        threshold: absolute: the cut itself (``fixed``), the strong threshold (``hysteresis``), or the presence gate.
        smallest: height of the smallest face, in map pixels (``hysteresis``).
    """
    gate = threshold * SMALL_SHARE if rule == "hysteresis" else threshold
    if map_.size == 0 or float(map_.max()) <= gate:
        return np.zeros(map_.shape, np.bool_)
    if rule == "fixed":
        return np.asarray(map_ > threshold)
    if rule == "histogram":
        return np.asarray(map_ > histogram_threshold(map_))
    if rule == "otsu":
        return np.asarray(map_ > otsu_threshold(map_))
    return hysteresis(map_, threshold * HYSTERESIS_LOW, threshold, smallest)


def histogram_threshold(map_: Map) -> float:
    """Return the seed's threshold: the lower edge of the 7th of 10 histogram bins, ``min + 0.6·(max − min)``.

    The mask is what lies strictly above it, so a constant map gives an empty mask.
    """
    lowest, highest = float(map_.min()), float(map_.max())
    return lowest + SEED_BIN / SEED_BINS * (highest - lowest)


def otsu_threshold(map_: Map) -> float:
    """Return Otsu's threshold (Otsu 1979, doi:10.1109/TSMC.1979.4310076) over 256 bins of the map's own range."""
    lowest, highest = float(map_.min()), float(map_.max())
    if highest <= lowest:
        return highest
    levels = np.rint((map_ - lowest) * (255 / (highest - lowest))).astype(np.uint8)
    cut, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return lowest + (float(cut) + 0.5) * (highest - lowest) / 255


def strong_threshold(threshold: float, area: NDArray[np.integer[Any]], smallest: float) -> NDArray[np.float64]:
    """Return what regions of ``area`` map pixels must exceed: ``SMALL_SHARE`` of the threshold, up to all of it."""
    sides = np.sqrt(np.maximum(area, 1)) / smallest
    share = np.clip(np.log(sides / SMALL) / np.log(LARGE / SMALL), 0, 1)
    return np.asarray(threshold * (SMALL_SHARE + (1 - SMALL_SHARE) * share))


def hysteresis(map_: Map, low: float, high: float, smallest: float) -> Mask:
    """Return the 8-connected parts above ``low`` that hold a pixel above ``high`` (Canny 1986), less for small ones."""
    count, labels_, stats_, _ = cv2.connectedComponentsWithStats((map_ > low).astype(np.uint8), connectivity=8)
    labels, stats = np.asarray(labels_, np.int32), np.asarray(stats_, np.int32)
    peaks = np.zeros(count, np.float32)
    likely = map_ > high * SMALL_SHARE
    np.maximum.at(peaks, labels[likely], map_[likely])
    strong = peaks > strong_threshold(high, stats[:, cv2.CC_STAT_AREA], smallest)
    strong[0] = False
    return np.asarray(strong[labels])
