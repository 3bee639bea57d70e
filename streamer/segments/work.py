"""A segment as a unit of work, for workers of any kind. Knows nothing of who they are, or of other segments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from faceerase.streamer.report import Progress
from faceerase.streamer.segments.run import Unit, run_segment
from faceerase.streamer.segments.store import HALF, end_of
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

    @property
    def reads(self) -> tuple[Path, Path]:
        """The film, and the network."""
        return self.unit.info.path, self.unit.config.look.model

    @property
    def writes(self) -> Path:
        """Where the segment lies when it is finished."""
        return self.unit.path

    def moved(self, places: Mapping[Path, Path]) -> "SegmentWork":
        """Return the same segment of the same film with files that lie elsewhere."""
        unit = self.unit
        film, model = (places.get(path, path) for path in self.reads)
        look = unit.config.look.model_copy(update={"model": model})
        return SegmentWork(
            replace(
                unit,
                info=replace(unit.info, path=film),
                counted=replace(unit.counted, path=film),
                config=unit.config.model_copy(update={"look": look}),
                path=places.get(unit.path, unit.path),
            )
        )

    def whole(self) -> bool:
        """Return whether the finished segment is there, and as it was written."""
        return end_of(self.unit.path) is not None

    def clear(self, pid: int) -> None:
        """Remove what a process that was ended in the middle of it left behind."""
        del pid  # nobody else writes this segment
        self.unit.path.with_suffix(HALF).unlink(missing_ok=True)
