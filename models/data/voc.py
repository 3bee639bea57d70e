"""The Pascal VOC layout: one XML file a photo, ``ImageSets/Main/{train,val}.txt`` where the set is split.

Reads annotations only; opens no picture. Layout: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree

from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox, Photo, Split

FACE_CLASSES = ("face", "with_mask", "without_mask", "mask_weared_incorrect")
"""Class names that mean a face: the seed's set, and the common sets of masked faces."""

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def is_voc(root: Path) -> bool:
    """Whether a folder holds VOC annotations (``*.xml``, at most two levels down)."""
    return next(_annotations(root), None) is not None


def read_voc(root: Path, classes: Collection[str] = FACE_CLASSES) -> tuple[dict[Split | None, list[Photo]], list[str]]:
    """Return the photos by split (None: the set names none), and the faults found in the annotations.

    A picture is looked for beside its annotation, then in ``JPEGImages/`` and ``images/``; one that is not found is
    left to the check of the pictures. Objects of other classes are left out, ``difficult`` ones are ignore regions.

    Raises:
        DataError: no annotation under ``root``.
    """
    wanted = {name.lower() for name in classes}
    split_of: dict[str, Split] = {}
    names: tuple[Split, ...] = ("train", "val")
    for split in names:
        listed = root / "ImageSets" / "Main" / f"{split}.txt"
        if listed.is_file():
            split_of |= dict.fromkeys(
                (line.split()[0] for line in listed.read_text().splitlines() if line.strip()), split
            )
    photos: dict[Split | None, list[Photo]] = {}
    faults: list[str] = []
    found = False
    for path in sorted(_annotations(root)):
        found = True
        try:
            photo, others = _read(path, root, wanted)
        except (ElementTree.ParseError, ValueError, AttributeError, TypeError, OSError) as error:
            faults.append(f"annotation that cannot be understood: {path.relative_to(root)} ({error})")
            continue
        faults += [f"object of another class: {path.relative_to(root)} ({name})" for name in others]
        photos.setdefault(split_of.get(path.stem), []).append(photo)
    if not found:
        raise DataError(f"{root}: no Pascal VOC annotations (*.xml) in it")
    return photos, faults


def _annotations(root: Path) -> Iterator[Path]:
    for pattern in ("*.xml", "*/*.xml"):
        yield from root.glob(pattern)


def _read(path: Path, root: Path, wanted: Collection[str]) -> tuple[Photo, list[str]]:
    tree = ElementTree.parse(path).getroot()
    faces, others = [], []
    for entry in tree.iter("object"):
        name = (entry.findtext("name") or "").strip()
        if name.lower() not in wanted:
            others.append(name)
            continue
        box = entry.find("bndbox")
        if box is None:
            raise ValueError(f"object {name!r} has no bndbox")
        # One-based and inclusive in VOC; whole pixels either way.
        left, top, right, bottom = (float(box.findtext(key) or "nan") for key in ("xmin", "ymin", "xmax", "ymax"))
        if not all(abs(value) < 1e7 for value in (left, top, right, bottom)):
            raise ValueError(f"box of {name!r} has no number")
        pose = (entry.findtext("pose") or "Unspecified").strip().lower()
        faces.append(
            FaceBox(
                left - 1,
                top - 1,
                right - left + 1,
                bottom - top + 1,
                ignore=(entry.findtext("difficult") or "0").strip() == "1" or right <= left or bottom <= top,
                turned=None if pose == "unspecified" else pose != "frontal",
            )
        )
    return Photo(_picture_of(path, root, tree.findtext("filename")), _event_of(path, root), tuple(faces), None), others


def _picture_of(annotation: Path, root: Path, named: str | None) -> Path:
    folders = (annotation.parent, root / "JPEGImages", root / "images", root)
    names = [Path(named.strip()).name] if named and named.strip() else []
    names += [annotation.stem + ending for ending in PICTURES]
    for folder in folders:
        for name in names:
            if (folder / name).is_file():
                return folder / name
    return folders[0] / names[0]


def _event_of(annotation: Path, root: Path) -> str:
    return root.name if annotation.parent in (root, root / "Annotations") else annotation.parent.name
