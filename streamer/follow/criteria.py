"""What counts as a face in a film, told from one region. Knows nothing of pictures, networks or time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.box import Box
from faceerase.streamer.look.candidates import is_same
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.outline import Outline, region_in, regions_in
from faceerase.streamer.mask.regions import Region
from faceerase.streamer.mask.threshold import GROWS, GROWS_FOLLOWED, OUTLINE, OUTLINE_FOLLOWED, certain_from

STARTS_FROM = 0.75
"""Share of what is certain from which a region is followed; it is covered once it, or its sequel, is certain."""

GOES_ON_FROM = 0.66
"""Share of what is certain that is enough where a face is expected."""

INSIDE = 0.7
"""Share of a box from which it lies in a region."""

SHRINKS_TO = 0.3
"""Least share of its area that a face keeps from one sighting to the next."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What counts.

    Threshold rule and value, margin as in ``MaskConfig``, smallest height in picture pixels; ``grows`` is how many
    times as large as its candidate a new face may be.
    """

    rule: ThresholdRule
    threshold: float
    margin: float
    min_face: float
    grows: float = GROWS
    likely: float | None = None

    def certainty(self, region: Region) -> float:
        """Return how certain a region is: more than 1 is certain."""
        return region.score / certain_from(self.rule, self.threshold, region.box.side, self.min_face)

    def found_in(self, map_: NDArray[np.float32], view: View, box: Box) -> Region | None:
        """Return what the second look at a candidate's box shows, where it is worth following."""
        region = region_in(map_, view, box, Outline(self.rule, self.threshold, OUTLINE, self.margin, self.grows))
        return region if region is not None and self.certainty(region) > STARTS_FROM else None

    def followed_in(self, map_: NDArray[np.float32], view: View, box: Box) -> Region | None:
        """Return what a view shows of a face that is expected at a box."""
        outline = Outline(self.rule, self.threshold, OUTLINE_FOLLOWED, self.margin, GROWS_FOLLOWED)
        region = region_in(map_, view, box, outline)
        if region is None or self.certainty(region) <= GOES_ON_FROM:
            return None
        # A crumb of it is no sighting: the face would be followed into a button.
        return region if region.box.area >= SHRINKS_TO * box.area else None

    def likely_in(self, map_: NDArray[np.float32], view: View) -> tuple[Region, ...]:
        """Return what a view shows that is to be covered before anybody has looked again."""
        if self.likely is None:
            return ()
        outline = Outline(self.rule, self.threshold, OUTLINE, self.margin, self.grows)
        return regions_in(map_, view, outline, self.likely * self.threshold)

    def distinct(self, regions: Sequence[Region]) -> tuple[Region, ...]:
        """Return regions without those that show the same face as a surer one, or a part of one that is certain."""
        whole = [region for region in regions if self.certainty(region) > 1]
        kept: list[Region] = []
        for region in sorted(regions, key=lambda one: -one.score):
            box = region.box
            part = any(one.holds(box) > INSIDE and one.box.area > box.area for one in whole)
            if not part and not any(is_same(box, other.box) for other in kept):
                kept.append(region)
        return tuple(kept)
