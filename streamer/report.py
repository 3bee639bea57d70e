"""What happened to one film, as a value. Knows nothing of how it is shown."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a job is: ``frames`` done ``of`` about so many (0 = unknown)."""

    frames: int
    of: int
    regions: int


@dataclass(frozen=True, slots=True)
class FilmReport:
    """The outcome of one film.

    Attributes:
        source: the film that went in.
        output: the film that came out.
        matte: the mask that was used, where asked for.
        frames: written.
        frames_with_regions: of them, how many had something erased.
        regions: erased in all.
        tiles: looked at in all.
        erased_share: share of all pixels that were erased.
        provider: what the network really ran on.
        encoder: that was used, and its pixel format.
        seconds: wall-clock time.
        remarks: what was dropped, changed or repaired.
        lost: what could not be decoded; not empty means that frames are missing.
    """

    source: Path
    output: Path
    matte: Path | None
    frames: int
    frames_with_regions: int
    regions: int
    tiles: int
    erased_share: float
    provider: str
    encoder: str
    seconds: float
    remarks: tuple[str, ...]
    lost: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {key: str(value) if isinstance(value, Path) else value for key, value in asdict(self).items()}
