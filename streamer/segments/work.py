"""A segment as a unit of work, for workers of any kind. Knows nothing of who they are, or of other segments."""

from dataclasses import dataclass

from faceerase.streamer.report import Progress
from faceerase.streamer.segments.run import Unit, run_segment
from faceerase.streamer.segments.store import HALF
from faceerase.streamer.tally import Tally
from faceerase.streamer.workers.seam import Tell, Tools


@dataclass(frozen=True, slots=True)
class SegmentWork:
    """A segment to be worked off; its file is what comes of it."""

    unit: Unit

    @property
    def name(self) -> str:
        """Unlike that of every other segment of its film."""
        return f"{self.unit.target.name}, segment {self.unit.number}"

    def do(self, tools: Tools, tell: Tell) -> Tally:
        """Work it off; ``tell`` hears of frames and faces of this segment.

        Raises:
            FaceEraseError: as ``run_segment`` does.
        """
        tally = Tally()

        def count(one: Tally) -> None:
            nonlocal tally
            tally = tally.plus(one)
            tell(Progress(tally.frames, 0, tally.faces))

        run_segment(self.unit, tools.engine(self.unit.config.look), count)
        return tally

    def clear(self, pid: int) -> None:
        """Remove what a process that was ended in the middle of it left behind."""
        del pid  # nobody else writes this segment
        self.unit.path.with_suffix(HALF).unlink(missing_ok=True)
