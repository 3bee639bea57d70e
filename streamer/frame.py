"""One decoded picture and its moment. Knows nothing of files, networks or masks."""

from dataclasses import dataclass
from fractions import Fraction

import av


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """A picture in its native, planar pixel format.

    Attributes:
        index: number of the frame in presentation order, from 0.
        pts: presentation time in units of ``time_base``.
        time_base: seconds per unit.
        picture: FFmpeg's frame; its planes are edited in place by nobody but the anonymiser.
    """

    index: int
    pts: int
    time_base: Fraction
    picture: av.VideoFrame

    @property
    def time(self) -> float:
        """Presentation time in seconds."""
        return float(self.pts * self.time_base)

    def __repr__(self) -> str:
        picture = self.picture
        return f"Frame({self.index}, {self.time:.3f} s, {picture.width}×{picture.height} {picture.format.name})"
