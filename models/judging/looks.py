"""Who is judged: a network through the runtime's own tiles and thresholds, or OpenCV's face detector beside it.

Both answer a photo with something that a threshold turns into a mask. Knows nothing of the truth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.models.data.photo import Gray, Photo
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.mask.regions import draw_regions
from faceerase.streamer.mask.still import certain_regions, look_everywhere
from faceerase.streamer.seams import MaskEngine
from faceerase.streamer.verify.detector import SCORE, FaceDetector

LEAST_SCORE = 0.02
"""So low that a curve over thresholds can be drawn."""

MaskAt = Callable[[float], NDArray[np.bool_]]
"""From a threshold to the mask of the photo that was looked at, (height, width)."""


class Looker(Protocol):
    """Somebody who looks at photos; ``threshold`` is their own."""

    @property
    def threshold(self) -> float: ...  # noqa: D102

    def look(self, photo: Photo, gray: Gray) -> MaskAt: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class NetworkLooker:
    """A network as the runtime uses it, every tile; ``min_face`` in photo pixels, ``margin`` as in ``MaskConfig``."""

    engine: MaskEngine
    rule: ThresholdRule
    threshold: float
    margin: float
    min_face: float

    def look(self, photo: Photo, gray: Gray) -> MaskAt:
        """Look at a photo once; its mask follows at any threshold.

        Raises:
            ModelError: the network failed.
        """
        del photo
        height, width = gray.shape
        looked = look_everywhere(GrayPicture(gray, 0, 255), self.engine, self.min_face)

        def mask_at(threshold: float) -> NDArray[np.bool_]:
            found = certain_regions(looked, self.rule, threshold, self.margin, self.min_face)
            return draw_regions(found, width, height, (1, 1)) > 0

        return mask_at


class DetectorLooker:
    """OpenCV's ``FaceDetectorYN`` at the photo's own size; its mask is the ellipse in each box."""

    def __init__(self, model: Path, threshold: float = SCORE) -> None:
        """Load the detector.

        Raises:
            ModelError: the file is missing or not such a detector.
        """
        self.threshold = threshold
        self._detector = FaceDetector(model, LEAST_SCORE)

    def look(self, photo: Photo, gray: Gray) -> MaskAt:
        """Detect once, in colour where the photo's file is at hand."""
        picture = cv2.imread(str(photo.image)) if photo.image.is_file() else None
        if picture is None or picture.shape[:2] != gray.shape:
            picture = cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
        found = self._detector.detect(np.asarray(picture, np.uint8))

        def mask_at(threshold: float) -> NDArray[np.bool_]:
            mask = np.zeros(gray.shape, np.uint8)
            for box in (one.box for one in found if one.score > threshold):
                axes = (max(1, round(box.width / 2)), max(1, round(box.height / 2)))
                x, y = box.centre
                cv2.ellipse(mask, (round(x), round(y)), axes, 0, 0, 360, (1,), -1)
            return mask > 0

        return mask_at
