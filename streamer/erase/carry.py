"""Fills that are carried along a face's track and refreshed slowly, so that a patch does not boil.

Holds small fills, each made of samples outside the face alone. Knows nothing of films or of how they are made.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

REFRESH_SECONDS = 0.25
"""Time constant with which a carried fill follows the new ones."""

CHANGED_LIGHT = 24 / 255
"""Change of a fill's mean, as a share of the full range, after which the old one counts for nothing: the light went."""

RIM = 0.12
"""Depth, as a share of the copy's longer side, from which a fill is carried whole; at the rim it joins the picture."""

KEPT = 50
"""Frames after which a fill that was not asked for is dropped."""

Key = tuple[int, int]
"""Number of the face, number of the plane."""


@dataclass(frozen=True, slots=True, repr=False)
class _Carried:
    samples: NDArray[np.float32]
    grain: float
    frame: int


class Carry:
    """The fills of the faces of one film, at working size."""

    def __init__(self, rate: float) -> None:
        """Begin a film of ``rate`` frames per second."""
        self._follow = 1 - float(np.exp(-1 / (rate * REFRESH_SECONDS)))
        self._fills: dict[Key, _Carried] = {}

    def blend(
        self, key: Key, frame: int, fill: NDArray[np.float32], hole: NDArray[np.uint8], grain: float, white: float
    ) -> tuple[NDArray[np.float32], float]:
        """Return a fill and its grain, mixed with those of the frames before.

        Args:
            key: whose fill it is.
            frame: number of the frame.
            fill: today's, float32, in the plane's own values.
            hole: uint8 0/1, the same shape.
            grain: standard deviation of the noise around, in the plane's own values.
            white: greatest value of the plane.
        """
        before = self._fills.get(key)
        if before is not None:
            old = np.asarray(cv2.resize(before.samples, fill.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
            inside = hole > 0
            jump = abs(float(fill[inside].mean()) - float(old[inside].mean())) / white if inside.any() else 1.0
            follow = min(1.0, self._follow + jump / CHANGED_LIGHT)
            depth = np.asarray(cv2.distanceTransform(hole, cv2.DIST_L2, 3), np.float32)
            share = np.clip(depth / (RIM * max(fill.shape)), 0, 1) * np.float32(1 - follow)
            fill = fill + (old - fill) * share
            grain = grain + (before.grain - grain) * (1 - follow)
        self._fills[key] = _Carried(fill, grain, frame)
        return fill, grain

    def forget(self, frame: int) -> None:
        """Drop what was not asked for lately."""
        self._fills = {key: kept for key, kept in self._fills.items() if frame - kept.frame <= KEPT}
