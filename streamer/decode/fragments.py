"""The fragments of an MP4 file, and which of them are not there: what its indexes, numbers and times tell of them.

FFmpeg goes on with the next one that it finds. Knows nothing of what is in the pictures. (ISO/IEC 14496-12, 8.8, 8.16)
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

PARTS = frozenset(b"ftyp styp moov moof mdat sidx ssix mfra prft emsg free skip uuid".split())
"""Boxes at the top of a film in fragments; others may be there, but not reach beyond the file."""

MOST_BYTES = 1 << 26
"""Of a box that is read: no index is larger."""

HEAD_FIELDS = {0x01: 8, 0x02: 4, 0x08: 4, 0x10: 4, 0x20: 4}
"""What a track fragment's head may hold behind flags and track: the flag of each field, its bytes, in order."""

BEFORE_DURATION, DURATION = (0x01, 0x02), 0x08

RUN_FIELDS = (0x01, 0x04)
SAMPLE_FIELDS = (0x100, 0x200, 0x400, 0x800)
SAMPLE_DURATION = 0x100
"""Flags of what a run of samples holds behind flags and count, of all of it and of each sample: four bytes each."""


class _Box(NamedTuple):
    """A box at the top of a file: its kind, and at which bytes it, what is in it, and the next one begin."""

    kind: bytes
    begin: int
    body: int
    end: int
    stray: bool
    """It is none: shorter than its own head, or of no known kind and of size 0, which reaches to the end of the file.

    FFmpeg seeks nothing behind it; neither do we.
    """


class _Fragment(NamedTuple):
    """What of a fragment is the picture's: samples, decoding times in ticks, how many numbers were passed over."""

    place: int
    """Which of the film's fragments it is in; one can hold several parts of a track."""
    samples: int
    begin: int
    end: int
    skipped: int


def missing_fragments(path: Path, track: int, read: int | None) -> list[str] | None:
    """Return what is missing of a film in fragments, in words; None: it has no fragments.

    Args:
        path: an MP4 or MOV file.
        track: the number of its picture's track.
        read: as many of its samples as could be read; None: not all were to be.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        boxes = list(_boxes_of(file, size))
        if not any(box.kind == b"moof" for box in boxes):
            return None
        try:
            return _missing(file, size, boxes, track, read)
        except (struct.error, IndexError, ValueError):
            return ["the file is damaged: what it says of its fragments cannot be read"]


def _missing(file: BinaryIO, size: int, boxes: Sequence[_Box], track: int, read: int | None) -> list[str]:
    def bodies(kind: bytes) -> Iterator[tuple[_Box, bytes]]:
        for box in boxes:
            if box.kind == kind and box.end - box.body <= MOST_BYTES:
                file.seek(box.body)
                yield box, file.read(box.end - box.body)

    head = _head(b"".join(body for _, body in bodies(b"moov")), track)
    found = list(_fragments((body for _, body in bodies(b"moof")), track, head))
    samples = head.samples + sum(one.samples for one in found)
    last = boxes[-1]
    if (last.stray and boxes[-2].kind != b"mfra") or (last.end > size and last.kind not in PARTS):
        return [f"the file is damaged: at byte {last.begin} something begins that is no part of a film"]
    reaches = max([last.end, *(_reach(box.end, body) for box, body in bodies(b"sidx"))])
    named = {place for _, body in bodies(b"mfra") for place in _named(body, track)}
    there = len({one.place for one in found if one.samples})
    words = []
    if reaches > size:
        words.append(f"the file is cut off: {reaches - size} bytes of its fragments are not in it")
    if len(named) > there:
        words.append(f"the file is damaged: its index names {len(named)} fragments, {there} are in it")
    if read is not None and samples > read:
        words.append(f"the file is damaged: {samples} pictures are in it, {read} could be read")
    for before, after in pairwise(found):
        if after.skipped and after.begin > before.end:
            between = f"{before.end / head.scale:.3f} s and {after.begin / head.scale:.3f} s"
            words.append(f"the file is damaged: fragments are missing between {between} (numbers and times skip)")
    return words


def _boxes_of(file: BinaryIO, size: int) -> Iterator[_Box]:
    """Yield the boxes at the top of a file."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        begins = 8
        if length == 1:
            length, begins = int.from_bytes(file.read(8), "big"), 16
        too_short = 0 < length < begins or at + begins > size
        end = size if length == 0 or too_short else at + length
        yield _Box(kind, at, at + begins, end, too_short or (length == 0 and kind not in PARTS))
        at = end


def _boxes_in(body: bytes, *kinds: bytes) -> Iterator[bytes]:
    """Yield what is in the boxes of a kind, at the end of a path of kinds."""
    at = 0
    while at + 8 <= len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        if length < 8 or at + length > len(body):
            raise ValueError("a box that does not fit into its own")
        inner = body[at + 8 : at + length]
        if kind == kinds[0]:
            yield from _boxes_in(inner, *kinds[1:]) if len(kinds) > 1 else [inner]
        at += length


class _Head(NamedTuple):
    """What a film says of a track before its fragments: samples, ticks a second, how many a sample usually lasts."""

    samples: int
    scale: int
    usual: int
    tracks: frozenset[int]
    """The numbers of all."""


def _head(moov: bytes, track: int) -> _Head:
    samples, scale, usual, tracks = 0, 1, 0, set[int]()
    for trak in _boxes_in(moov, b"trak"):
        head = next(_boxes_in(trak, b"tkhd"), b"")
        number = struct.unpack_from(">I", head, 20 if head[0] else 12)[0]
        tracks.add(number)
        if number == track:
            media = next(_boxes_in(trak, b"mdia", b"mdhd"), b"")
            scale = struct.unpack_from(">I", media, 20 if media[0] else 12)[0]
            sizes = next(_boxes_in(trak, b"mdia", b"minf", b"stbl", b"stsz"), bytes(12))
            samples = struct.unpack_from(">8xI", sizes)[0]
    for trex in _boxes_in(moov, b"mvex", b"trex"):
        of, _, lasts = struct.unpack_from(">4xIII", trex)
        usual = lasts if of == track else usual
    return _Head(samples, max(1, scale), usual, frozenset(tracks))


def _fragments(moofs: Iterable[bytes], track: int, head: _Head) -> Iterator[_Fragment]:
    """Yield a track's part of each fragment."""
    skipped, last = 0, None
    end = 0
    for place, moof in enumerate(moofs):
        number = struct.unpack_from(">4xI", next(_boxes_in(moof, b"mfhd"), b""))[0]
        skipped += 0 if last is None else max(0, number - last - 1)
        last = number
        parts = list(_boxes_in(moof, b"traf"))
        if not parts:
            raise ValueError("a fragment of nothing")
        for traf in parts:
            of, lasts = _usual(next(_boxes_in(traf, b"tfhd"), b""), head)
            if of != track:
                continue
            time = next(_boxes_in(traf, b"tfdt"), None)
            begin = end if time is None else struct.unpack_from(">Q" if time[0] else ">I", time, 4)[0]
            runs = [_run(run, lasts) for run in _boxes_in(traf, b"trun")]
            end = begin + sum(ticks for _, ticks in runs)
            yield _Fragment(place, sum(count for count, _ in runs), begin, end, skipped)
            skipped = 0


def _usual(tfhd: bytes, head: _Head) -> tuple[int, int]:
    """Return of which track a part of a fragment is, and how many ticks a sample of it usually lasts."""
    flags, track = struct.unpack_from(">II", tfhd)
    if track not in head.tracks or len(tfhd) != 8 + sum(HEAD_FIELDS[flag] for flag in HEAD_FIELDS if flags & flag):
        raise ValueError("no head of a part of a fragment")
    at = 8 + sum(HEAD_FIELDS[flag] for flag in BEFORE_DURATION if flags & flag)
    return track, struct.unpack_from(">I", tfhd, at)[0] if flags & DURATION else head.usual


def _run(trun: bytes, usual: int) -> tuple[int, int]:
    """Return how many samples are in a run, and how many ticks they last."""
    flags, count = struct.unpack_from(">II", trun)
    at = 8 + 4 * sum(bool(flags & field) for field in RUN_FIELDS)
    fields = sum(bool(flags & field) for field in SAMPLE_FIELDS)
    if len(trun) != at + 4 * fields * count:
        raise ValueError("no run of samples")
    if not flags & SAMPLE_DURATION:
        return count, count * usual
    values = np.frombuffer(trun, ">u4", offset=at)
    return count, int(values[::fields].sum(dtype=np.int64))


def _reach(end: int, sidx: bytes) -> int:
    """Return the byte at which what an index names ends; its own end is where that begins."""
    wide = bool(sidx[0])
    first = struct.unpack_from(">Q" if wide else ">I", sidx, 20 if wide else 16)[0]
    at = 28 if wide else 20
    count = struct.unpack_from(">2xH", sidx, at)[0]
    sizes = np.frombuffer(sidx, ">u4", offset=at + 4, count=3 * count)[::3] & 0x7FFFFFFF
    return int(end + first + sizes.sum(dtype=np.int64))


def _named(mfra: bytes, track: int) -> set[int]:
    """Return at which bytes fragments with key frames of a track begin, by the index at the end of a file."""
    places: set[int] = set()
    for tfra in _boxes_in(mfra, b"tfra"):
        of, lengths, count = struct.unpack_from(">4xIII", tfra)
        wide = 8 if tfra[0] else 4
        each = 2 * wide + sum((lengths >> shift & 3) + 1 for shift in (4, 2, 0))
        if of == track:
            starts = range(16 + wide, 16 + wide + each * count, each)
            places |= {int.from_bytes(tfra[at : at + wide], "big") for at in starts if at + wide <= len(tfra)}
    return places
