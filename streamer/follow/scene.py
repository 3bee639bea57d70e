"""Where a scene ends, told from small pictures of the frames already in hand. Knows nothing of faces.

PySceneDetect judges; a second decode is not needed. Two of its detectors must agree: a camera that moves fast changes
every pixel but not the histogram, a light that goes on changes the histogram but not every pixel.
"""

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.look.gray import GrayPicture

if TYPE_CHECKING:
    from scenedetect import SceneDetector as Detector

LONGEST = 128
"""Longer side of the small picture: enough to tell scenes apart and to see where the camera turns."""

THRESHOLD = 22.0
"""Mean luma change, in gray levels, from which it may be a cut; PySceneDetect's own is 27."""

HISTOGRAMS, BINS = 0.08, 64
"""How far the correlation of two luma histograms lies below 1 at a cut; camera moves reach 0.06 (ADR 12)."""


class SceneDetector:
    """Tells of each frame, in order, whether a scene begins with it."""

    def __init__(self) -> None:
        self._detectors: tuple[Detector, ...] = ()
        self._first: NDArray[np.uint8] | None = None
        self._number = 0

    def begins(self, small: NDArray[np.uint8]) -> bool:
        """Return whether the next frame, small and gray, begins a scene; the first one does."""
        if self._first is None:
            self._first = small
            return True
        if not self._detectors:
            # Slow to load: a photo, and the first look at any film, do without.
            from scenedetect import ContentDetector, HistogramDetector

            self._detectors = (
                ContentDetector(THRESHOLD, min_scene_len=1, luma_only=True),
                HistogramDetector(HISTOGRAMS, bins=BINS, min_scene_len=1),
            )
            self._cut_at(self._first)
        return self._cut_at(small)

    def _cut_at(self, small: NDArray[np.uint8]) -> bool:
        from scenedetect import FrameTimecode

        # It takes nothing but colour pictures.
        picture = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR))
        at = FrameTimecode(self._number, fps=25.0)
        self._number += 1
        return all([bool(one.process_frame(at, picture)) for one in self._detectors])


def small_picture(gray: GrayPicture) -> NDArray[np.uint8]:
    """Return a picture as full-range uint8, at most ``LONGEST`` pixels on its longer side."""
    height, width = gray.samples.shape
    scale = min(1.0, LONGEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return gray.full_range(np.asarray(cv2.resize(gray.samples, size, interpolation=cv2.INTER_AREA)))
