"""One segment of a film: what belongs to it, and what is decoded for it. Knows nothing of why it is cut so."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from faceerase.streamer.decode.part import Cut

Place = Literal["lead", "core", "trail"]


@dataclass(frozen=True, slots=True)
class Span:
    """One segment, in seconds of the source; None: where the film (or the part that is taken) begins or ends.

    Attributes:
        begin: the first moment that belongs to it.
        end: the first that does not.
        lead: where the context before it begins.
        trail: where the context after it ends.
    """

    begin: Fraction | None = None
    end: Fraction | None = None
    lead: Fraction | None = None
    trail: Fraction | None = None

    def place(self, time: Fraction) -> Place:
        """Return what a frame that is shown at ``time`` is to it."""
        if self.begin is not None and time < self.begin:
            return "lead"
        return "trail" if self.end is not None and time >= self.end else "core"

    def seen_of(self, cut: Cut) -> Cut:
        """Return what is decoded for it of a film of which ``cut`` is taken; times stay those of the cut."""
        lead = max((moment for moment in (self.lead, cut.begin) if moment is not None), default=None)
        trail = min((moment for moment in (self.trail, cut.end) if moment is not None), default=None)
        return Cut(lead, trail, cut.shift, cut.skipped)

    def kept_of(self, cut: Cut) -> Cut:
        """Return what of a film of which ``cut`` is taken belongs to it."""
        begin = cut.begin if self.begin is None else self.begin
        end = cut.end if self.end is None else self.end
        return Cut(begin, end, cut.shift, cut.skipped)


WHOLE_FILM = Span()
"""The only segment of a film that is not cut."""
