"""One look into a photo: the affine map from photo to tile, and the warp along it. Knows nothing of faces."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.training import CropRecipe

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """``linear``: (2, 3) float64, photo to tile, pixel centres at halves; ``zoom`` in tile pixels per photo pixel."""

    linear: NDArray[np.float64]
    zoom: float


def draw_view(
    centre: NDArray[np.float64], at: NDArray[np.float64], zoom: float, rng: np.random.Generator, recipe: CropRecipe
) -> View:
    """Return a view that brings ``centre`` (photo) to ``at`` (tile): zoom, chance rotation, aspect, left-right flip."""
    angle = np.deg2rad(rng.uniform(-1, 1) * recipe.rotate) if rng.random() < 0.5 else 0.0
    if rng.random() < recipe.upside_down:
        angle = rng.uniform(0, 2 * np.pi)
    stretch = np.exp(rng.uniform(-1, 1) * np.log(recipe.stretch))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([flip * zoom * np.sqrt(stretch), zoom / np.sqrt(stretch)])
    return View(np.hstack([linear, (at - linear @ centre)[:, None]]), zoom)


def warp(gray: Gray, view: View, backdrop: Gray) -> Gray:
    """Draw a photo onto a tile (side, side), which is changed in place, and return it.

    Shrinking goes through an area average first, as in the runtime, so that nothing aliases.
    """
    back = np.eye(3)
    if view.zoom < 0.75:
        height, width = gray.shape
        size = (max(1, round(width * view.zoom)), max(1, round(height * view.zoom)))
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
        sx, sy = width / size[0], height / size[1]
        back = np.array([[sx, 0, 0.5 * sx - 0.5], [0, sy, 0.5 * sy - 0.5], [0, 0, 1.0]])
    tile = cv2.warpAffine(
        gray,
        pixel_centred(view.linear) @ back,
        backdrop.shape[::-1],
        dst=backdrop,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    return np.asarray(tile, np.uint8)


def pixel_centred(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a 2×3 map for ``cv2.warpAffine``, whose pixel centres lie at whole numbers; here they lie at halves."""
    centred = linear.copy()
    centred[:, 2] += linear[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return centred
