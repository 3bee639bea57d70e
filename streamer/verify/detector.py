"""OpenCV's face detector: another opinion, learnt from other photos in another way. Knows nothing of films or masks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.errors import ModelError
from faceerase.streamer.box import Box

NAME = "FaceDetectorYN"

SCORE = 0.9
"""Score from which a detection counts: OpenCV's own default. In the sample film 116 of 131 whole faces reach it, and
none of the fills, the surest of which got 0.8."""

_PROBE_SIDE = 64


@dataclass(frozen=True, slots=True)
class Detection:
    """A face's box in pixels of the picture, and how certain the detector is, 0 to 1."""

    box: Box
    score: float


class FaceDetector:
    """``cv2.FaceDetectorYN`` with a model of the user's."""

    def __init__(self, model: Path, threshold: float = SCORE) -> None:
        """Load the detector.

        Args:
            model: such as ``face_detection_yunet_2023mar.onnx`` of OpenCV's model zoo.
            threshold: least score of a detection.

        Raises:
            ModelError: the file is missing or not such a detector.
        """
        if not model.is_file():
            raise ModelError(f"{model}: no such model file")
        try:
            with _only_errors():
                self._detector = cv2.FaceDetectorYN.create(str(model), "", (_PROBE_SIDE, _PROBE_SIDE), threshold)
            # What it is made of shows when it runs.
            self.detect(np.zeros((_PROBE_SIDE, _PROBE_SIDE, 3), np.uint8))
        except (cv2.error, ModelError) as error:
            raise ModelError(f"{model}: not a model of cv2.FaceDetectorYN") from error

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Detection, ...]:
        """Return the faces of a BGR picture, (height, width, 3) uint8, at its own size.

        Raises:
            ModelError: the detector failed.
        """
        try:
            self._detector.setInputSize((picture.shape[1], picture.shape[0]))
            _, faces = self._detector.detect(np.ascontiguousarray(picture))
        except cv2.error as error:
            raise ModelError(f"cv2.FaceDetectorYN failed: {error.err}") from error
        if faces is None:
            return ()
        return tuple(Detection(Box(x, y, x + w, y + h), score) for x, y, w, h, *_, score in np.asarray(faces).tolist())


@contextmanager
def _only_errors() -> Iterator[None]:
    """Keep OpenCV from warning on stderr of what its engine does not support."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
