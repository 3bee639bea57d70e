"""Random tiles out of photos: which photo, which face, how large, turned how, with what beside it.

A sample is a pure function of (photos, recipe, hard spots, seed, number), so that training can be stopped and taken up
exactly, with any number of loader processes. Knows nothing of torch or of what happens to the gray values afterwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.configs.training import CropRecipe
from faceerase.errors import DataError
from faceerase.models.data.photo import Photo, PhotoSet
from faceerase.models.tiles.face_index import Choice, FaceIndex
from faceerase.models.tiles.hard import HardCases
from faceerase.models.tiles.paste import CutOut, paste
from faceerase.models.tiles.targets import FaceSizes, Target, draw_target, face_shape
from faceerase.models.tiles.view import View, draw_view, warp

DECOYS = 0.3
"""Share of pasted shapes that hold something else than a face."""


@dataclass(frozen=True, slots=True, repr=False)
class TileSample:
    """A gray tile (side, side) uint8 and its target."""

    gray: NDArray[np.uint8]
    target: Target


class CropSampler:
    """Draws tiles from photos."""

    def __init__(self, photos: PhotoSet, recipe: CropRecipe, seed: int, hard: HardCases | None = None) -> None:
        self.recipe = recipe
        self._seed = seed
        self._read = photos.read
        hard = hard or HardCases()
        self._spots = [(photos.photos[spot.photo], spot) for spot in hard.spots]
        self._missed = [(p := photos.photos[missed.photo], p.faces[missed.face]) for missed in hard.missed]
        self._without = [p for p in photos.photos if not p.faces]
        self._faces = {side: FaceIndex(photos, recipe, side) for side in (recipe.side, recipe.side // 2)}
        if not len(self._faces[recipe.side]):
            raise DataError("no photo with a face in this training set")
        masked = tuple(photo for photo in photos.photos if photo.mask is not None and photo.faces)
        self._masked = FaceIndex(PhotoSet(masked, photos.read), recipe, recipe.side)

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
        recipe = self.recipe
        kind = rng.random()
        if self._without and kind < recipe.background:
            tile = self._anywhere(self._without[int(rng.integers(len(self._without)))], rng, side)
        elif self._spots and kind < recipe.background + recipe.hard:
            tile = self._hard_tile(rng, side)
        elif self._missed and kind >= 1 - recipe.missed:
            photo, face = self._missed[int(rng.integers(len(self._missed)))]
            height = min(self._faces[side].draw_height(rng), face.height * recipe.magnify)
            return self._aimed(Choice(photo, face, height), rng, side)
        else:
            choice = self._faces[side].draw(rng)
            if rng.random() < recipe.anywhere:
                return self._anywhere(choice.photo, rng, side)
            return self._aimed(choice, rng, side)
        return self._with_pasted(tile, rng, side) if len(self._masked) and rng.random() < recipe.paste else tile

    def _anywhere(self, photo: Photo, rng: np.random.Generator, side: int) -> TileSample:
        """Somewhere in the photo, from the whole of it in the tile to a little magnified."""
        gray = self._read(photo.image)
        height, width = gray.shape
        fit = side / max(height, width)
        zoom = float(np.exp(rng.uniform(np.log(min(fit, 1.0) * 0.8), np.log(1.5))))
        centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
        return self._cut(photo, draw_view(centre, np.full(2, side / 2), zoom, rng, self.recipe), rng, side)

    def _aimed(self, choice: Choice, rng: np.random.Generator, side: int) -> TileSample:
        """A face; it may stand anywhere in the tile, a little beyond its edge included."""
        face = choice.face
        centre = np.array([face.x + face.width / 2, face.y + face.height / 2])
        reach = side / 2 - 0.25 * choice.height
        at = side / 2 + rng.uniform(-1, 1, 2) * max(reach, 0.1 * side)
        return self._cut(choice.photo, draw_view(centre, at, choice.height / face.height, rng, self.recipe), rng, side)

    def _hard_tile(self, rng: np.random.Generator, side: int) -> TileSample:
        """A false alarm, at any size at which it might be taken for a face."""
        photo, spot = self._spots[int(rng.integers(len(self._spots)))]
        zoom = min(self._faces[side].draw_height(rng) / spot.height, self.recipe.magnify)
        at = side / 2 + rng.uniform(-0.3, 0.3, 2) * side
        return self._cut(photo, draw_view(np.array([spot.x, spot.y]), at, zoom, rng, self.recipe), rng, side)

    def _cut(self, photo: Photo, view: View, rng: np.random.Generator, side: int) -> TileSample:
        recipe = self.recipe
        photo_mask = None if photo.mask is None else self._read(photo.mask)
        sizes = FaceSizes(recipe.ignore_below, recipe.ignore_above)
        target = draw_target(photo.faces, photo_mask, view.linear, side, sizes, recipe.small_face_weight)
        return TileSample(warp(self._read(photo.image), view, self._backdrop(rng, side)), target)

    def _with_pasted(self, tile: TileSample, rng: np.random.Generator, side: int) -> TileSample:
        """Put one to three cut-out faces, or decoys in their shape, on a tile that has none."""
        gray, target = tile.gray, tile.target
        for _ in range(int(rng.integers(1, 4))):
            choice = self._masked.draw(rng)
            photo, face = choice.photo, choice.face
            centre = np.array([face.x + face.width / 2, face.y + face.height / 2])
            zoom = min(choice.height, 0.85 * side) / face.height
            view = draw_view(centre, rng.uniform(0.05, 0.95, 2) * side, zoom, rng, self.recipe)
            mask = None if photo.mask is None else self._read(photo.mask)
            shape = face_shape(face, mask, view.linear, side, side) * np.uint8(255)
            is_face = not self._without or rng.random() >= DECOYS
            front = (
                warp(self._read(photo.image), view, np.zeros((side, side), np.uint8))
                if is_face
                else self._somewhere_else(rng, side)
            )
            cut_out = CutOut(front, shape, zoom * face.height, is_face)
            gray, target = paste(gray, target, cut_out, rng, self.recipe.small_face_weight)
        return TileSample(gray, target)

    def _backdrop(self, rng: np.random.Generator, side: int) -> NDArray[np.uint8]:
        """Return what lies beyond the photo's edge: black, as in the runtime, or a piece of a face-free photo.

        Without it small faces would be learnt in a black sea, and films have none.
        """
        if not self._without or rng.random() >= self.recipe.backdrop:
            return np.zeros((side, side), np.uint8)
        return self._somewhere_else(rng, side)

    def _somewhere_else(self, rng: np.random.Generator, side: int) -> NDArray[np.uint8]:
        """Return a tile full of a face-free photo."""
        gray = self._read(self._without[int(rng.integers(len(self._without)))].image)
        height, width = gray.shape
        cover = side / min(height, width)
        zoom = float(np.exp(rng.uniform(np.log(cover), np.log(max(cover * 1.2, 1.5)))))
        room = np.array([width, height]) - side / zoom
        corner = rng.uniform(0, 1, 2) * np.maximum(room, 0)
        linear = np.hstack([np.eye(2) * zoom, (-corner * zoom)[:, None]])
        return warp(gray, View(linear, zoom), np.zeros((side, side), np.uint8))
