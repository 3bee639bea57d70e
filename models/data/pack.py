"""The packed cache: every photo of a set decoded once, gray, one after the other in one file.

A training run reads it through the memory map, so that it never waits for JPEG. ``index.json`` holds what the photos
are, ``pictures.gray`` their samples. The index is written last: without it a folder is not a pack. Knows nothing of
where the photos came from.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np

from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox, Gray, Photo, PhotoSet, Split

INDEX, PICTURES = "index.json", "pictures.gray"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies in the file: offset in bytes, height and width."""

    offset: int
    height: int
    width: int


class PackWriter:
    """Writes a pack into a hidden folder beside ``target``; it takes that name when the block ends well."""

    def __init__(self, target: Path) -> None:
        """Open the pack for writing.

        Raises:
            DataError: ``target`` exists, or nothing can be written there.
        """
        if target.exists():
            raise DataError(f"{target}: exists already; name another folder, or remove it")
        self._target = target
        self._partial = target.with_name(f".{target.name}.part")
        self._entries: list[dict[str, Any]] = []
        try:
            shutil.rmtree(self._partial, ignore_errors=True)
            self._partial.mkdir(parents=True)
            self._pictures: BinaryIO = (self._partial / PICTURES).open("wb")
        except OSError as error:
            raise DataError(f"{target}: cannot be written ({error.strerror})") from error

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def add(self, photo: Photo, split: Split, gray: Gray, mask: Gray | None) -> None:
        """Append one photo, its picture and its mask."""
        entry: dict[str, Any] = {"image": photo.image.as_posix(), "event": photo.event, "split": split}
        entry["faces"] = [asdict(face) for face in photo.faces]
        entry["gray"] = asdict(self._append(gray))
        entry["mask"] = None if mask is None else asdict(self._append(mask))
        self._entries.append(entry)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the pack its name, or remove it where the block failed."""
        self._pictures.close()
        if kind is not None:
            shutil.rmtree(self._partial, ignore_errors=True)
            return
        try:
            (self._partial / INDEX).write_text(json.dumps({"version": VERSION, "photos": self._entries}))
            os.rename(self._partial, self._target)
        except OSError as failed:
            raise DataError(f"{self._target}: cannot be written ({failed.strerror})") from failed

    def _append(self, picture: Gray) -> Place:
        place = Place(self._pictures.tell(), *picture.shape)
        try:
            self._pictures.write(np.ascontiguousarray(picture).tobytes())
        except OSError as error:
            raise DataError(f"{self._target}: cannot be written ({error.strerror})") from error
        return place


class PackedPictures:
    """A ``ReadPicture`` over a pack. Can be sent to another process: the map is opened where it is first read."""

    def __init__(self, file: Path, places: dict[Path, Place]) -> None:
        self._file = file
        self._places = places
        self._map: Gray | None = None

    def __call__(self, path: Path) -> Gray:
        """Return a picture, a read-only view into the pack.

        Raises:
            DataError: the pack has no such picture.
        """
        place = self._places.get(path)
        if place is None:
            raise DataError(f"{self._file}: has no picture {path}")
        if self._map is None:
            self._map = np.memmap(self._file, np.uint8, mode="r")
        samples = self._map[place.offset : place.offset + place.height * place.width]
        return samples.reshape(place.height, place.width)

    def __getstate__(self) -> tuple[Path, dict[Path, Place]]:
        """Leave the map behind."""
        return self._file, self._places

    def __setstate__(self, state: tuple[Path, dict[Path, Place]]) -> None:
        """Take up what was sent."""
        self.__init__(*state)  # type: ignore[misc]


def is_pack(root: Path) -> bool:
    """Whether a folder is a packed cache."""
    return (root / INDEX).is_file()


def read_pack(root: Path, split: Split) -> PhotoSet:
    """Return one split of a pack.

    Raises:
        DataError: the index cannot be understood, or the pictures are missing or cut short.
    """
    try:
        index = json.loads((root / INDEX).read_text())
        if index["version"] != VERSION:
            raise ValueError(f"version {index['version']}, this faceerase reads {VERSION}")
        entries = [entry for entry in index["photos"] if entry["split"] == split]
        places = dict(_places(entries))
        photos = tuple(_photo(entry) for entry in entries)
        size = (root / PICTURES).stat().st_size
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{root}: not a pack that can be read ({error}); prepare it again") from error
    if any(place.offset + place.height * place.width > size for place in places.values()):
        raise DataError(f"{root}: its pictures are cut short; prepare it again")
    return PhotoSet(photos, PackedPictures(root / PICTURES, places))


def _photo(entry: dict[str, Any]) -> Photo:
    faces = tuple(FaceBox(**face) for face in entry["faces"])
    return Photo(Path(entry["image"]), entry["event"], faces, _mask_key(entry) if entry["mask"] else None)


def _places(entries: Iterable[dict[str, Any]]) -> Iterable[tuple[Path, Place]]:
    for entry in entries:
        yield Path(entry["image"]), Place(**entry["gray"])
        if entry["mask"]:
            yield _mask_key(entry), Place(**entry["mask"])


def _mask_key(entry: dict[str, Any]) -> Path:
    return Path("masks") / str(entry["image"])
