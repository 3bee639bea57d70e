"""From a captured picture to a clean one: looked at, followed without any future, erased; and how long that takes.

Looking and erasing are for two threads. Before the first look the whole picture is covered. Knows nothing of cameras or
of where pictures go.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import av
import numpy as np

from faceerase.configs.film import MaskConfig, Method
from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.follow.onward import onward
from faceerase.streamer.follow.stage import Foresight, Masked, Viewing, Watch
from faceerase.streamer.frame import Frame
from faceerase.streamer.live.capture.hand_over import TICKS, Taken
from faceerase.streamer.live.quality import Governor
from faceerase.streamer.live.tuning import Tuner
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.seams import MaskEngine

NONE_AHEAD = Foresight(0.0, onward)

FILM_MARGIN = MaskConfig().margin

LIKELY = 0.69
"""Share of the threshold from which a live picture is covered where it shows something, before anybody looks again."""

FURTHEST_APART = 2
"""Frames are numbered as captured, so that what is counted in frames stays right where some are dropped; but where many
are, no further apart: a machine that slow would forget everybody from one picture to the next."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A frame with what is to be erased in it, and when it was captured; ``everything``: nobody has looked at it.

    ``before`` is a copy of the picture as it was captured, where somebody on this machine may see it.
    """

    masked: Masked
    captured: float
    everything: bool = False
    before: av.VideoFrame | None = None


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean frame, what was erased in it, how many faces that were, what it cost, and when it was captured."""

    frame: Frame
    matte: Matte
    faces: int
    looks: Looks
    captured: float


class Cleaner:
    """Looks at pictures and erases faces, one after the other."""

    def __init__(
        self,
        info: FilmInfo,
        engine: MaskEngine,
        tuner: Tuner,
        min_face: float,
        governor: Governor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin.

        Args:
            info: of the camera.
            engine: the network.
            tuner: what may change meanwhile.
            min_face: height in pixels of the smallest face to be found.
            governor: says how much is looked at, from the first picture on.
            clock: by which it goes, in seconds.
        """
        self._engine = engine
        self._tuner = tuner
        self._tuning = tuner.now
        self._min_face = min_face
        self._rate = float(info.rate)
        self._erasing = 0.0
        self._number = self._latest = 0
        self._covering = PlaneAnonymizer("solid")
        self._method, self._anonymizer = _anonymizer(self._tuning.method, self._rate)
        self._clock = clock
        self.governor = governor
        viewing = Viewing(info.full_range, info.quarter_turns, self._rate)
        planner = self.governor.planner(engine.contract, min_face)
        self._watch = Watch(planner, engine, self._criteria(), viewing, NONE_AHEAD)

    def look(self, taken: Taken) -> Looked:
        """Look at the next picture.

        Raises:
            ModelError: the network failed.
        """
        begun = self._clock()
        if self._tuner.now != self._tuning:
            self._tuning = self._tuner.now
            self._tune()
        self._number += min(FURTHEST_APART, taken.number - self._latest)
        self._latest = taken.number
        self._watch.take(frame_of(taken, self._number))
        (masked,) = self._watch.leave(0)
        more = self._tuning.margin * self.governor.quality.margin - self._criteria().margin
        masked = replace(masked, mask=FrameMask(tuple(wider(region, more) for region in masked.mask.regions)))
        step = self.governor.step
        self.governor = self.governor.after(self._clock() - begun + self._erasing)
        if self.governor.step != step:
            self._tune()
        return Looked(masked, taken.captured.at)

    def erase(self, looked: Looked) -> Clean:
        """Erase who is in a picture; its own samples are changed.

        Raises:
            SourceError: the picture cannot be edited.
        """
        begun = self._clock()
        method = self._tuner.now.method
        if method != self._method:
            self._method, self._anonymizer = _anonymizer(method, self._rate)
        masked = looked.masked
        anonymizer = self._covering if looked.everything else self._anonymizer
        frame, matte = anonymizer.erase(masked.frame, masked.mask)
        faces = len({region.track for region in masked.mask.regions if region.track >= 0})
        self._erasing = self._clock() - begun
        return Clean(frame, matte, faces, masked.looks, looked.captured)

    def _tune(self) -> None:
        self._watch.tune(self.governor.planner(self._engine.contract, self._min_face), self._criteria())

    def _criteria(self) -> Criteria:
        step, tuning = self.governor.quality, self._tuning
        # Wider ones than a film's would run into each other: who stands beside somebody would be taken for him.
        margin = min(tuning.margin, FILM_MARGIN)
        return Criteria(self._tuner.rule, tuning.threshold, margin, self._min_face * step.coarser, likely=LIKELY)


def frame_of(taken: Taken, number: int) -> Frame:
    """Return a picture as a frame of a number."""
    return Frame(number, round(taken.captured.at / TICKS), TICKS, taken.captured.picture)


def wider(region: Region, margin: float) -> Region:
    """Return a region that reaches so much further on each side, as a share of its mean radius."""
    box = region.box
    return replace(region, box=box.grown(max(0.0, margin) * (box.width + box.height) / 4))


def unseen(taken: Taken) -> Looked:
    """Return a picture at which nobody has looked: everything in it is to be covered."""
    frame = frame_of(taken, taken.number)
    everywhere = Box(0, 0, frame.picture.width, frame.picture.height)
    region = Region(everywhere, np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 0.0, seen=False)
    return Looked(Masked(frame, FrameMask((region,)), Looks()), taken.captured.at, everything=True)


def _anonymizer(method: Method, rate: float) -> tuple[Method, PlaneAnonymizer]:
    return method, PlaneAnonymizer(method, rate)
