"""How far the camera turned between two frames, so that a fast pan does not tear tracks. Knows nothing of faces."""

import cv2
import numpy as np
from numpy.typing import NDArray

TRUSTED = 0.15
"""Response of the phase correlation (0 to 1) below which two frames have no common shift."""

EXPLAINED = 0.8
"""Share of the difference between two frames that a shift may leave to be the camera's: somebody who walks by before a
still camera moves a part of the picture only."""


def camera_shift(before: NDArray[np.uint8], now: NDArray[np.uint8], scale: float) -> tuple[float, float]:
    """Return how far the picture as a whole moved, (right, down) in pixels of the full picture; 0 where unclear.

    Phase correlation (Kuglin & Hines 1975) of two small pictures.

    Args:
        before: (height, width) uint8.
        now: the same shape.
        scale: pixels of the full picture per pixel of these.
    """
    if before.shape != now.shape or min(before.shape) < 8:
        return 0.0, 0.0
    window = cv2.createHanningWindow(now.shape[::-1], cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(before.astype(np.float32), now.astype(np.float32), window)
    if response < TRUSTED or not _explains(before, now, dx, dy):
        return 0.0, 0.0
    return dx * scale, dy * scale


def _explains(before: NDArray[np.uint8], now: NDArray[np.uint8], dx: float, dy: float) -> bool:
    """Return whether a shift leaves clearly less difference between two pictures than no shift."""
    height, width = now.shape
    linear = np.array([[1, 0, dx], [0, 1, dy]])
    moved = cv2.warpAffine(before, linear, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return float(cv2.absdiff(moved, now).mean()) < EXPLAINED * float(cv2.absdiff(before, now).mean())
