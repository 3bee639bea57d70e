"""Face by face: which are covered, by height and by pose, and what was masked where no face is.

Knows nothing of networks or thresholds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from faceerase.models.data.photo import FaceBox, Gray, Photo
from faceerase.models.judging.metrics import COVERED
from faceerase.models.tiles.targets import box_shape, face_shape

HEIGHTS = (8, 16, 32, 64, 128)
"""Lower ends of the height classes, in photo pixels; the last is open."""

CLASS_NAMES = (*(f"{low}–{high} px" for low, high in pairwise(HEIGHTS)), f"> {HEIGHTS[-1]} px")

LARGE = 32
"""Height from which faces are also counted together."""

AROUND_FACE = 1.3
"""Pixels within a face's box grown by this are neither asked for nor damage."""


class Share(NamedTuple):
    """``covered`` of ``faces``."""

    covered: int
    faces: int

    @property
    def ratio(self) -> float | None:
        """The share covered, or None where there is no face."""
        return self.covered / self.faces if self.faces else None


@dataclass(frozen=True, slots=True, repr=False)
class Truth:
    """What is true of one photo, all masks (height, width).

    Attributes:
        faces: that count: not ignored, at least ``HEIGHTS[0]`` high.
        shapes: of each of them.
        face: every face that counts or is smaller.
        counts: false in ignore regions.
        outside: pixels that belong to no box grown by ``AROUND_FACE``, ignored ones included.
        face_free: whether the photo has no box at all.
    """

    faces: tuple[FaceBox, ...]
    shapes: tuple[NDArray[np.bool_], ...]
    face: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    face_free: bool


@dataclass(frozen=True, slots=True)
class FaceHits:
    """One mask against one photo's truth: each face's height, pose and whether it is covered; the damage."""

    hits: tuple[tuple[float, bool | None, bool], ...]
    damage: float
    """Share of the pixels outside all faces that were masked."""
    face_free: bool


@dataclass(frozen=True, slots=True)
class FaceScores:
    """A set of photos.

    ``by_height`` follows ``HEIGHTS``; ``large`` are all of ``LARGE`` and more; ``frontal`` and ``turned`` those whose
    pose the annotations give. ``damage`` is the mean over photos, ``damage_face_free`` that over photos without a face,
    None where there are none.
    """

    by_height: tuple[Share, ...]
    large: Share
    frontal: Share
    turned: Share
    damage: float
    damage_face_free: float | None


def truth_of(photo: Photo, read: Callable[..., Gray], width: int, height: int) -> Truth:
    """Return what is true of a photo whose picture is ``width`` × ``height``."""
    as_is = np.eye(2, 3)
    photo_mask = None if photo.mask is None else read(photo.mask)
    face = np.zeros((height, width), np.bool_)
    outside = np.ones((height, width), np.bool_)
    ignored = np.zeros((height, width), np.bool_)
    faces, shapes = [], []
    for box in photo.faces:
        outside &= box_shape(box, AROUND_FACE, width, height) == 0
        if box.ignore:
            ignored |= box_shape(box, 1.1, width, height) > 0
            continue
        shape = face_shape(box, photo_mask, as_is, width, height) > 0
        face |= shape
        if box.height >= HEIGHTS[0] and shape.any():
            faces.append(box)
            shapes.append(shape)
    return Truth(tuple(faces), tuple(shapes), face, ~ignored | face, outside, not photo.faces)


def hit_faces(mask: NDArray[np.bool_], truth: Truth) -> FaceHits:
    """Return which faces of a photo a mask (height, width) covers, and what else."""
    hits = tuple(
        (box.height, box.turned, float(mask[shape].mean()) >= COVERED)
        for box, shape in zip(truth.faces, truth.shapes, strict=True)
    )
    damage = float(mask[truth.outside].mean()) if truth.outside.any() else 0.0
    return FaceHits(hits, damage, truth.face_free)


def score_faces(photos: Sequence[FaceHits]) -> FaceScores:
    """Return the scores of a set of photos."""
    hits = [hit for photo in photos for hit in photo.hits]
    classes = [int(np.searchsorted(HEIGHTS, height, side="right")) - 1 for height, _, _ in hits]
    free = [photo.damage for photo in photos if photo.face_free]
    return FaceScores(
        by_height=tuple(
            _share([hit for hit, found in zip(hits, classes, strict=True) if found == number])
            for number in range(len(HEIGHTS))
        ),
        large=_share([hit for hit in hits if hit[0] >= LARGE]),
        frontal=_share([hit for hit in hits if hit[1] is False]),
        turned=_share([hit for hit in hits if hit[1] is True]),
        damage=float(np.mean([photo.damage for photo in photos])),
        damage_face_free=float(np.mean(free)) if free else None,
    )


def _share(hits: Sequence[tuple[float, bool | None, bool]]) -> Share:
    return Share(sum(covered for _, _, covered in hits), len(hits))
