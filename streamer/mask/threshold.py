"""Threshold rules: from a map to a mask. Pure functions; know nothing of films, tiles or regions.

Every relative rule is gated by an absolute presence: where nothing in the map reaches ``threshold``, nothing is masked.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule

Map = NDArray[np.float32]
Mask = NDArray[np.bool_]

SEED_BINS = 10
SEED_BIN = 6
"""The seed takes the lower edge of the 7th of 10 histogram bins of the map: min + 0.6 · (max − min)."""

HYSTERESIS_LOW = 0.3
"""The weak threshold as a share of the strong one: rims and turned cheeks follow where a face is certain."""


def apply_rule(map_: Map, rule: ThresholdRule, threshold: float) -> Mask:
    """Return the mask of a map by the named rule; all false where the map has no pixel above ``threshold``.

    Args:
        map_: (height, width) float32; probabilities, or p·N of a spatial softmax.
        rule: ``fixed``, ``histogram``, ``otsu`` or ``hysteresis``.
        threshold: absolute: the cut itself (``fixed``), the strong threshold (``hysteresis``), or the presence gate.
    """
    if map_.size == 0 or float(map_.max()) <= threshold:
        return np.zeros(map_.shape, np.bool_)
    if rule == "fixed":
        return np.asarray(map_ > threshold)
    if rule == "histogram":
        return np.asarray(map_ > histogram_threshold(map_))
    if rule == "otsu":
        return np.asarray(map_ > otsu_threshold(map_))
    return hysteresis(map_, threshold * HYSTERESIS_LOW, threshold)


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


def hysteresis(map_: Map, low: float, high: float) -> Mask:
    """Return the 8-connected parts above ``low`` that hold a pixel above ``high`` (Canny 1986)."""
    count, labels = cv2.connectedComponents((map_ > low).astype(np.uint8), connectivity=8)
    strong = np.zeros(count, np.bool_)
    strong[np.unique(labels[map_ > high])] = True
    strong[0] = False
    return np.asarray(strong[labels])
