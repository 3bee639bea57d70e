"""What happened to one film, as a value. Knows nothing of how it is shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from faceerase.streamer.look.looks import Looks
from faceerase.streamer.verify.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a job is: ``frames`` done ``of`` about so many (0 = unknown); ``faces`` erased, or found in the result."""

    frames: int
    of: int
    faces: int
    stage: Literal["erasing", "verifying"] = "erasing"


@dataclass(frozen=True, slots=True)
class FilmReport:
    """The outcome of one film.

    Attributes:
        source: the film that went in.
        output: the film that came out.
        matte: the mask that was used, where asked for.
        frames: written.
        frames_with_regions: of them, how many had something erased.
        faces: erased in all, counted anew in every frame.
        looks: tiles that were looked at in all, and why; candidates that a second look rejected.
        most_tiles: looked at between two frames.
        erased_share: share of all pixels that were erased.
        provider: what the network really ran on.
        encoder: that was used, and its pixel format.
        seconds: wall-clock time.
        remarks: what was dropped, changed or repaired.
        lost: what could not be decoded; not empty means that frames are missing.
        verified: what the check of the result came to, None where there was none.
        tracks: faces that were followed, each counted once.
    """

    source: Path
    output: Path
    matte: Path | None
    frames: int
    frames_with_regions: int
    faces: int
    looks: Looks
    most_tiles: int
    erased_share: float
    provider: str
    encoder: str
    seconds: float
    remarks: tuple[str, ...]
    lost: tuple[str, ...]
    verified: Verdict | None = None
    tracks: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        values = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(self).items()}
        return values | {"verified": self.verified.to_dict() if self.verified else None}


def together(reports: Sequence[FilmReport]) -> FilmReport:
    """Return the first of several reports with the counts and the cost of all of them."""
    looks = Looks()
    for one in reports:
        looks = looks.plus(one.looks)
    frames = sum(one.frames for one in reports)
    return replace(
        reports[0],
        frames=frames,
        frames_with_regions=sum(one.frames_with_regions for one in reports),
        faces=sum(one.faces for one in reports),
        tracks=sum(one.tracks for one in reports),
        looks=looks,
        most_tiles=max(one.most_tiles for one in reports),
        erased_share=sum(one.erased_share * one.frames for one in reports) / max(1, frames),
        seconds=sum(one.seconds for one in reports),
    )
