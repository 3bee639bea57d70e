"""The WIDER FACE layout: which photos there are, and where the faces in them lie.

Reads the official folders and text annotations, and beside them two optional folders: ``masks/<event>/<name>.png``
(pixel masks, 255 = face) and ``backgrounds/*.jpg`` (photos without a face). Opens no picture; knows nothing of tiles.

Layout: http://shuoyang1213.me/WIDERFACE/ (``wider_face_split/readme.txt``).
"""

from collections.abc import Iterator
from pathlib import Path

from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox, Photo, Split


def annotations_of(root: Path, split: Split) -> Path:
    """Return where the official annotations of a split lie."""
    return root / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"


def read_wider(root: Path, split: Split) -> tuple[Photo, ...]:
    """Return the photos of one split, in the order of the annotation file; for ``train``, backgrounds follow.

    Raises:
        DataError: a folder or the annotation file is missing, or a line of it cannot be understood.
    """
    images = root / f"WIDER_{split}" / "images"
    if not images.is_dir():
        raise DataError(f"{images}: no such folder; expected the WIDER FACE layout under {root}")
    photos = tuple(
        Photo(image=images / name, event=Path(name).parent.name, faces=faces, mask=_mask_of(root, name))
        for name, faces in parse_annotations(annotations_of(root, split))
    )
    if split == "train":
        backgrounds = sorted((root / "backgrounds").glob("*.jpg"))
        photos += tuple(Photo(image=path, event="backgrounds", faces=(), mask=None) for path in backgrounds)
    return photos


def parse_annotations(path: Path) -> Iterator[tuple[str, tuple[FaceBox, ...]]]:
    """Yield (relative image name, faces) from an official ``*_bbx_gt.txt``.

    A photo without faces has the count 0 and, in the official files, one line of zeros after it; both forms are read.

    Raises:
        DataError: the file is missing, or a line cannot be understood (file and line number are named).
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot read the annotations ({error})") from error
    at = 0
    while at < len(lines):
        name = lines[at].strip()
        if not name:
            at += 1
            continue
        try:
            count = int(lines[at + 1])
            faces = tuple(_face(line) for line in lines[at + 2 : at + 2 + count])
            if len(faces) != count:
                raise ValueError(f"{count} faces announced, {len(faces)} found")
        except (ValueError, IndexError, OverflowError) as error:
            raise DataError(f"{path}:{at + 1}: annotation of {name} cannot be understood ({error})") from error
        at += 2 + count
        if count == 0 and at < len(lines) and _is_zero_line(lines[at]):
            at += 1
        yield name, faces


def _face(line: str) -> FaceBox:
    # x y w h blur expression illumination invalid occlusion pose
    values = [int(float(text)) for text in line.split()]
    if len(values) < 8:
        raise ValueError(f"expected 10 numbers, found {line.strip()!r}")
    x, y, width, height = values[:4]
    turned = bool(values[9]) if len(values) > 9 else None  # WIDER: pose 0 typical, 1 atypical
    return FaceBox(x, y, width, height, bool(values[7]) or width <= 0 or height <= 0, turned)


def _is_zero_line(line: str) -> bool:
    fields = line.split()
    return len(fields) >= 4 and all(text == "0" for text in fields)


def _mask_of(root: Path, name: str) -> Path | None:
    path = (root / "masks" / name).with_suffix(".png")
    return path if path.is_file() else None
