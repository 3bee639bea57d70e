"""Frames as they pass: each becomes a line, and counts towards its faces' tracks; no frame is held.

What is kept is one small record per face. Knows nothing of files.
"""

from dataclasses import dataclass
from fractions import Fraction

from faceerase.streamer.box import Box
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import Region
from faceerase.streamer.sidecar.codes import FilmCodes
from faceerase.streamer.sidecar.schema import BoxValues, Erased, FrameFacts, Track


@dataclass(frozen=True, slots=True)
class _Moment:
    frame: int
    time: float
    time_code: str


@dataclass(slots=True)
class _Face:
    first: _Moment
    last: _Moment
    frames: int = 0
    seen: int = 0


class FrameLog:
    """Frames, in order, as facts; ``tracks`` at the end."""

    def __init__(self, codes: FilmCodes) -> None:
        self._codes = codes
        self._faces: dict[int, _Face] = {}
        self._first: Fraction | None = None

    def take(self, frame: Frame, matte: Matte) -> FrameFacts | None:
        """Return what was erased in a frame; None: nothing."""
        return self.note(frame.index, frame.pts * frame.time_base, regions_of(matte))

    def note(self, number: int, time: Fraction, regions: tuple[Erased, ...]) -> FrameFacts | None:
        """Return the same of a frame of which no more is known than its number, its time and what was erased."""
        if self._first is None:
            self._first = time
        if not regions:
            return None
        facts = FrameFacts(
            frame=number,
            time=round(float(time), 6),
            time_code=self._codes.after(time - self._first),
            regions=regions,
        )
        bare = _Moment(facts.frame, facts.time, facts.time_code)
        for region in regions:
            face = self._faces.setdefault(region.track, _Face(bare, bare))
            face.last = bare
            face.frames += 1
            face.seen += region.seen
        return facts

    def tracks(self) -> tuple[Track, ...]:
        """Return the faces in the order of their numbers."""
        return tuple(
            Track(
                track=number,
                frames=face.frames,
                seen=face.seen,
                first_frame=face.first.frame,
                last_frame=face.last.frame,
                first_time=face.first.time,
                last_time=face.last.time,
                first_time_code=face.first.time_code,
                last_time_code=face.last.time_code,
            )
            for number, face in sorted(self._faces.items())
        )


def box_values(box: Box, width: int, height: int) -> BoxValues | None:
    """Return a box clipped to a picture, in tenths of pixels; None: it lies outside."""
    x0, y0 = max(0.0, box.x0), max(0.0, box.y0)
    x1, y1 = min(float(width), box.x1), min(float(height), box.y1)
    return None if x0 >= x1 or y0 >= y1 else (round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def regions_of(matte: Matte) -> tuple[Erased, ...]:
    """Return one entry a face: all its regions together, as certain as what was seen of it, if anything was."""
    faces: dict[int, list[Region]] = {}
    for region in matte.regions:
        faces.setdefault(region.track, []).append(region)
    entries = []
    for number, regions in sorted(faces.items()):
        box = regions[0].box
        for region in regions[1:]:
            box = box.union(region.box)
        values = box_values(box, matte.width, matte.height)
        if values is not None:
            sure = max(regions, key=lambda region: (region.seen, region.score))
            entries.append(Erased(track=number, box=values, score=round(float(sure.score), 3), seen=sure.seen))
    return tuple(entries)
