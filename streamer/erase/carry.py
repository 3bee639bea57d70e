"""Fills that are carried along a face's track and refreshed slowly, so that a patch does not boil.

Holds small fills, each made of samples outside the face alone. Knows nothing of films or of how they are made.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.inpaint import Fill

REFRESH_SECONDS = 0.25
"""Time constant with which a carried fill follows the new ones."""

CHANGED_LIGHT = 24 / 255
"""Change of a fill's mean, as a share of the full range, after which the old one counts for nothing: the light went."""

KEPT = 50
"""Frames after which a fill that was not asked for is dropped."""


@dataclass(frozen=True, slots=True, repr=False)
class _Carried:
    samples: NDArray[np.float32]
    box: tuple[float, float, float, float]
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
            old = _moved(before, fill)
            change = cv2.subtract(fill.samples, old)
            jump = np.abs(np.array(cv2.mean(change, fill.hole)[: len(fill.grain)], np.float32)) / np.float32(white)
            follow = np.minimum(np.float32(1), np.float32(self._follow) + jump / np.float32(CHANGED_LIGHT))
            kept = fill.hole[:, :, None] * (1 - follow)
            samples = np.asarray(fill.samples - change.reshape(fill.samples.shape) * kept, np.float32)
            grain = np.asarray(fill.grain + (before.grain - fill.grain) * (1 - follow), np.float32)
            fill = replace(fill, samples=samples, grain=grain)
        self._fills[face] = _Carried(fill.samples, fill.box, fill.grain, frame)
        return fill

    def grain(self, face: int) -> NDArray[np.float32] | None:
        """Return the grain carried for a face, None where there is none."""
        kept = self._fills.get(face)
        return None if kept is None else kept.grain

    def forget(self, frame: int) -> None:
        """Drop what was not asked for lately."""
        self._fills = {face: kept for face, kept in self._fills.items() if frame - kept.frame <= KEPT}


def _moved(before: _Carried, fill: Fill) -> NDArray[np.float32]:
    """Return the samples carried, moved and stretched so that the hole which they filled lies over today's."""
    (x, y, width, height), (left, top, across, down) = fill.box, before.box
    wider, higher = across / width, down / height
    # Sample n lies at n + 0.5; each hole's own left upper corner is where it begins.
    to_before = np.array(
        [
            [wider, 0, left - 0.5 + wider * (0.5 - x)],
            [0, higher, top - 0.5 + higher * (0.5 - y)],
        ],
        np.float32,
    )
    size = fill.hole.shape[1], fill.hole.shape[0]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(before.samples, to_before, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32).reshape(fill.samples.shape)
