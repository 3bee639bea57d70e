"""Parts of the pipeline that fail, for tests of what comes after them."""

import numpy as np

from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask


class BrokenEraser:
    """An ``Anonymizer`` that erases nothing."""

    def __init__(self, *options: object) -> None:
        del options

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        """Return the frame as it is, and an empty matte."""
        picture = frame.picture
        cells = np.zeros((picture.height // 2, picture.width // 2), np.uint8)
        return frame, Matte(cells, (2, 2), picture.width, picture.height, mask.regions)
