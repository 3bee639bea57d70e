"""Checks one photo as it is read: what is wrong is named and mended or left out, never a crash.

Knows nothing of layouts, splits or packs.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox, Gray, Photo, ReadPicture


@dataclass(frozen=True, slots=True, repr=False)
class CheckedPhoto:
    """A photo with its picture and mask, boxes within the picture."""

    photo: Photo
    gray: Gray
    mask: Gray | None


def check_photo(photo: Photo, read: ReadPicture, largest_side: int) -> tuple[CheckedPhoto | None, list[str]]:
    """Return a photo ready for use (None where its picture is of none) and its faults, as "kind: where".

    Args:
        photo: as annotated.
        read: reads its picture and mask.
        largest_side: a larger picture is shrunk to it, boxes with it.
    """
    name = f"{photo.event}/{photo.image.name}"
    if not photo.image.is_file():
        return None, [f"missing image: {name}"]
    try:
        gray = read(photo.image)
    except DataError:
        return None, [f"unreadable image: {name}"]
    faults: list[str] = []
    height, width = gray.shape
    faces = []
    for face in photo.faces:
        kept, fault = _within(face, width, height)
        if fault:
            faults.append(f"{fault}: {name} ({face.x:g} {face.y:g} {face.width:g}×{face.height:g})")
        if kept is not None:
            faces.append(kept)
    mask = None
    if photo.mask is not None:
        try:
            mask = read(photo.mask)
        except DataError:
            faults.append(f"unreadable mask: {name}")
        if mask is not None and mask.shape != gray.shape:
            faults.append(f"mask of another size: {name}")
            mask = None
    scale = min(1.0, largest_side / max(width, height))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
        mask = None if mask is None else np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
        sx, sy = size[0] / width, size[1] / height
        faces = [
            replace(face, x=face.x * sx, y=face.y * sy, width=face.width * sx, height=face.height * sy)
            for face in faces
        ]
    found = replace(photo, faces=tuple(faces), mask=photo.mask if mask is not None else None)
    return CheckedPhoto(found, gray, mask), faults


def _within(face: FaceBox, width: int, height: int) -> tuple[FaceBox | None, str]:
    """Return the box cut at the picture's edge, and what was wrong with it; an ignore region is kept as it is."""
    left, top = max(0.0, face.x), max(0.0, face.y)
    right, bottom = min(float(width), face.x + face.width), min(float(height), face.y + face.height)
    if face.width <= 0 or face.height <= 0:
        return None, "empty box"
    if right <= left or bottom <= top:
        return None, "box outside the picture"
    share = (right - left) * (bottom - top) / (face.width * face.height)
    if share < 0.99:
        # The ellipse is that of the whole face: half a face at the edge is drawn as half, not as a small whole one.
        return face, "box beyond the edge (kept, the picture ends there)"
    return face, ""
