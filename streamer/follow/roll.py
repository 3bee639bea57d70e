"""The roll of faces: who is followed, who is certain, who has left. Knows nothing of pictures or networks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import STARTS_FROM, Criteria
from faceerase.streamer.follow.linker import Linker
from faceerase.streamer.follow.sight import Seen
from faceerase.streamer.follow.track import Offsets, Reach, Sightings, covering
from faceerase.streamer.mask.regions import Region

TAIL_SECONDS, LEAD_SECONDS, SMOOTH_SECONDS = 0.5, 0.12, 0.12
"""How long a face is covered after its last sighting and before its first, and over what time its shape is smoothed."""

PATIENCE_SECONDS, PATIENT = 0.3, 0.8
"""A face that was doubtful for so long is taken for one all the same if it was this certain on average."""

DOUBTFUL_TAIL = 2
"""Frames for which a face is looked for after its last sighting while it is not certain."""

SIZE_OF = 9
"""Sightings that tell how large a face is."""

SHADOW = 0.6
"""A face that is not seen and lies in another to this share of its area is that one's shadow."""


Cover = Callable[[Sightings, Offsets, int, Reach], tuple[Region, ...]]
"""What is covered of a face in a frame, told from its sightings; ``covering`` is one."""


@dataclass(slots=True)
class Face:
    """One face of one scene as far as it is known.

    ``certain``: one look, or many doubtful ones, left no doubt; ``real``: it will be covered; ``ended``: it is not
    looked for any more.
    """

    scene: int
    certain: bool = False
    real: bool = False
    ended: bool = False
    sightings: dict[int, Region] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """Number of the frame in which it was first seen."""
        return min(self.sightings)

    @property
    def last(self) -> int:
        """Number of the frame in which it was last seen."""
        return max(self.sightings)


class Roll:
    """All faces that a frame still in hand may depend on."""

    def __init__(self, criteria: Criteria, rate: float, waits: bool = True, cover: Cover = covering) -> None:
        """Begin a film of ``rate`` frames a second.

        Args:
            criteria: what counts as a face; may be set anew between two frames.
            rate: frames a second.
            waits: whether nobody is covered before a second sighting.
            cover: what is covered of a face in a frame.
        """
        self.criteria = criteria
        self._rate = rate
        self._waits = waits
        self._cover = cover
        self._reach = Reach(
            lead=max(2, round(LEAD_SECONDS * rate)),
            tail=max(2, round(TAIL_SECONDS * rate)),
            smooth=max(1, round(SMOOTH_SECONDS * rate)),
        )
        self._faces: dict[int, Face] = {}
        self._offsets: dict[int, tuple[float, float]] = {}
        self._latest: Seen | None = None
        self._linker = self._new_linker(0)

    def arrive(self, seen: Seen) -> tuple[Box, ...]:
        """Take note of a frame and return where faces are expected in it."""
        if self._latest is not None and self._latest.scene != seen.scene:
            self.end_scene()
            self._linker = self._new_linker(self._linker.next_number)
        self._latest = seen
        self._offsets[seen.frame.index] = seen.offset
        return tuple(
            self.placed(face, face.last, seen)
            for face in self._faces.values()
            if face.scene == seen.scene and not face.ended and seen.frame.index - face.last <= self._looked_for(face)
        )

    def placed(self, face: Face, at: int, seen: Seen) -> Box:
        """Return where a face that was seen in frame ``at`` stands in another if only the camera moved.

        Its size is the median of its sightings around ``at``, so that one bad outline is not followed.
        """
        (x0, y0), (x1, y1) = self._offsets[at], seen.offset
        x, y = face.sightings[at].box.centre
        near = sorted(face.sightings, key=lambda number: abs(number - at))[:SIZE_OF]
        boxes = [face.sightings[number].box for number in near]
        width = float(np.median([box.width for box in boxes]))
        height = float(np.median([box.height for box in boxes]))
        x, y = x + x1 - x0, y + y1 - y0
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def seen_in(self, seen: Seen) -> tuple[Region, ...]:
        """Return what was seen of faces in a frame."""
        here = seen.frame.index
        return tuple(face.sightings[here] for face in self._faces.values() if here in face.sightings)

    def enter(self, seen: Seen, regions: Sequence[Region]) -> tuple[Face, ...]:
        """Give each region of a frame to its face; return the faces that became certain with it."""
        dx, dy = seen.offset
        boxes = [region.box.moved(-dx, -dy) for region in regions]
        numbers = self._linker.link(boxes, [self.criteria.certainty(region) for region in regions])
        news = []
        for number, region in zip(numbers, regions, strict=True):
            if number is None:
                continue
            face = self._faces.setdefault(number, Face(seen.scene))
            face.sightings[seen.frame.index] = region
            face.ended = False  # it has come out of the other's shadow
            if not face.certain and self._is_certain(face):
                face.certain = True
                news.append(face)
        self._end_shadows(seen)
        return tuple(news)

    def settle(self) -> None:
        """Decide who is real: what shows in one frame, and neither before nor after it, is no face."""
        for face in self._faces.values():
            face.real = face.real or not self._waits or (face.certain and len(face.sightings) > 1)

    def end_scene(self) -> None:
        """Say that no frame of the latest scene follows: who was certain in its last one needs no second."""
        last = self._latest
        for face in self._faces.values():
            if last is not None and face.scene == last.scene and face.last == last.frame.index:
                face.real = face.real or face.certain

    def regions(self, seen: Seen) -> tuple[Region, ...]:
        """Return what is to be covered in a frame, in pixels of the upright picture."""
        return tuple(
            replace(region, track=number)
            for number, face in self._faces.items()
            if face.real and face.scene == seen.scene
            for region in self._cover(face.sightings, self._offsets, seen.frame.index, self._reach)
        )

    def forget(self, left: int) -> None:
        """Drop what no frame after ``left`` depends on."""
        # Twice the tail: how long a tail is depends on how often its face was seen.
        oldest = left - 2 * self._reach.tail - self._reach.smooth
        self._faces = {number: face for number, face in self._faces.items() if face.last >= oldest}
        for face in self._faces.values():
            face.sightings = {at: region for at, region in face.sightings.items() if at >= oldest}
        self._offsets = {at: offset for at, offset in self._offsets.items() if at >= oldest}

    def _new_linker(self, first: int) -> Linker:
        return Linker(self._rate, TAIL_SECONDS, STARTS_FROM, first)

    def _looked_for(self, face: Face) -> int:
        # Few sightings are soon forgotten.
        return min(self._reach.tail, 2 * len(face.sightings)) if face.real else DOUBTFUL_TAIL

    def _is_certain(self, face: Face) -> bool:
        certainties = [self.criteria.certainty(region) for region in face.sightings.values()]
        patient = len(certainties) >= max(3, round(PATIENCE_SECONDS * self._rate))
        return max(certainties) > 1 or (patient and float(np.mean(certainties)) > PATIENT)

    def _end_shadows(self, seen: Seen) -> None:
        """End faces that are not seen any more where one that is seen covers them: they are its parts or its past."""
        here = seen.frame.index
        shown = self.seen_in(seen)
        for face in self._faces.values():
            if face.scene == seen.scene and face.last < here and not face.ended:
                placed = self.placed(face, face.last, seen)
                face.ended = any(region.holds(placed) > SHADOW for region in shown)
