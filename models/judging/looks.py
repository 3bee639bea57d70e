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
from faceerase.errors import ModelError
from faceerase.models.data.photo import Gray, Photo
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import cut_tiles, merge_maps, plan_pyramid
from faceerase.streamer.mask.cut import cut_map
from faceerase.streamer.mask.matte import scale_mask
from faceerase.streamer.seams import MaskEngine

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
        contract = self.engine.contract
        plan = plan_pyramid(width, height, contract.tile_side, self.min_face, contract.min_face)
        map_ = merge_maps(self.engine.look(cut_tiles(GrayPicture(gray, 0, 255), plan)), plan, contract.threshold)

        def mask_at(threshold: float) -> NDArray[np.bool_]:
            found = cut_map(map_, self.rule, threshold, self.margin, self.min_face, width)
            return scale_mask(found.mask, width, height) > 0

        return mask_at


class DetectorLooker:
    """OpenCV's ``FaceDetectorYN`` at the photo's own size; its mask is the ellipse in each box."""

    def __init__(self, model: Path, threshold: float = 0.9) -> None:
        """Load the detector; 0.9 is the score threshold that OpenCV gives it.

        Raises:
            ModelError: the file is missing or not such a detector.
        """
        self.threshold = threshold
        try:
            # 0.02: so low that a curve over thresholds can be drawn.
            self._detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), 0.02)
        except cv2.error as error:
            raise ModelError(f"{model}: not a model of cv2.FaceDetectorYN ({error.err})") from error

    def look(self, photo: Photo, gray: Gray) -> MaskAt:
        """Detect once, in colour where the photo's file is at hand."""
        picture = cv2.imread(str(photo.image)) if photo.image.is_file() else None
        if picture is None or picture.shape[:2] != gray.shape:
            picture = cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
        height, width = gray.shape
        self._detector.setInputSize((width, height))
        _, faces = self._detector.detect(picture)
        found = np.zeros((0, 15)) if faces is None else np.asarray(faces)

        def mask_at(threshold: float) -> NDArray[np.bool_]:
            mask = np.zeros((height, width), np.uint8)
            for x, y, w, h in found[found[:, -1] > threshold, :4]:
                axes = (max(1, round(w / 2)), max(1, round(h / 2)))
                cv2.ellipse(mask, (round(x + w / 2), round(y + h / 2)), axes, 0, 0, 360, (1,), -1)
            return mask > 0

        return mask_at
