"""The seams of the pipeline: what each exchangeable part promises. One contract test suite per protocol.

Knows no implementation.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ModelContract
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.planner import FramePlan, Situation
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask


class FrameSource(Protocol):
    """Where frames come from."""

    def frames(self) -> Iterator[Frame]:
        """Yield every frame once, in presentation order, with strictly growing pts."""
        ...


class TilePlanner(Protocol):
    """Which tiles of which frame are looked at."""

    def plan(self, situation: Situation) -> FramePlan:
        """Return what is looked at in one frame; a pure function."""
        ...


class MaskEngine(Protocol):
    """What looks at tiles."""

    @property
    def contract(self) -> ModelContract:
        """What the model promises."""
        ...

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map of each full-range gray tile, (N, side, side) in and out, finite, order kept.

        Sigmoid models give probabilities; spatial-softmax models p·N (N pixels a tile; 1 = "no idea").
        """
        ...


class Anonymizer(Protocol):
    """What stands where a face was."""

    def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
        """Return the frame with its regions erased, and which pixels that concerned; all others keep their bits."""
        ...


class FrameSink(Protocol):
    """Where frames go."""

    def write(self, frame: Frame, matte: Matte) -> None:
        """Take the next frame, in presentation order."""
        ...

    def finish(self) -> Sequence[str]:
        """Make the result whole and check it, still under its hidden name; return remarks for the report."""
        ...

    @property
    def unpublished(self) -> Path:
        """Where the result lies until it is published."""
        ...

    def publish(self) -> None:
        """Give the finished result its name."""
        ...

    def abandon(self) -> None:
        """Leave nothing behind, not even what was published."""
        ...
