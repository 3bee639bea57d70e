"""From a folder of annotated photos to a packed cache: read, check, split, pack; what is wrong is counted and named.

Knows nothing of the command line or of training.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from faceerase.errors import DataError
from faceerase.models.data.check import CheckedPhoto, check_photo
from faceerase.models.data.duplicates import Fingerprint, fingerprint, groups_of_alike
from faceerase.models.data.pack import PackWriter, is_pack, read_pack
from faceerase.models.data.photo import Photo, PhotoSet, Split, read_gray
from faceerase.models.data.split import split_groups
from faceerase.models.data.voc import FACE_CLASSES, is_voc, read_voc
from faceerase.models.data.wider import annotations_of, read_wider

SPLITS: tuple[Split, ...] = ("train", "val")

Unsplit = dict[Split | None, list[Photo]]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """``largest_side`` in pixels; ``seed`` of the 85/15 split; ``classes`` of VOC objects that mean a face."""

    largest_side: int = 1024
    seed: int = 0
    classes: tuple[str, ...] = FACE_CLASSES


@dataclass(frozen=True, slots=True)
class PrepareReport:
    """What went into a pack.

    ``photos``, ``faces`` and ``ignored`` by split; ``faults`` as "kind: where"; ``drawn`` tells whether the split was
    drawn here; ``alike`` counts photos with a near-duplicate among the others.
    """

    photos: dict[Split, int]
    faces: dict[Split, int]
    ignored: dict[Split, int]
    masks: int
    faults: tuple[str, ...]
    drawn: bool
    alike: int

    def fault_counts(self) -> dict[str, int]:
        """Return how often each kind of fault was found."""
        return dict(Counter(fault.split(":")[0] for fault in self.faults))


def open_photos(root: Path, split: Split) -> PhotoSet:
    """Return one split of a pack or of a folder in the WIDER FACE layout.

    Raises:
        DataError: it is neither, or cannot be read.
    """
    if is_pack(root):
        return read_pack(root, split)
    return PhotoSet(read_wider(root, split), read_gray)


def open_packed(
    root: Path, pack: Path, report: Callable[[int, int], None], options: PrepareOptions | None = None
) -> tuple[PhotoSet, PhotoSet]:
    """Return the training and the validation photos of a pack; any other folder is packed to ``pack`` first, once.

    Raises:
        DataError: it is neither a pack nor a folder that can be packed.
    """
    if not is_pack(root):
        if not is_pack(pack):
            prepare(root, pack, options or PrepareOptions(), report)
        root = pack
    return read_pack(root, "train"), read_pack(root, "val")


def prepare(source: Path, target: Path, options: PrepareOptions, report: Callable[[int, int], None]) -> PrepareReport:
    """Pack a folder in the WIDER FACE or Pascal VOC layout and return what was found.

    Args:
        source: the folder.
        target: the pack's folder; it appears there whole, or not at all.
        options: see there.
        report: called with (photos done, photos in all).

    Raises:
        DataError: no layout that is known, no usable photo, or ``target`` cannot be written.
    """
    annotated, faults = _read(source, options.classes)
    total = sum(len(photos) for photos in annotated.values())
    splits, alike, drawn = _divide(annotated, options.seed, faults)
    counts = {split: Counter[str]() for split in SPLITS}
    masks = done = 0
    with PackWriter(target) as pack:
        for (photo, split), (checked, found) in _checked(splits, options.largest_side):
            done += 1
            report(done, total)
            faults += found
            if checked is None:
                continue
            named = replace(checked.photo, image=_name(photo.image, source))
            pack.add(named, split, checked.gray, checked.mask)
            masks += checked.mask is not None
            counts[split]["photos"] += 1
            counts[split]["faces"] += sum(not face.ignore for face in named.faces)
            counts[split]["ignored"] += sum(face.ignore for face in named.faces)
        if not any(count["faces"] for count in counts.values()):
            raise DataError(
                f"{source}: no usable photo with a face in it ({len(faults)} faults, the first: {_first(faults)})"
            )
    return PrepareReport(
        photos={split: counts[split]["photos"] for split in SPLITS},
        faces={split: counts[split]["faces"] for split in SPLITS},
        ignored={split: counts[split]["ignored"] for split in SPLITS},
        masks=masks,
        faults=tuple(faults),
        drawn=drawn,
        alike=alike,
    )


def _read(source: Path, classes: Collection[str]) -> tuple[Unsplit, list[str]]:
    given = [split for split in SPLITS if annotations_of(source, split).is_file()]
    if len(given) == 2:
        return {split: list(read_wider(source, split)) for split in SPLITS}, []
    if given:
        return {None: list(read_wider(source, given[0]))}, []
    if is_voc(source):
        photos, faults = read_voc(source, classes)
        whole: Unsplit = photos if photos.get("train") and photos.get("val") else {None: list(chain(*photos.values()))}
        return whole, faults
    raise DataError(f"{source}: neither the WIDER FACE layout (wider_face_split/) nor Pascal VOC (*.xml) in it")


def _divide(annotated: Unsplit, seed: int, faults: list[str]) -> tuple[list[tuple[Photo, Split]], int, bool]:
    """Return each photo with its split, how many have a near-duplicate, and whether the split was drawn."""
    flat = [(photo, split) for split, photos in annotated.items() for photo in photos]
    prints = [mark for marks in _in_parallel(_mark, (photo for photo, _ in flat)) for mark in marks]
    groups = groups_of_alike([mark if mark is not None else np.zeros(4, np.uint64) for mark in prints])
    sizes = Counter(groups)
    alike = sum(sizes[group] > 1 for group in groups)
    if None in annotated:
        return list(zip((photo for photo, _ in flat), split_groups(groups, seed), strict=True)), alike, True
    checked_on = {group for group, (_, split) in zip(groups, flat, strict=True) if split == "val"}
    kept: list[tuple[Photo, Split]] = []
    for group, (photo, split) in zip(groups, flat, strict=True):
        if split == "train" and group in checked_on:
            faults.append(f"training photo like a validation photo (left out): {photo.event}/{photo.image.name}")
        elif split is not None:
            kept.append((photo, split))
    return kept, alike, False


def _mark(photo: Photo) -> list[Fingerprint | None]:
    try:
        return [fingerprint(read_gray(photo.image))]
    except DataError:
        return [None]


def _checked(
    photos: Sequence[tuple[Photo, Split]], largest_side: int
) -> Iterator[tuple[tuple[Photo, Split], tuple[CheckedPhoto | None, list[str]]]]:
    checks = _in_parallel(lambda item: check_photo(item[0], read_gray, largest_side), photos)
    yield from zip(photos, checks, strict=True)


def _in_parallel(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield results in order, a bounded number ahead: decoding leaves the interpreter's lock."""
    items = iter(items)
    with ThreadPoolExecutor() as pool:
        while batch := list(islice(items, 64)):
            yield from pool.map(work, batch)


def _name(path: Path, source: Path) -> Path:
    return path.relative_to(source) if path.is_relative_to(source) else Path(path.name)


def _first(faults: Sequence[str]) -> str:
    return faults[0] if faults else "none"
