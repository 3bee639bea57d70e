"""The gray picture that the network sees: the luma plane itself; RGB goes through one luma conversion.

Knows nothing of tiles or models.
"""

from dataclasses import dataclass, replace
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.planes import PlaneArray, layout_of, plane_views

BT709_GBR = (0.7152, 0.0722, 0.2126)
"""Luma weights of green, blue, red (ITU-R BT.709), in the order of FFmpeg's GBR planes."""

GAMMA = 2.2
"""Floats are scene-linear light (OpenEXR); the network knows pictures as they are shown."""


@dataclass(frozen=True, slots=True, repr=False)
class GrayPicture:
    """Luma samples (height, width) in their own depth; ``black`` and ``white`` are the values of the nominal range."""

    samples: PlaneArray
    black: float
    white: float

    def upright(self, quarter_turns: int) -> "GrayPicture":
        """Return the picture as it is shown, turned counter-clockwise; a view, no copy."""
        return replace(self, samples=np.rot90(self.samples, quarter_turns))

    def full_range(self, samples: NDArray[Any]) -> NDArray[np.uint8]:
        """Return samples of this picture (after resizing, say) as full-range uint8."""
        scaled = (samples.astype(np.float32) - self.black) * np.float32(255 / (self.white - self.black))
        return np.asarray(np.clip(np.rint(scaled), 0, 255), np.uint8)


def gray_of(picture: av.VideoFrame, full_range: bool) -> GrayPicture:
    """Return the gray picture of a planar frame; shares its memory where it is YUV or gray of whole numbers."""
    layout = layout_of(picture)
    views = plane_views(picture, layout)
    top = layout.white
    if layout.floating:
        weights = BT709_GBR if layout.rgb else (1.0,)
        light = sum(weight * views[plane].astype(np.float32) for plane, weight in enumerate(weights))
        shown = np.clip(np.nan_to_num(np.asarray(light)), 0, 1) ** (1 / GAMMA)
        return GrayPicture(np.asarray(np.rint(shown * 65535), np.uint16), 0, 65535)
    if layout.rgb:
        luma = sum(weight * views[plane].astype(np.float32) for plane, weight in enumerate(BT709_GBR))
        whole: PlaneArray = np.asarray(luma, np.uint8) if layout.depth == 8 else np.asarray(luma, np.uint16)
        return GrayPicture(whole, 0, top)
    if full_range:
        return GrayPicture(views[0], 0, top)
    scale = 1 << (layout.depth - 8)
    return GrayPicture(views[0], 16 * scale, 235 * scale)
