"""Who is still to be seen, and when: sightings become spans, as a person wants to read them. Pure functions of values.

Knows nothing of pictures, or of how anybody was found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from faceerase.streamer.box import Box

GAP_FRAMES = 2
"""Frames without a sighting that do not end a span."""

SAME_PLACE = 0.3
"""Share of the smaller box that two sightings in one span have in common, at least."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face that ``finder`` saw in a frame of the result.

    Attributes:
        frame: its number in order of presentation, from 0.
        time: at which it is shown, in seconds.
        box: in pixels of the upright picture.
        inside: whether it lies where something was erased.
        finder: who saw it.
        score: how certain that one is.
        sure: whether that is certain enough by itself.
    """

    frame: int
    time: float
    box: Box
    inside: bool
    finder: str
    score: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """Sightings of one finder at about the same place, one frame after the other.

    Attributes:
        first: number of the first frame.
        last: number of the last one.
        start: time of the first in seconds.
        end: time of the last.
        box: where the surest sighting was, in pixels of the upright picture.
        inside: whether all of them lie where something was erased.
        finder: who saw them.
        score: of the surest.
        sure: whether any of them is certain enough by itself.
    """

    first: int
    last: int
    start: float
    end: float
    box: Box
    inside: bool
    finder: str
    score: float
    sure: bool = True

    def __str__(self) -> str:
        frames, times = f"frame {self.first}", time_code(self.start)
        if self.last > self.first:
            frames, times = f"frames {self.first}–{self.last}", f"{times}–{time_code(self.end)}"
        box = self.box
        where = f"{box.width:.0f}×{box.height:.0f} at {box.x0:.0f},{box.y0:.0f}"
        inside = "inside" if self.inside else "outside"
        return f"{frames}, {times}: {where}, {inside} what was erased, by {self.finder} ({self.score:.2f})"


def spans_of(sightings: Iterable[Sighting]) -> tuple[Span, ...]:
    """Return sightings, which come in the order of their frames, as spans in the order of their first frames."""
    closed: list[Span] = []
    going_on: list[_GoingOn] = []
    for sighting in sightings:
        closed += [one.span for one in going_on if sighting.frame - one.span.last > GAP_FRAMES + 1]
        going_on = [one for one in going_on if sighting.frame - one.span.last <= GAP_FRAMES + 1]
        near = [one for one in going_on if one.span.finder == sighting.finder and one.is_at(sighting.box)]
        if near:
            nearest = max(near, key=lambda one: one.latest.overlap(sighting.box))
            nearest.span, nearest.latest = _longer(nearest.span, sighting), sighting.box
        else:
            going_on.append(_GoingOn(_begun(sighting), sighting.box))
    spans = [*closed, *(one.span for one in going_on)]
    return tuple(sorted(spans, key=lambda span: (span.first, span.last, span.box.x0, span.box.y0)))


def time_code(seconds: float) -> str:
    """Return a time as HH:MM:SS.mmm."""
    sign, milliseconds = "-" if seconds < 0 else "", round(abs(seconds) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


@dataclass(slots=True)
class _GoingOn:
    span: Span
    latest: Box

    def is_at(self, box: Box) -> bool:
        return self.latest.overlap(box) > SAME_PLACE


def _begun(sighting: Sighting) -> Span:
    frame, time = sighting.frame, sighting.time
    return Span(frame, frame, time, time, sighting.box, sighting.inside, sighting.finder, sighting.score, sighting.sure)


def _longer(span: Span, sighting: Sighting) -> Span:
    longer = replace(
        span,
        last=sighting.frame,
        end=sighting.time,
        inside=span.inside and sighting.inside,
        sure=span.sure or sighting.sure,
    )
    if sighting.score > span.score:
        return replace(longer, box=sighting.box, score=sighting.score)
    return longer
