"""Chapters as values, in seconds, between PyAV's dictionaries of ticks. Knows nothing of what they name."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from av.container import InputContainer, OutputContainer

from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.encode.room import ISO_MUXERS


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a film, from ``start`` to ``end`` seconds, and its title, perhaps empty."""

    start: Fraction
    end: Fraction
    title: str = ""


def chapters_of(container: InputContainer) -> list[Chapter]:
    """Return the chapters of a file."""
    return [
        Chapter(
            chapter["start"] * (chapter["time_base"] or Fraction(1)),
            chapter["end"] * (chapter["time_base"] or Fraction(1)),
            chapter["metadata"].get("title", ""),
        )
        for chapter in container.chapters()
    ]


def within(chapters: Iterable[Chapter], cut: Cut) -> list[Chapter]:
    """Return chapters as far as they lie within a cut, at their times in it."""
    if cut == WHOLE:
        return list(chapters)
    first = None if cut.begin is None else cut.shift
    clipped = [
        Chapter(
            chapter.start if first is None else max(chapter.start, first),
            chapter.end if cut.end is None else min(chapter.end, cut.end),
            chapter.title,
        )
        for chapter in chapters
    ]
    kept = [chapter for chapter in clipped if chapter.start < chapter.end]
    return [Chapter(max(Fraction(0), one.start - cut.shift), one.end - cut.shift, one.title) for one in kept]


def write_chapters(output: OutputContainer, chapters: Iterable[Chapter]) -> None:
    """Give chapters to a file that is not begun, in ticks that hold their times exactly."""
    chapters = list(chapters)
    # Without titles, be they empty ones, MP4 and MOV refer to a track of chapters that they do not write; in that track
    # the first chapter begins at 0.
    titled = output.format.name in ISO_MUXERS and bool(chapters) and chapters[0].start == 0
    entries = []
    for number, chapter in enumerate(chapters, 1):
        ticks = lcm(chapter.start.denominator, chapter.end.denominator)
        entries.append(
            {
                "id": number,
                "start": int(chapter.start * ticks),
                "end": int(chapter.end * ticks),
                "time_base": Fraction(1, ticks),
                "metadata": {"title": chapter.title} if chapter.title or titled else {},
            }
        )
    output.set_chapters(entries)  # type: ignore[arg-type]  # its TypedDict is in the stub alone
