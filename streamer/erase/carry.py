"""Fills that are carried along a face's track and refreshed slowly, so that a patch does not boil.

Holds small fills, each made of samples outside the face alone. Knows nothing of films or of how they are made.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.inpaint import Fill

REFRESH_SECONDS = 0.25
"""Time constant with which a carried fill follows the new ones."""

CHANGED_LIGHT = 24 / 255
"""Change of a fill's mean, as a share of the full range, after which the old one counts for nothing: the light went."""

RIM = 0.12
"""Depth, as a share of the copy's longer side, from which a fill is carried whole; at the rim it joins the picture."""

KEPT = 50
"""Frames after which a fill that was not asked for is dropped."""


@dataclass(frozen=True, slots=True, repr=False)
class _Carried:
    samples: NDArray[np.float32]
    grain: NDArray[np.float32]
    frame: int


class Carry:
    """The fills of the faces of one film, at working size."""

    def __init__(self, rate: float) -> None:
        """Begin a film of ``rate`` frames per second."""
        self._follow = 1 - float(np.exp(-1 / (rate * REFRESH_SECONDS)))
        self._fills: dict[int, _Carried] = {}

    def blend(self, face: int, frame: int, fill: Fill, white: float) -> Fill:
        """Return a fill and its grain, mixed with those of the frames before, each plane as its own light allows.

        Args:
            face: number of the face whose fill it is.
            frame: number of the frame.
            fill: today's.
            white: greatest value of a plane.
        """
        before = self._fills.get(face)
        if before is not None:
            size = fill.samples.shape[1::-1]
            old = cv2.resize(before.samples, size, interpolation=cv2.INTER_LINEAR).reshape(fill.samples.shape)
            inside = fill.hole.astype(np.float32)[:, :, None]
            area = max(1.0, float(inside.sum()))
            jump = np.abs(((fill.samples - old) * inside).sum(axis=(0, 1))) / np.float32(area * white)
            follow = np.minimum(np.float32(1), np.float32(self._follow) + jump / np.float32(CHANGED_LIGHT))
            depth = np.asarray(cv2.distanceTransform(fill.hole, cv2.DIST_L2, 3), np.float32)[:, :, None]
            share = np.minimum(depth / np.float32(RIM * max(size)), np.float32(1)) * (1 - follow)
            samples = np.asarray(fill.samples + (old - fill.samples) * share, np.float32)
            grain = np.asarray(fill.grain + (before.grain - fill.grain) * (1 - follow), np.float32)
            fill = Fill(samples, fill.hole, grain)
        self._fills[face] = _Carried(fill.samples, fill.grain, frame)
        return fill

    def forget(self, frame: int) -> None:
        """Drop what was not asked for lately."""
        self._fills = {face: kept for face, kept in self._fills.items() if frame - kept.frame <= KEPT}
