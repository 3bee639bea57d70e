"""The picture of now, for any number of viewers: each gets the newest when it asks, drawn once for all of them.

Knows nothing of networks or of what the picture went through.
"""

import threading
from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from faceerase.streamer.live.cleaner import Clean

QUALITY = 80
"""Of the JPEGs, 0 to 100."""


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """A picture as JPEG; ``number`` grows from one to the next."""

    number: int
    jpeg: bytes


class Screen:
    """One picture at a time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._drawing = threading.Lock()
        self._picture: av.VideoFrame | None = None
        self._number = 0
        self._drawn: Drawn | None = None
        self._closed = False

    def show(self, clean: Clean) -> None:
        """Take the place of the picture before."""
        self.put(clean.frame.picture)

    def put(self, picture: av.VideoFrame) -> None:
        """Take the place of the picture before."""
        with self._changed:
            self._picture = picture
            self._number += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let all viewers go."""
        with self._changed:
            self._closed, self._picture = True, None
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """Whether there are no more pictures."""
        return self._closed

    def after(self, number: int, timeout: float) -> Drawn | None:
        """Return the newest picture as soon as one later than ``number`` is there; None after ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._number > number, timeout)
            if self._closed or self._number <= number or self._picture is None:
                return None
            picture, now = self._picture, self._number
        with self._drawing:
            if self._drawn is None or self._drawn.number < now:
                self._drawn = Drawn(now, jpeg_of(picture))
            return self._drawn


def jpeg_of(picture: av.VideoFrame) -> bytes:
    """Return a picture as JPEG."""
    done, coded = cv2.imencode(".jpg", bgr_of(picture), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done, "OpenCV always has JPEG"
    return bytes(coded)


def bgr_of(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """Return a picture as OpenCV takes it, (height, width, 3) uint8."""
    # Its own converter: the picture's is not for two threads at once.
    return np.asarray(VideoReformatter().reformat(picture, format="bgr24", threads=1).to_ndarray(), np.uint8)
