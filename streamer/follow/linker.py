"""Which region of a frame belongs to which face: a thin shell over a maintained tracker (ADR 12).

Roboflow's ``trackers``, C-BIoU (Yang et al. 2023, WACV): boxes are linked by the overlap of boxes grown by a buffer,
first the certain ones, then the doubtful. Works in stabilised coordinates, so that a turning camera moves nothing.
Knows nothing of shapes, pictures or what happens between sightings.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from faceerase.streamer.box import Box

if TYPE_CHECKING:
    from trackers import CBIoUTracker

LEAST = 0.15
"""The tracker passes over boxes below a confidence of 0.1; a doubtful region gets this at least."""


class Linker:
    """Numbers the faces of one scene, from ``first`` on."""

    def __init__(self, rate: float, lost_after: float, starts_from: float, first: int) -> None:
        """Begin a scene.

        Args:
            rate: frames per second.
            lost_after: seconds without a sighting after which a face that comes back is another one.
            starts_from: certainty, 0 to 1, from which a region can begin a new face.
            first: number of the first face.
        """
        self._rate, self._lost_after, self._starts_from = rate, lost_after, starts_from
        self._tracker: CBIoUTracker | None = None
        self._any_frame = False
        self._numbers: dict[int, int] = {}
        self._next = first

    @property
    def next_number(self) -> int:
        """The number that the next new face would get."""
        return self._next

    def link(self, boxes: Sequence[Box], certainties: Sequence[float]) -> tuple[int | None, ...]:
        """Return the face that each box of the next frame belongs to; None: too doubtful to begin one.

        Args:
            boxes: in stabilised coordinates.
            certainties: 0 to 1, of each.
        """
        if self._tracker is None and not boxes:
            self._any_frame = True
            return ()
        # Slow to load: films without a face, and the first look at any film, do without.
        import supervision as sv

        if self._tracker is None:
            self._tracker = self._new_tracker()
            if self._any_frame:  # the tracker treats the first one differently
                self._tracker.update(sv.Detections.empty())
        corners = np.array([[box.x0, box.y0, box.x1, box.y1] for box in boxes], np.float64).reshape(-1, 4)
        sure = np.array([max(LEAST, min(1.0, value)) for value in certainties], np.float64)
        before = list(self._tracker.tracks)  # held, so that no new track is taken for one that has died
        held = {id(track) for track in before}
        self._numbers = {key: number for key, number in self._numbers.items() if key in held}
        linked = self._tracker.update(sv.Detections(xyxy=corners, confidence=sure, class_id=np.arange(len(boxes))))
        # The tracker gives a face its own number with its second sighting; ours counts from the first.
        by_number = {track.tracker_id: id(track) for track in self._tracker.tracks if track.tracker_id >= 0}
        fresh = [id(track) for track in self._tracker.tracks if id(track) not in held]
        faces: list[int | None] = [None] * len(boxes)
        places = np.zeros(0, int) if linked.class_id is None else linked.class_id
        numbers = np.zeros(0, int) if linked.tracker_id is None else linked.tracker_id
        for place, number in zip(places, numbers, strict=True):
            key = by_number.get(int(number))
            if key is None and sure[place] >= self._tracker.track_activation_threshold and fresh:
                key = fresh.pop(0)
            if key is not None:
                faces[int(place)] = self._number(key)
        return tuple(faces)

    def _new_tracker(self) -> "CBIoUTracker":
        from trackers import CBIoUTracker

        return CBIoUTracker(
            lost_track_buffer=max(1, round(self._lost_after * 30)),  # counted at 30 frames per second, at any rate
            frame_rate=self._rate,
            track_activation_threshold=self._starts_from,
            high_conf_det_threshold=self._starts_from,
            minimum_consecutive_frames=1,
            minimum_iou_threshold_first_assoc=0.1,
            minimum_iou_threshold_second_assoc=0.1,
            minimum_iou_threshold_unconfirmed_assoc=0.1,
        )

    def _number(self, key: int) -> int:
        if key not in self._numbers:
            self._numbers[key] = self._next
            self._next += 1
        return self._numbers[key]
