"""What arrived: the tags, chapters and streams of a written file beside what it was given.

Containers leave out silently what they cannot hold; here it is said. Knows nothing of how the file was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.stream import DataStream, Discard, Disposition, Stream

from faceerase.errors import VerificationError
from faceerase.streamer.encode.chapters import Chapter, chapters_of
from faceerase.streamer.encode.metadata import same_language, spelt_alike
from faceerase.streamer.encode.timecode import time_code_of

CHAPTER_SLACK = Fraction(1, 1000)
"""Seconds; containers count chapters in ticks of their own."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A stream as it was given to the file; ``carried`` packets or not."""

    kind: str
    label: str
    language: str | None
    disposition: Disposition
    carried: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """What a file was given beside its picture: streams in order, time code, chapters, names of tags."""

    streams: tuple[Promised, ...]
    time_code: str | None
    chapters: tuple[Chapter, ...]
    tags: frozenset[str]


def what_is_missing(written: InputContainer, promise: Promise, target: Path) -> list[str]:
    """Return remarks on what the file, which is to be called ``target``, does not hold.

    Raises:
        VerificationError: a stream that had packets is not there.
    """
    remarks: list[str] = []
    for kind in dict.fromkeys(stream.kind for stream in promise.streams):
        given = [stream for stream in promise.streams if stream.kind == kind]
        found = [stream for stream in written.streams if stream.type == kind]
        if kind == "video":
            found = found[1:]  # the first is the picture itself
        if kind == "data":
            told = [stream for stream in found if isinstance(stream, DataStream)]
            found = [stream for stream in told if stream.name is not None and stream.discard == Discard.default]
        if len(found) < len(given):
            remarks += [f"{item.label}: empty, left out" for item in given if not item.carried]
            given = [item for item in given if item.carried]
        if len(found) < len(given):
            raise VerificationError(
                f"{target}: {len(given)} {kind} streams written, {len(found)} in the file; nothing was kept"
            )
        for item, stream in zip(given, found, strict=False):
            remarks += _differences(item, stream, alone=len(given) == 1)
    video = written.streams.video
    if promise.time_code and (not video or time_code_of(written, video[0]) != promise.time_code):
        remarks.append(f"time code {promise.time_code}: lost, this container did not take it")
    remarks += _chapter_differences(promise.chapters, chapters_of(written))
    lost = promise.tags - _tag_names(written)
    if lost:
        remarks.append(f"metadata that this container cannot hold: {', '.join(sorted(lost))}")
    return remarks


def _differences(given: Promised, found: Stream, alone: bool) -> Iterable[str]:
    language = found.metadata.get("language")
    if not same_language(given.language, language):
        yield f"{given.label}: language lost, this container has no name for it"
    elif given.language != language and "und" not in (given.language or "und", language or "und"):
        yield f"{given.label}: the language is called {language} there, its other name"
    # Which one is the default means nothing where there is one.
    counted = ~Disposition.default if alone else ~Disposition(0)
    lost = given.disposition & counted & ~found.disposition
    if lost:
        names = ", ".join(str(flag.name) for flag in Disposition if flag & lost)
        yield f"{given.label}: disposition {names} lost, this container has none"


def _chapter_differences(given: Sequence[Chapter], found: Sequence[Chapter]) -> Iterable[str]:
    if len(given) != len(found):
        yield f"{len(given)} chapters written, {len(found)} in the file"
    for number, (one, other) in enumerate(zip(given, found, strict=False), 1):
        for what, before, after in (("begins", one.start, other.start), ("ends", one.end, other.end)):
            if abs(before - after) > CHAPTER_SLACK:
                yield f"chapter {number} {what} at {float(after):.3f} s instead of {float(before):.3f} s"


def _tag_names(written: InputContainer) -> frozenset[str]:
    return frozenset(spelt_alike(key) for part in (written, *written.streams) for key in part.metadata)
