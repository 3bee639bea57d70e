"""What a network gets wrong in its own training photos, as values and as a file. Knows nothing of networks."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from faceerase.errors import DataError


@dataclass(frozen=True, slots=True)
class HardSpot:
    """Where a network saw a face and none is: number of the photo in its set, middle and height in photo pixels."""

    photo: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class MissedFace:
    """A face that a network did not see: number of the photo in its set, and of the face in the photo."""

    photo: int
    face: int


@dataclass(frozen=True, slots=True)
class HardCases:
    """False alarms and missed faces."""

    spots: tuple[HardSpot, ...] = ()
    missed: tuple[MissedFace, ...] = ()


def together(cases: Iterable[HardCases]) -> HardCases:
    """Return all of them as one."""
    cases = list(cases)
    return HardCases(
        tuple(spot for one in cases for spot in one.spots), tuple(face for one in cases for face in one.missed)
    )


def save_cases(path: Path, cases: HardCases) -> None:
    """Write cases beside their target and rename them into place."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(json.dumps(asdict(cases)))
    os.replace(partial, path)


def load_cases(path: Path) -> HardCases:
    """Return what ``save_cases`` wrote.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        raw = json.loads(path.read_text())
        return HardCases(
            tuple(HardSpot(**entry) for entry in raw["spots"]), tuple(MissedFace(**entry) for entry in raw["missed"])
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
