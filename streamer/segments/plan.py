"""Where a film is cut into segments, and how much context each one sees. Pure functions of times.

Cut at key frames, so that nothing is decoded for nothing; the context on both sides is what makes a segment's faces
those of the whole film. Knows nothing of files or pictures.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from faceerase.streamer.decode.span import Span
from faceerase.streamer.follow.stage import AHEAD_SECONDS

LEAD = Fraction(1)
"""Seconds before a segment that are looked at with it: faces are certain, and carried fills settled (four times
their time constant), when it begins."""

TRAIL = Fraction(AHEAD_SECONDS).limit_denominator(1000)
"""Seconds after it: as much of its last frame's future as any frame's is known."""


def plan_spans(keys: Sequence[Fraction], last: Fraction, length: Fraction) -> tuple[Span, ...]:
    """Return the segments of a film.

    Args:
        keys: when its key frames are shown, growing; the first is the film's first frame or before it.
        last: when its last frame is shown.
        length: seconds that a segment has at least; the last one may be half as long.
    """
    cuts: list[Fraction] = []
    reached = keys[0] if keys else last
    for key in keys:
        if key >= reached + length and last - key >= length / 2:
            cuts.append(key)
            reached = key
    edges: list[Fraction | None] = [None, *cuts, None]
    return tuple(
        Span(
            begin,
            end,
            None if begin is None else begin - LEAD,
            None if end is None else end + TRAIL,
        )
        for begin, end in pairwise(edges)
    )
