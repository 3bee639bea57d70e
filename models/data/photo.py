"""Photos and the faces in them, as values. Opens no file; knows nothing of layouts, tiles or networks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.errors import DataError

Split = Literal["train", "val"]
Gray = NDArray[np.uint8]
ReadPicture = Callable[[Path], Gray]
"""Returns the gray picture, (height, width) uint8, that a photo or a mask names."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """One annotated face: left, top, width and height in photo pixels; an ``ignore`` box counts for nothing.

    ``turned`` tells whether the annotation calls the pose atypical; None where it says nothing.
    """

    x: float
    y: float
    width: float
    height: float
    ignore: bool
    turned: bool | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo, its event, its faces (perhaps none) and its pixel mask where there is one."""

    image: Path
    event: str
    faces: tuple[FaceBox, ...]
    mask: Path | None


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos of one split, and how their pictures are read."""

    photos: tuple[Photo, ...]
    read: ReadPicture


def read_gray(path: Path) -> Gray:
    """Return a picture file as gray uint8 (height, width).

    Raises:
        DataError: it is missing or cannot be decoded.
    """
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)  # boxes ignore it too
    if gray is None:
        raise DataError(f"{path}: missing, or not a picture that can be decoded")
    return np.asarray(gray, dtype=np.uint8)
