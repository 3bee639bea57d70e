"""What the network should answer: a face mask, and a weight for every pixel, for one view of one photo.

The target is the pixel mask where there is one, else the ellipse inscribed in the box. Ignore boxes, and faces
smaller or larger than the network is meant to find in one tile, weigh nothing. Knows nothing of files or augmentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.models.data.photo import FaceBox
from faceerase.models.tiles.view import pixel_centred

MASK_COVERS_BOX = 0.2
"""Share of a box that a pixel mask must fill to be taken for that face's mask (it may show only some of the faces)."""

_CIRCLE = np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 40, endpoint=False)), np.sin(a)], axis=1)
_SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class FaceSizes:
    """Heights in tile pixels: below ``smallest`` or above ``largest`` a face is neither asked for nor punished."""

    smallest: float
    largest: float


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """``mask``: uint8 0/1, ``weight``: float32 ≥ 0, both (side, side)."""

    mask: NDArray[np.uint8]
    weight: NDArray[np.float32]


def draw_target(
    faces: Sequence[FaceBox],
    photo_mask: NDArray[np.uint8] | None,
    view: NDArray[np.float64],
    side: int,
    sizes: FaceSizes,
    small_face_weight: float,
) -> Target:
    """Return target and weight of the tile that ``view`` cuts out of the photo.

    Args:
        faces: in photo pixels.
        photo_mask: (height, width) of the photo, 255 = face, or None.
        view: 2×3 affine map, photo pixels to tile pixels.
        side: of the tile.
        sizes: which faces count.
        small_face_weight: greatest weight of the pixels in and around a small face; one of 48 px and more weighs 1.
    """
    mask = np.zeros((side, side), np.uint8)
    weight = np.ones((side, side), np.float32)
    zoom = float(np.sqrt(abs(np.linalg.det(view[:, :2]))))
    counted: list[FaceBox] = []
    ignored: list[FaceBox] = []
    for face in faces:
        counts = not face.ignore and sizes.smallest <= face.height * zoom <= sizes.largest
        (counted if counts else ignored).append(face)
    for face in sorted(counted, key=lambda one: one.height, reverse=True):  # the smallest, which weigh most, on top
        _paint(weight, _polygon(_box_corners(face, 1.5), view), float(face_gain(face.height * zoom, small_face_weight)))
    for face in ignored:
        _paint(weight, _polygon(_box_corners(face, 1.1), view), 0)
    for face in counted:
        shape = face_shape(face, photo_mask, view, side, side)
        mask |= shape
        # Where a face that counts touches an ignored one, the face counts.
        weight[(shape > 0) & (weight == 0)] = 1
    return Target(mask, weight)


def face_gain(height: float, small_face_weight: float) -> np.float32:
    """Return the weight of the pixels of a face ``height`` tile pixels high: 1 from 48 px on, more for smaller ones."""
    return np.float32(np.clip(48 / max(height, 1.0), 1, small_face_weight))


def face_shape(
    face: FaceBox, photo_mask: NDArray[np.uint8] | None, view: NDArray[np.float64], width: int, height: int
) -> NDArray[np.uint8]:
    """Return one face as uint8 0/1 (height, width): its pixel mask where there is one, else the ellipse in its box.

    Args:
        face: in photo pixels.
        photo_mask: (height, width) of the photo, 255 = face, or None.
        view: 2×3 affine map, photo pixels to canvas pixels.
        width: of the canvas.
        height: of the canvas.
    """
    if photo_mask is not None:
        x, y = max(0, int(face.x)), max(0, int(face.y))
        inside = photo_mask[y : y + int(face.height), x : x + int(face.width)]
        if inside.size and float((inside > 127).mean()) > MASK_COVERS_BOX:
            warped = cv2.warpAffine(photo_mask, pixel_centred(view), (width, height), flags=cv2.INTER_LINEAR)
            box = _fill(_polygon(_box_corners(face, 1.05), view), width, height)
            return box & (np.asarray(warped) > 127).astype(np.uint8)
    radii = np.array([face.width / 2, face.height / 2])
    centre = np.array([face.x, face.y]) + radii
    return _fill(_polygon(centre + _CIRCLE * radii, view), width, height)


def box_shape(face: FaceBox, grow: float, width: int, height: int) -> NDArray[np.uint8]:
    """Return a face's box, ``grow`` times as large, as uint8 0/1 (height, width) of the photo."""
    return _fill(_box_corners(face, grow), width, height)


def _box_corners(face: FaceBox, grow: float) -> NDArray[np.float64]:
    cx, cy = face.x + face.width / 2, face.y + face.height / 2
    dx, dy = face.width * grow / 2, face.height * grow / 2
    return np.array([[cx - dx, cy - dy], [cx + dx, cy - dy], [cx + dx, cy + dy], [cx - dx, cy + dy]])


def _polygon(points: NDArray[np.float64], view: NDArray[np.float64]) -> NDArray[np.float64]:
    return points @ view[:, :2].T + view[:, 2]


def _fill(polygon: NDArray[np.float64], width: int, height: int) -> NDArray[np.uint8]:
    canvas = np.zeros((height, width), np.uint8)
    _paint(canvas, polygon, 1)
    return canvas


def _paint(canvas: NDArray[np.uint8] | NDArray[np.float32], polygon: NDArray[np.float64], value: float) -> None:
    # Pixel centres lie at whole numbers in OpenCV, at halves in photo coordinates.
    fixed = np.round((polygon - 0.5) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(canvas, [fixed], (value,), shift=_SUBPIXEL_BITS)
