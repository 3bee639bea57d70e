"""Random tiles out of photos: which photo, which face, how large, turned how.

A sample is a pure function of (photos, recipe, seed, number), so that training can be stopped and taken up exactly,
with any number of loader processes. Knows nothing of torch or of what happens to the gray values afterwards.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.training import CropRecipe
from faceerase.errors import DataError
from faceerase.models.targets import FaceSizes, Target, draw_target, pixel_centred
from faceerase.models.wider import FaceBox, Photo


@dataclass(frozen=True, slots=True, repr=False)
class TileSample:
    """A gray tile (side, side) uint8 and its target."""

    gray: NDArray[np.uint8]
    target: Target


class CropSampler:
    """Draws tiles from photos; rare events are drawn more often than their share (weight 1/√size of the event)."""

    def __init__(self, photos: Sequence[Photo], recipe: CropRecipe, seed: int) -> None:
        self.recipe = recipe
        self._seed = seed
        self._with_faces = [p for p in photos if any(not face.ignore for face in p.faces)]
        self._without = [p for p in photos if not p.faces]
        if not self._with_faces:
            raise DataError("no photo with a face in this training set")
        sizes = Counter(photo.event for photo in self._with_faces)
        weights = np.array([sizes[photo.event] ** -0.5 for photo in self._with_faces])
        self._weights = np.cumsum(weights / weights.sum())

    def sample(self, number: int) -> tuple[TileSample, np.random.Generator]:
        """Return tile ``number`` of this seed, and the generator to draw its augmentation from."""
        rng = np.random.default_rng((self._seed, number))
        side = self.recipe.side
        if rng.random() >= self.recipe.mosaic:
            return self._tile(rng, side), rng
        half = side // 2
        gray = np.empty((side, side), np.uint8)
        mask = np.empty((side, side), np.uint8)
        weight = np.empty((side, side), np.float32)
        for rows in (slice(0, half), slice(half, side)):
            for columns in (slice(0, half), slice(half, side)):
                part = self._tile(rng, half)
                gray[rows, columns] = part.gray
                mask[rows, columns] = part.target.mask
                weight[rows, columns] = part.target.weight
        return TileSample(gray, Target(mask, weight)), rng

    def _tile(self, rng: np.random.Generator, side: int) -> TileSample:
        if self._without and rng.random() < self.recipe.background:
            photo = self._without[int(rng.integers(len(self._without)))]
            return self._cut(photo, None, rng, side)
        photo = self._with_faces[int(np.searchsorted(self._weights, rng.random()))]
        faces = [face for face in photo.faces if not face.ignore]
        return self._cut(photo, faces[int(rng.integers(len(faces)))], rng, side)

    def _cut(self, photo: Photo, face: FaceBox | None, rng: np.random.Generator, side: int) -> TileSample:
        recipe = self.recipe
        gray = read_gray(photo.image)
        height, width = gray.shape
        if face is None or rng.random() < recipe.anywhere:
            # Somewhere in the photo, from the whole of it in the tile to a little magnified.
            fit = side / max(height, width)
            zoom = float(np.exp(rng.uniform(np.log(min(fit, 1.0) * 0.8), np.log(1.5))))
            centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
            at = np.array([side / 2, side / 2])
        else:
            smallest, largest = recipe.face_smallest, min(recipe.face_largest, side * 0.85)
            wanted = float(np.exp(rng.uniform(np.log(smallest), np.log(largest))))
            zoom = min(wanted / face.height, recipe.magnify)
            centre = np.array([face.x + face.width / 2, face.y + face.height / 2])
            # The face may stand anywhere in the tile, a little beyond its edge included.
            reach = side / 2 - 0.25 * face.height * zoom
            at = side / 2 + rng.uniform(-1, 1, 2) * max(reach, 0.1 * side)
        view = _view(centre, at, zoom, rng, recipe)
        photo_mask = None if photo.mask is None else read_gray(photo.mask)
        sizes = FaceSizes(recipe.ignore_below, recipe.ignore_above)
        target = draw_target(photo.faces, photo_mask, view, side, sizes, recipe.small_face_weight)
        return TileSample(_warp(gray, view, zoom, self._backdrop(rng, side)), target)

    def _backdrop(self, rng: np.random.Generator, side: int) -> NDArray[np.uint8]:
        """Return what lies beyond the photo's edge: black, as in the runtime, or a piece of a face-free photo.

        Without it small faces would be learnt in a black sea, and films have none.
        """
        if not self._without or rng.random() >= self.recipe.backdrop:
            return np.zeros((side, side), np.uint8)
        gray = read_gray(self._without[int(rng.integers(len(self._without)))].image)
        height, width = gray.shape
        cover = side / min(height, width)
        zoom = float(np.exp(rng.uniform(np.log(cover), np.log(max(cover * 1.2, 1.5)))))
        room = np.array([width, height]) - side / zoom
        corner = rng.uniform(0, 1, 2) * np.maximum(room, 0)
        view = np.hstack([np.eye(2) * zoom, (-corner * zoom)[:, None]])
        return _warp(gray, view, zoom, np.zeros((side, side), np.uint8))


def read_gray(path: Path) -> NDArray[np.uint8]:
    """Return a picture as gray uint8 (height, width).

    Raises:
        DataError: it is missing or cannot be decoded.
    """
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)  # boxes ignore it too
    if gray is None:
        raise DataError(f"{path}: missing, or not a picture that can be decoded")
    return np.asarray(gray, dtype=np.uint8)


def _view(
    centre: NDArray[np.float64], at: NDArray[np.float64], zoom: float, rng: np.random.Generator, recipe: CropRecipe
) -> NDArray[np.float64]:
    """Affine map that brings ``centre`` (photo) to ``at`` (tile): zoom, rotation, aspect, left-right flip."""
    angle = np.deg2rad(rng.uniform(-1, 1) * recipe.rotate) if rng.random() < 0.5 else 0.0
    stretch = np.exp(rng.uniform(-1, 1) * np.log(recipe.stretch))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([flip * zoom * np.sqrt(stretch), zoom / np.sqrt(stretch)])
    return np.hstack([linear, (at - linear @ centre)[:, None]])


def _warp(
    gray: NDArray[np.uint8], view: NDArray[np.float64], zoom: float, backdrop: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Cut the tile. Shrinking goes through an area average first, as in the runtime, so that nothing aliases."""
    back = np.eye(3)
    if zoom < 0.75:
        height, width = gray.shape
        size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
        sx, sy = width / size[0], height / size[1]
        back = np.array([[sx, 0, 0.5 * sx - 0.5], [0, sy, 0.5 * sy - 0.5], [0, 0, 1.0]])
    tile = cv2.warpAffine(
        gray,
        pixel_centred(view) @ back,
        backdrop.shape[::-1],
        dst=backdrop,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    return np.asarray(tile, np.uint8)
