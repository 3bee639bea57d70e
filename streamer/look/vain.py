"""Places that were looked at again in vain: they are left alone for a moment, and while nothing happens there.

Knows nothing of networks or of what a face is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.change import is_same_picture
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.view import View, cut_view, view_of

MOMENT_SECONDS, STILL_SECONDS = 0.2, 1.0
"""How long a place is left alone whatever happens there, and at most while it looks as it did."""

DRAWN = 8
"""Samples along each side of what is remembered of a place: enough to tell a head that turns, few enough that grain
hardly moves their means."""

SHARE = 0.6
"""Share of that side which the place itself takes; the rest is around it."""

MOST = 256
"""Places that are remembered, the newest."""


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """What is remembered of a box: numbers of the frames up to which it is left alone, its view, how it looked."""

    box: Box
    until: int
    latest: int
    view: View
    drawn: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class InVain:
    """Places of one scene, for a film of ``rate`` frames a second."""

    rate: float
    places: tuple[Place, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Where they are."""
        return tuple(place.box for place in self.places)

    def now(self, here: int, gray: GrayPicture) -> "InVain":
        """Return those that are left alone in frame ``here``, which shows ``gray``."""
        return replace(
            self,
            places=tuple(
                place
                for place in self.places
                if here < place.until
                or (here < place.latest and is_same_picture(place.drawn, cut_view(gray, place.view)))
            ),
        )

    def plus(self, boxes: Iterable[Box], here: int, gray: GrayPicture) -> "InVain":
        """Return them with more, that were looked at in frame ``here``, which shows ``gray``."""
        height, width = gray.samples.shape
        until, latest = (here + round(seconds * self.rate) for seconds in (MOMENT_SECONDS, STILL_SECONDS))
        views = [(box, view_of(box, SHARE * DRAWN, DRAWN, width, height)) for box in boxes]
        more = (Place(box, until, latest, view, cut_view(gray, view)) for box, view in views)
        return replace(self, places=(*self.places, *more)[-MOST:])
