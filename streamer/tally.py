"""What is counted while frames pass: of a film, or of one segment of it, to be added up. Knows nothing of reports."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from faceerase.streamer.look.looks import Looks


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of frames that were worked off.

    Attributes:
        frames: written.
        with_regions: of them, how many had something erased.
        faces: erased in all, counted anew in every frame.
        looks: tiles that were looked at, and why.
        most_tiles: looked at between two frames.
        erased_cells: of mattes.
        cells: of frames.
    """

    frames: int = 0
    with_regions: int = 0
    faces: int = 0
    looks: Looks = field(default_factory=Looks)
    most_tiles: int = 0
    erased_cells: int = 0
    cells: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return the counts of both."""
        return Tally(
            self.frames + other.frames,
            self.with_regions + other.with_regions,
            self.faces + other.faces,
            self.looks.plus(other.looks),
            max(self.most_tiles, other.most_tiles),
            self.erased_cells + other.erased_cells,
            self.cells + other.cells,
        )

    @property
    def erased_share(self) -> float:
        """Share of all pixels that were erased."""
        return self.erased_cells / max(1, self.cells)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Tally":
        """Return what ``to_dict`` gave."""
        plain = {one.name: values[one.name] for one in fields(cls)}
        return cls(**{**plain, "looks": Looks(**values["looks"])})
