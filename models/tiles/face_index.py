"""Which face is shown at which height: small ones from photos where faces are small, large ones from close views.

A close portrait shrunk to a speck on a black ground is not what a small face looks like in a film. Knows nothing of
tiles' content.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from faceerase.configs.training import CropRecipe
from faceerase.models.data.photo import FaceBox, Photo, PhotoSet

HEIGHT_CLASSES = 16
SMALLEST_PHOTO = 0.6
"""A photo may be shrunk until its long side is this share of the tile's; the runtime's smallest look is 1."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A face, its photo, and the height in tile pixels at which it is to be shown."""

    photo: Photo
    face: FaceBox
    height: float


class FaceIndex:
    """Draws faces; rare events more often than their share (1/√size), faces of crowded photos less often (1/√faces)."""

    def __init__(self, photos: PhotoSet, recipe: CropRecipe, side: int) -> None:
        self._largest = min(recipe.face_largest, side * 0.85)
        self._smallest = recipe.face_smallest
        self._magnify = recipe.magnify
        self._natural = recipe.natural
        self._faces = [(p, f) for p in photos.photos for f in p.faces if not f.ignore]
        events = Counter(photo.event for photo in photos.photos if photo.faces)
        weights = np.array(
            [events[p.event] ** -0.5 * sum(not f.ignore for f in p.faces) ** -0.5 for p, _ in self._faces]
        )
        heights = np.array([face.height for _, face in self._faces])
        fits = _fits([photo for photo, _ in self._faces], photos, side)
        edges = np.geomspace(self._smallest, self._largest, HEIGHT_CLASSES + 1)
        self._edges = edges
        self._any = np.cumsum(weights)
        self._classes = []
        for low, high in pairwise(edges):
            fit = (heights * fits * SMALLEST_PHOTO <= high) & (heights * recipe.magnify >= low)
            self._classes.append(np.cumsum(weights * fit))

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self._faces)

    def draw(self, rng: np.random.Generator) -> Choice:
        """Return a face and a height, log-uniform over the recipe's range."""
        height = self.draw_height(rng)
        number = min(int(np.searchsorted(self._edges, height, side="right")) - 1, HEIGHT_CLASSES - 1)
        cumulated = self._classes[number]
        if rng.random() >= self._natural or cumulated[-1] <= 0:
            cumulated = self._any
        position = int(np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right"))
        photo, face = self._faces[min(position, len(self._faces) - 1)]
        return Choice(photo, face, min(height, face.height * self._magnify))

    def draw_height(self, rng: np.random.Generator) -> float:
        """Return a height in tile pixels, log-uniform over the recipe's range."""
        return float(np.exp(rng.uniform(np.log(self._smallest), np.log(self._largest))))


def _fits(of: Sequence[Photo], photos: PhotoSet, side: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    known: dict[int, float] = {}
    for photo in of:
        if id(photo) not in known:
            known[id(photo)] = side / max(photos.read(photo.image).shape)
    return np.array([known[id(photo)] for photo in of])
