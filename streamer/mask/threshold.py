"""Threshold rules: from a map to a mask. Pure functions; know nothing of films, tiles or regions.

A rule draws an outline (``likely``); an absolute value says whether a face is in it (``certain_from``).
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

OUTLINE = 0.46
"""Share of the threshold at which ``hysteresis`` draws an outline: rims and turned cheeks follow where a face is
certain (ADR 10)."""

OUTLINE_FOLLOWED = 0.56
"""The same for a face that is followed: one look in each frame is noisier than the mean of two, and the shapes of
neighbouring frames are put together anyway."""

GROWS, GROWS_FOLLOWED, GROWS_ALONE = 1.8, 1.35, 2.4
"""How many times as large as the candidate, or as the face a moment ago, an outline may be; in a picture that has no
other frames to show the rest of a face, wider."""

SMALL_SHARE, LARGE_SHARE = 0.69, 0.8
"""Shares of the threshold that are enough for the smallest and for large faces: few pixels speak for small ones, and
little is lost where they are none (ADR 10); what a second look confirms needs less than one look alone (ADR 11)."""

DOUBTFUL = 0.69
"""Share of the model's threshold from which a spot is worth a second look."""

DOUBTFUL_BESIDE = 1.0
"""The same for what a view around somebody else shows: nine in ten of the more doubtful ones are nobody, and planned
tiles show the place as well."""

HOPELESS = 0.3
"""Share of the threshold which the first of a second look's tiles must reach for the others to be looked at: the mean
of all could hardly convince any more."""

SPECK = 0.5
"""A spot narrower and lower than this share of the smallest face is noise."""

SMALL, LARGE = 1.5, 8.0
"""Side of a region, in smallest faces, up to which the small share counts, and from which the large one does."""


def likely(map_: Map, rule: ThresholdRule, threshold: float, low: float) -> Mask:
    """Return the outline that a rule draws in a tile's map; whether what it holds is certain is another question.

    Args:
        map_: (height, width) float32; probabilities, or p·N of a spatial softmax.
        rule: ``fixed``, ``histogram``, ``otsu`` or ``hysteresis``.
        threshold: the cut itself (``fixed``), or what is certain (``hysteresis``).
        low: share of it at which ``hysteresis`` draws the outline.
    """
    if rule == "fixed":
        return np.asarray(map_ > threshold)
    if rule == "histogram":
        return np.asarray(map_ > histogram_threshold(map_))
    if rule == "otsu":
        return np.asarray(map_ > otsu_threshold(map_))
    return np.asarray(map_ > threshold * low)


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


def certain_from(rule: ThresholdRule, threshold: float, side: float, smallest: float) -> float:
    """Return what the greatest value in a region must exceed for it to be a face.

    Every rule is gated by this absolute value: where nothing in a map reaches it, nothing is masked.

    Args:
        rule: the threshold rule; ``hysteresis`` asks less of small regions.
        threshold: its value.
        side: of the region.
        smallest: height of the smallest face, in the same unit.
    """
    if rule != "hysteresis":
        return threshold
    share = float(np.clip(np.log(max(side, 1e-6) / smallest / SMALL) / np.log(LARGE / SMALL), 0, 1))
    return threshold * (SMALL_SHARE + (LARGE_SHARE - SMALL_SHARE) * share)
