"""A segment as a unit of work, for workers of any kind. Knows nothing of who they are, or of other segments."""

from dataclasses import dataclass

from faceerase.streamer.hidden.half import HALF
from faceerase.streamer.segments.run import Unit, run_segment
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
        return run_segment(self.unit, tools.engine(self.unit.config.look), tell)

    def clear(self, pid: int) -> None:
        """Remove what a process that was ended in the middle of it left behind."""
        del pid  # nobody else writes this segment
        self.unit.path.with_suffix(HALF).unlink(missing_ok=True)
