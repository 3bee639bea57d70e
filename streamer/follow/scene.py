"""Where a scene ends, told from small pictures of the frames already in hand. Knows nothing of faces.

PySceneDetect judges (its ``ContentDetector``, luma only); a second decode is not needed.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scenedetect import ContentDetector, FrameTimecode

from faceerase.streamer.look.gray import GrayPicture

LONGEST = 128
"""Longer side of the small picture: enough to tell scenes apart and to see where the camera turns."""

THRESHOLD = 22.0
"""Mean luma change, in gray levels, that is a cut; PySceneDetect's own is 27. A cut too many costs one full scan, a cut
missed may cover a piece of the next scene for a moment, or find a face in it a quarter of a second late and go back."""


class SceneDetector:
    """Tells of each frame, in order, whether a scene begins with it."""

    def __init__(self) -> None:
        self._detector = ContentDetector(THRESHOLD, min_scene_len=1, luma_only=True)
        self._number = 0

    def begins(self, small: NDArray[np.uint8]) -> bool:
        """Return whether the next frame, small and gray, begins a scene; the first one does."""
        # It takes nothing but colour pictures.
        picture = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
        cuts = self._detector.process_frame(FrameTimecode(self._number, fps=25.0), np.asarray(picture))
        self._number += 1
        return self._number == 1 or bool(cuts)


def small_picture(gray: GrayPicture) -> NDArray[np.uint8]:
    """Return a picture as full-range uint8, at most ``LONGEST`` pixels on its longer side."""
    height, width = gray.samples.shape
    scale = min(1.0, LONGEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return gray.full_range(np.asarray(cv2.resize(gray.samples, size, interpolation=cv2.INTER_AREA)))
