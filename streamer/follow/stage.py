"""The stage that looks and follows: frames in, frames with what is to be erased out, some frames later.

Every frame is looked at by plan, what is new is looked at again, and a face that is found goes back through the frames
still in hand to where it entered. A frame leaves when enough of its future is known. Knows nothing of planes or files.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from faceerase.streamer.follow.camera import camera_shift
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.follow.glimpses import Glimpses
from faceerase.streamer.follow.roll import Cover, Face, Roll
from faceerase.streamer.follow.scene import SceneDetector, small_picture
from faceerase.streamer.follow.sight import Seen, look_at
from faceerase.streamer.follow.track import covering
from faceerase.streamer.frame import Frame
from faceerase.streamer.in_flight import bytes_of, frames_ahead
from faceerase.streamer.look.change import ChangeWatch
from faceerase.streamer.look.gray import gray_of
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.look.planner import FOLLOW_SIDES, Situation
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.look.vain import InVain
from faceerase.streamer.look.view import cut_view, view_of
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.seams import MaskEngine, TilePlanner

AHEAD_SECONDS = 0.65
"""How much of a frame's future is known when it leaves: the longest round of a planner, after which everybody has been
found, and the lead of a face (0.12 s)."""

MISSED_BACK = 3
"""A face is not looked for further back after so many frames in a row in which it is not seen."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a film's pictures are to be seen: range, quarter turns (counter-clockwise) to be upright, frames a second."""

    full_range: bool
    quarter_turns: int
    rate: float


@dataclass(frozen=True, slots=True)
class Foresight:
    """How much of a frame's future is known when it leaves, in seconds, and how covers are told from it.

    Without any, nobody waits for a second sighting: who is followed is covered.
    """

    seconds: float = AHEAD_SECONDS
    cover: Cover = covering


A_ROUND = Foresight()


@dataclass(frozen=True, slots=True)
class Masked:
    """A frame, what is to be erased in it, and what was looked at since the last one left."""

    frame: Frame
    mask: FrameMask
    looks: Looks


def follow(
    frames: Iterable[Frame], planner: TilePlanner, engine: MaskEngine, criteria: Criteria, viewing: Viewing
) -> Iterator[Masked]:
    """Yield every frame with what is to be erased in it, in order.

    Raises:
        ModelError: the network failed.
    """
    watch = Watch(planner, engine, criteria, viewing)
    for frame in frames:
        ahead = watch.take(frame)
        yield from watch.leave(ahead)
    watch.end()
    yield from watch.leave(0)


def load_ahead() -> None:
    """Load the libraries that the first face and the first cut would wait for: what is shown at once cannot."""
    for name in ("scenedetect", "supervision", "trackers"):
        import_module(name)


class Watch:
    """The frames in hand and the faces in them."""

    def __init__(
        self,
        planner: TilePlanner,
        engine: MaskEngine,
        criteria: Criteria,
        viewing: Viewing,
        foresight: Foresight = A_ROUND,
    ) -> None:
        self._planner = planner
        self._engine = engine
        self._criteria = criteria
        self._viewing = viewing
        self._foresight = foresight
        self._roll = Roll(criteria, viewing.rate, foresight.seconds > 0, foresight.cover)
        self._scenes = SceneDetector()
        self._changes = ChangeWatch()
        self._glimpses = Glimpses(viewing.rate)
        self._in_vain = InVain(viewing.rate)
        self._waiting: deque[Seen] = deque()
        self._latest: Seen | None = None
        self._looks = Looks()

    def tune(self, planner: TilePlanner, criteria: Criteria) -> None:
        """Look at the frames to come by another plan, and by other criteria; everybody is followed on."""
        if criteria.min_face != self._criteria.min_face:
            self._changes = ChangeWatch()  # another pyramid: its tiles have other numbers
        self._planner = planner
        self._criteria = self._roll.criteria = criteria

    def take(self, frame: Frame) -> int:
        """Look at a frame, and at earlier ones again where it shows somebody new; return how many are to wait."""
        seen = self._seen(frame)
        here = frame.index
        if seen.number == 0:
            self._changes = ChangeWatch()
            self._glimpses = Glimpses(self._viewing.rate)
            self._in_vain = InVain(self._viewing.rate)
        self._in_vain = self._in_vain.now(here, seen.gray)
        expected = self._roll.arrive(seen)
        width, height = seen.size
        contract = self._engine.contract
        pyramid = plan_pyramid(width, height, contract.tile_side, self._criteria.min_face, contract.min_face)
        scale = max(width, height) / max(seen.small.shape)
        unchanged = self._changes.unchanged(pyramid, seen.small, scale)
        plan = self._planner.plan(Situation(seen.number, width, height, expected, unchanged))
        self._changes.looked_at(plan.numbers, plan.pyramid, seen.small, scale)
        shown = look_at(seen, plan, expected, self._in_vain.boxes, self._engine, self._criteria)
        self._looks = self._looks.plus(shown.looks)
        self._glimpses.catch(here, shown.likely)
        self._in_vain = self._in_vain.plus(shown.rejected, here, seen.gray)
        for face in self._roll.enter(seen, shown.regions):
            self._look_back(face)
        self._roll.settle()
        if not self._foresight.seconds:
            return 0
        # Twice the gray picture: it may be a copy, and so may what the eraser holds of it
        size = bytes_of(frame.picture) + 2 * seen.gray.samples.nbytes
        return frames_ahead(size, round(self._foresight.seconds * self._viewing.rate))

    def end(self) -> None:
        """Say that no frame follows."""
        self._roll.end_scene()

    def leave(self, keep: int) -> Iterator[Masked]:
        """Yield the frames of which enough is known, all but the last ``keep``."""
        while len(self._waiting) > keep:
            seen = self._waiting.popleft()
            width, height = seen.size
            turns = -self._viewing.quarter_turns
            covers = self._roll.regions(seen)
            both = (*covers, *self._glimpses.beside(covers))
            regions = tuple(region.turned(turns, width, height) for region in both)
            looks, self._looks = self._looks, Looks()
            yield Masked(seen.frame, FrameMask(regions), looks)
            self._roll.forget(seen.frame.index)

    def _seen(self, frame: Frame) -> Seen:
        gray = gray_of(frame.picture, self._viewing.full_range).upright(self._viewing.quarter_turns)
        small = small_picture(gray)
        before = self._latest
        if self._scenes.begins(small) or before is None:
            seen = Seen(frame, gray, small, before.scene + 1 if before else 0, 0, (0.0, 0.0))
        else:
            dx, dy = camera_shift(before.small, small, max(gray.samples.shape) / max(small.shape))
            offset = before.offset[0] + dx, before.offset[1] + dy
            seen = Seen(frame, gray, small, before.scene, before.number + 1, offset)
        self._latest = seen
        self._waiting.append(seen)
        return seen

    def _look_back(self, face: Face) -> None:
        """Follow a face backwards through the frames in hand, to where it entered."""
        first = at = face.first
        missed = 0
        for seen in reversed(self._waiting):
            if seen.frame.index >= first:
                continue
            if seen.scene != face.scene or missed == MISSED_BACK:
                return
            box = self._roll.placed(face, at, seen)
            side = self._engine.contract.tile_side
            view = view_of(box, FOLLOW_SIDES[seen.number % len(FOLLOW_SIDES)], side, *seen.size)
            map_ = self._engine.look(cut_view(seen.gray, view)[None])[0]
            self._looks = self._looks.plus(Looks(back=1))
            region = self._criteria.followed_in(map_, view, box)
            if region is None:
                missed += 1
            else:
                face.sightings[seen.frame.index] = region
                at, missed = seen.frame.index, 0
