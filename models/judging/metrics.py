"""How good a map is on tiles: true IoU, precision and recall pooled over all pixels, and faces covered.

Knows nothing of networks; the evaluation of whole photos through the runtime is another matter.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

COVERED = 0.8
"""A face counts as covered when at least this share of its target lies inside the mask."""


@dataclass(frozen=True, slots=True)
class TileMetrics:
    """Pooled over a set of tiles, all in 0 to 1."""

    iou: float
    precision: float
    recall: float
    faces_covered: float
    faces: int
    false_area: float
    """Share of all background pixels that were marked."""


def tile_metrics(
    probability: NDArray[np.float32], mask: NDArray[np.uint8], weight: NDArray[np.float32], threshold: float
) -> TileMetrics:
    """Return the metrics of maps (N, side, side) at one threshold; pixels of weight 0 count for nothing."""
    said = (probability > threshold) & (weight > 0)
    true = (mask > 0) & (weight > 0)
    both = int((said & true).sum())
    background = int(((mask == 0) & (weight > 0)).sum())
    covered = faces = 0
    for one_said, one_mask in zip(said, mask, strict=True):
        count, labels = cv2.connectedComponents(one_mask, connectivity=4)
        if count < 2:
            continue
        area = np.bincount(labels.ravel(), minlength=count)[1:]
        hit = np.bincount(labels[one_said], minlength=count)[1:]
        faces += count - 1
        covered += int((hit >= COVERED * area).sum())
    return TileMetrics(
        iou=both / max(1, int((said | true).sum())),
        precision=both / max(1, int(said.sum())),
        recall=both / max(1, int(true.sum())),
        faces_covered=covered / max(1, faces),
        faces=faces,
        false_area=(int(said.sum()) - both) / max(1, background),
    )
