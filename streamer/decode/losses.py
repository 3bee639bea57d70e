"""Which of a film's frames are lost: spans of them, by number and time. Knows nothing of files or of what is shown.

What goes into a decoder is compared with what comes out. Numbers count the frames of the source from 0, lost ones
included, in the order in which they are shown.
"""

from bisect import insort
from collections import deque
from dataclasses import dataclass
from fractions import Fraction

NO_PICTURE = "cannot be decoded"
WITH_ERRORS = "decoded with errors"
NOT_THERE = "not in the file, which is damaged there"

SECOND_FIELD = Fraction(3, 5)
"""Of a frame's time: a field in a packet of its own is shown sooner than that after the first one."""

A_GAP = Fraction(3, 2)
"""Of a frame's time: further apart than this, something is missing between two frames."""

UNEVEN = Fraction(1, 10)
MOSTLY = 0.8
"""Of the steps from frame to frame, so many are even in an evenly timed film; and how even, in frames."""

SHOWN_GAPS = 5

MOST_MISSING = 10_000
"""Frames in one gap that are counted; a damaged time may lie years ahead."""


@dataclass(frozen=True, slots=True)
class LostSpan:
    """Frames ``first`` to ``last`` of the source, shown from ``start`` to ``end`` (of the last frame's start), in s."""

    first: int
    last: int
    start: Fraction
    end: Fraction
    why: str

    def __str__(self) -> str:
        if self.first == self.last:
            return f"frame {self.first} ({float(self.start):.3f} s): {self.why}"
        return f"frames {self.first} to {self.last} ({float(self.start):.3f} s to {float(self.end):.3f} s): {self.why}"


@dataclass(frozen=True, slots=True)
class _Lost:
    number: int
    time: Fraction
    why: str


class Losses:
    """Watches what goes into a decoder and what comes out."""

    def __init__(self, one_picture_a_packet: bool, timed: bool, step: Fraction, first: int = 0) -> None:
        """Begin with nothing expected.

        Args:
            one_picture_a_packet: every packet holds one picture to be shown, so that none may fail to come.
            timed: packets say when their picture is shown.
            step: the usual time from frame to frame, in seconds.
            first: the number of the first frame that goes in.
        """
        self._first = first
        self._strict = one_picture_a_packet
        self._timed = timed
        self._step = step
        self._waiting: list[Fraction] = []
        self._errors: deque[tuple[Fraction | None, str]] = deque()
        self._lost: list[_Lost] = []
        self._missed: set[Fraction] = set()
        self._given = self._expected = self._absent = 0
        self._last: Fraction | None = None
        self._damaged = False
        self._even = 0
        self._gaps: list[tuple[Fraction, Fraction]] = []
        self._more_gaps = 0

    def expect(self, time: Fraction | None) -> None:
        """Say that a coded picture goes in; when it is shown, None: it does not say."""
        self._expected += 1
        if self._timed and time is not None:
            insort(self._waiting, time)

    def failed(self, time: Fraction | None, reason: str) -> None:
        """Say that the decoder refused something, at a packet near the one of ``time``."""
        self._errors.append((time, reason))

    def damaged(self) -> None:
        """Say that something of the file could not be read: from now on, gaps are losses."""
        self._damaged = True

    def given(self, time: Fraction | None, corrupt: bool = False) -> None:
        """Say that a picture came out; ``time`` is when it is shown, where it says so."""
        if time is None:
            time = Fraction(0) if self._last is None else self._last + self._step
        early = [one for one in self._waiting if one < time]
        del self._waiting[: len(early)]
        if self._waiting and self._waiting[0] == time:
            del self._waiting[0]
        if time in self._missed:  # it came after all, later than one that follows it
            self._missed.discard(time)
            self._lost = [one for one in self._lost if one.time != time]
        for one in early:
            self._miss(one)
        self._note_gap(time)
        if corrupt:
            self._lose(time, WITH_ERRORS)
        self._given += 1
        self._last = time if self._last is None else max(self._last, time)

    def spans(self) -> list[str]:
        """Return, once nothing more comes, each lost span in words, in the order of time."""
        for one in self._waiting:
            self._miss(one)
        self._waiting.clear()
        words = [str(span) for span in _joined(self._lost)]
        for time, reason in self._errors:
            near = "" if time is None else f"near {float(time):.3f} s: "
            words.append(f"{near}{NO_PICTURE} ({reason})")
        absent = self._expected - self._given - len(self._missed) - len(self._errors)
        if self._strict and absent > 0:
            words.append(f"{absent} of {self._expected} coded pictures gave no picture")
        return words

    def gaps(self) -> list[str]:
        """Return, once nothing more comes, where an evenly timed film has a gap although nothing says it is damaged."""
        seen = max(1, self._given - 1)
        if self._even < MOSTLY * seen:
            return []
        words = [f"{float(first):.3f} s and {float(last):.3f} s" for first, last in self._gaps]
        more = self._more_gaps
        return [
            f"frames seem to be missing in the file, which is else evenly timed: none between {text}" for text in words
        ] + ([f"… and {more} more such gaps"] if more else [])

    def _miss(self, time: Fraction) -> None:
        """Take note of a picture that did not come."""
        second_field = self._last is not None and 0 <= time - self._last < SECOND_FIELD * self._step
        if second_field and not self._errors:
            return
        if self._strict or self._errors:
            self._lose(time, f"{NO_PICTURE} ({self._errors.popleft()[1]})" if self._errors else NO_PICTURE)
            self._missed.add(time)
            self._last = time if self._last is None else max(self._last, time)

    def _note_gap(self, time: Fraction) -> None:
        if self._last is None:
            return
        if time - self._last <= A_GAP * self._step:
            self._even += abs(time - self._last - self._step) < UNEVEN * self._step
            return
        if not self._damaged:
            if len(self._gaps) < SHOWN_GAPS:
                self._gaps.append((self._last, time))
            else:
                self._more_gaps += 1  # an uneven film is full of them
            return
        for number in range(1, min(round((time - self._last) / self._step), MOST_MISSING)):
            self._lose(self._last + number * self._step, NOT_THERE)
            self._absent += 1

    def _lose(self, time: Fraction, why: str) -> None:
        self._lost.append(_Lost(self._first + self._given + len(self._missed) + self._absent, time, why))


def _joined(lost: list[_Lost]) -> list[LostSpan]:
    spans: list[LostSpan] = []
    for one in sorted(lost, key=lambda one: (one.time, one.number)):
        before = spans[-1] if spans else None
        if before is not None and before.why == one.why and one.number <= before.last + 1:
            spans[-1] = LostSpan(before.first, max(before.last, one.number), before.start, one.time, one.why)
        else:
            spans.append(LostSpan(one.number, one.number, one.time, one.time, one.why))
    return spans
