"""Copy-paste: faces cut out along their pixel masks, put where there was none (Ghiasi et al. 2021, arXiv:2012.07177).

Now and then something else is pasted in the shape of a face, so that a seam alone means nothing. Knows nothing of
photos or their choice.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.models.tiles.targets import Target, face_gain

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, repr=False)
class CutOut:
    """What is pasted: ``gray`` and ``shape`` (255 = belongs to it), both uint8 (side, side), already in place.

    ``height`` of the face in tile pixels; ``is_face`` is false for a decoy.
    """

    gray: Gray
    shape: Gray
    height: float
    is_face: bool


def paste(
    gray: Gray, target: Target, cut_out: CutOut, rng: np.random.Generator, small_face_weight: float
) -> tuple[Gray, Target]:
    """Return tile and target with a cut-out on top, its tone drawn part of the way to what it covers."""
    inside = cut_out.shape > 127
    if not inside.any():
        return gray, target
    soft = max(0.6, 0.02 * cut_out.height)
    alpha = np.asarray(cv2.GaussianBlur(cut_out.shape, (0, 0), soft), np.float32) / 255
    front = cut_out.gray.astype(np.float32)
    mean = float(front[inside].mean())
    around = float(gray[inside].mean())
    toned = (front - mean) * rng.uniform(0.7, 1.15) + mean + rng.uniform(0, 0.7) * (around - mean)
    mixed = gray + alpha * (toned - gray)
    mask, weight = target.mask.copy(), target.weight.copy()
    mask[inside] = cut_out.is_face
    if cut_out.is_face:
        near = np.asarray(cv2.dilate(inside.astype(np.uint8), np.ones((5, 5), np.uint8))) > 0
        weight[near] = np.maximum(weight[near], face_gain(cut_out.height, small_face_weight))
    return np.clip(mixed, 0, 255).astype(np.uint8), Target(mask, weight)
