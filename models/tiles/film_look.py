"""A tile as a film would have stored it: a real round trip through H.264, with motion before it.

Knows nothing of faces or of the other changes.
"""

from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

CRF = (24, 42)
"""From good web video to bad; libx264's default is 23."""


def through_h264(gray: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a tile (side, side) uint8 after being the last of two moving frames of an H.264 stream."""
    side = gray.shape[0]
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width = encoder.height = side
    encoder.pix_fmt = "gray"
    encoder.time_base = Fraction(1, 25)
    crf = int(rng.integers(*CRF))
    # One thread, so that a tile has the same bits on every machine.
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "crf": str(crf), "threads": "1"}
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    shift = tuple(int(value) for value in rng.integers(-4, 5, 2))
    before = np.roll(gray, shift, axis=(0, 1))
    shown: list[av.VideoFrame] = []
    for number, samples in enumerate((before, gray)):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(samples), format="gray")
        frame.pts = number
        for packet in encoder.encode(frame):
            shown += decoder.decode(packet)
    for packet in encoder.encode(None):
        shown += decoder.decode(packet)
    shown += decoder.decode(None)
    return np.asarray(shown[-1].to_ndarray(format="gray"), np.uint8)
