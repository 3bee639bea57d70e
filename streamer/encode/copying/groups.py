"""The pictures of a film as it is coded, in groups that lean on nothing outside them.

Knows nothing of faces or outputs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from av.packet import Packet
from av.stream import Stream

from faceerase.streamer.encode.copying.coding import Coding

LONGEST = 64 << 20
"""Coded bytes of a group that are held in memory."""

TOO_LONG = "they are in a group of pictures too long to be held (without IDR pictures, say)"


@dataclass(frozen=True, slots=True)
class Coded:
    """One coded picture; ``pts`` and ``duration`` in the stream's time base."""

    pts: int
    duration: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures from a fresh one to the next.

    Attributes:
        start: pts from which on pictures are its own.
        pictures: as they are to be decoded, empty where it cannot be copied.
        why_not: why it cannot.
        leaning: how many key frames in it lean on what was before them, and so begin no group.
    """

    start: int
    pictures: tuple[Coded, ...]
    why_not: str | None = None
    leaning: int = 0

    @property
    def times(self) -> tuple[int, ...]:
        """The pts of its pictures as they are shown."""
        return tuple(sorted(picture.pts for picture in self.pictures))


def groups_of(packets: "Iterable[Packet[Stream]]", coding: Coding, delay: int) -> Iterator[Group]:
    """Yield the groups of a film, each beginning later than the one before it ends.

    Args:
        packets: of its picture, as they are to be decoded.
        coding: how they are coded.
        delay: by how many pictures decoding runs ahead of what is shown.
    """
    pictures: list[Coded] = []
    why: str | None = None
    size = leaning = 0
    last: int | None = None
    for packet in packets:
        stamp = packet.pts if packet.pts is not None else packet.dts
        data = bytes(packet)
        if coding.fresh(data, packet.is_keyframe):
            if pictures:
                group = _group(pictures, why, delay, last, leaning)
                last = max(group.start, *(group.times or (group.start,)))
                yield group
            pictures, why, size, leaning = [], None, 0, 0
        elif not pictures:
            continue  # nothing can be said of what lies before the first fresh picture
        else:
            leaning += packet.is_keyframe
        size += len(data)
        if stamp is None:
            why = why or "they have no times"
            continue
        if packet.is_discard or packet.is_corrupt:
            why = why or "they are marked as damaged or not to be shown"
        elif size > LONGEST:
            why = why or TOO_LONG
        why = why or coding.why_not(data)
        pictures.append(Coded(stamp, packet.duration or 0, b"" if why else data))
    if pictures:
        yield _group(pictures, why, delay, last, leaning)


def _group(pictures: Sequence[Coded], why: str | None, delay: int, last: int | None, leaning: int) -> Group:
    times = sorted(picture.pts for picture in pictures)
    if len(set(times)) < len(times) or (last is not None and times[0] <= last):
        why = why or "their times run backward"
    if any(picture.pts < time for picture, time in zip(pictures[delay:], times, strict=False)):
        why = why or "they are reordered more deeply than their film says, or than the container allows"
    return Group(times[0], () if why else tuple(pictures), why, leaning)
