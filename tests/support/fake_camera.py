"""A camera that shows what a test wants, and an outlet that keeps what it was shown."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np

from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.live.capture.device import info_of
from faceerase.streamer.live.capture.hand_over import Captured
from faceerase.streamer.live.capture.place import Place
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.outlets.screen import bgr_of

WIDTH, HEIGHT, SIDE = 320, 180, 40
FACE, DARK = 255, 30
RATE = 100


def scene(left: int | None) -> av.VideoFrame:
    """A dark picture with a bright face at ``left``, or none."""
    gray = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    gray[:HEIGHT] = DARK
    if left is not None:
        gray[60 : 60 + SIDE, left : left + SIDE] = FACE
    return av.VideoFrame.from_ndarray(gray, format="yuv420p")


@dataclass
class FakeCamera:
    """Shows a face that wanders; ``end`` happens after so many pictures."""

    lefts: Sequence[int | None]
    end: Exception | None = None
    name: str = "fake"
    closed: bool = False
    info: FilmInfo = field(
        default_factory=lambda: info_of(Place("device", "fake", "fake"), scene(None), Fraction(RATE))
    )

    def pictures(self) -> Iterator[Captured]:
        for left in self.lefts:
            if self.closed:
                return
            time.sleep(1 / RATE)
            yield Captured(scene(left), time.monotonic())
        if self.end is not None:
            raise self.end

    def close(self) -> None:
        self.closed = True


@dataclass
class Seen:
    """An outlet that keeps what it was shown."""

    shown: list[Clean] = field(default_factory=list)
    luma: list[Any] = field(default_factory=list)
    closed: bool = False

    def show(self, clean: Clean) -> None:
        self.shown.append(clean)
        self.luma.append(bgr_of(clean.frame.picture)[..., 1])

    def close(self) -> None:
        self.closed = True
