"""Evaluation of an exported network on photos, through the runtime's own tiles, thresholds and regions.

Needs no torch: what is measured is what runs. Knows nothing of training.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.models.crops import read_gray
from faceerase.models.metrics import COVERED
from faceerase.models.targets import box_shape, face_shape
from faceerase.models.wider import Photo
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import cut_tiles, merge_maps, plan_pyramid
from faceerase.streamer.mask.cut import cut_map
from faceerase.streamer.mask.matte import scale_mask
from faceerase.streamer.seams import MaskEngine

HEIGHTS = (8, 16, 32, 64, 128)
"""Lower ends of the height classes, in photo pixels; the last is open."""

AROUND_FACE = 1.3
"""Pixels within a face's box grown by this are neither asked for nor damage."""


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """One photo at one threshold."""

    covered: tuple[int, ...]
    faces: tuple[int, ...]
    damaged: float
    """Share of the non-face pixels that were masked."""
    face_free: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """A set of photos at one threshold.

    ``coverage`` holds the share of faces covered in each class of ``HEIGHTS`` (None where there is no face), ``faces``
    their numbers, ``damage`` the mean share of non-face pixels masked, ``damage_face_free`` the same on photos without
    a face, None where there are none.
    """

    threshold: float
    coverage: tuple[float | None, ...]
    faces: tuple[int, ...]
    damage: float
    damage_face_free: float | None


@dataclass(frozen=True, slots=True)
class MaskRule:
    """How maps become masks during an evaluation; ``min_face`` in photo pixels."""

    rule: ThresholdRule
    margin: float
    min_face: float


def evaluate(
    photos: Sequence[Photo],
    engine: MaskEngine,
    how: MaskRule,
    thresholds: Sequence[float],
    report: Callable[[int], None],
) -> tuple[Scores, ...]:
    """Return the scores at every threshold; each photo is looked at once.

    Raises:
        DataError: a photo cannot be read.
        ModelError: the network failed.
    """
    scores: list[list[PhotoScore]] = [[] for _ in thresholds]
    for number, photo in enumerate(photos):
        gray = read_gray(photo.image)
        height, width = gray.shape
        contract = engine.contract
        plan = plan_pyramid(width, height, contract.tile_side, how.min_face, contract.min_face)
        map_ = merge_maps(engine.look(cut_tiles(GrayPicture(gray, 0, 255), plan)), plan)
        photo_mask = None if photo.mask is None else read_gray(photo.mask)
        shapes, outside = _truth(photo, photo_mask, width, height)
        for column, threshold in zip(scores, thresholds, strict=True):
            column.append(_score(photo, shapes, outside, mask_of(map_, how, threshold, width, height)))
        report(number + 1)
    return tuple(_pool(threshold, column) for threshold, column in zip(thresholds, scores, strict=True))


def mask_of(map_: NDArray[np.float32], how: MaskRule, threshold: float, width: int, height: int) -> NDArray[np.bool_]:
    """Return the mask of a photo, (height, width), as the runtime would make it."""
    found = cut_map(map_, how.rule, threshold, how.margin, how.min_face, width)
    return scale_mask(found.mask, width, height) > 0


def _truth(
    photo: Photo, photo_mask: NDArray[np.uint8] | None, width: int, height: int
) -> tuple[list[NDArray[np.bool_]], NDArray[np.bool_]]:
    """Each counted face's shape, and the pixels that belong to none."""
    as_is = np.eye(2, 3)
    shapes = [face_shape(face, photo_mask, as_is, width, height) > 0 for face in photo.faces if not face.ignore]
    outside = np.ones((height, width), np.bool_)
    for face in photo.faces:
        outside &= box_shape(face, AROUND_FACE, width, height) == 0
    return shapes, outside


def _score(
    photo: Photo, shapes: Sequence[NDArray[np.bool_]], outside: NDArray[np.bool_], mask: NDArray[np.bool_]
) -> PhotoScore:
    covered, faces = [0] * len(HEIGHTS), [0] * len(HEIGHTS)
    counted = [face for face in photo.faces if not face.ignore]
    for face, shape in zip(counted, shapes, strict=True):
        if face.height < HEIGHTS[0] or not shape.any():
            continue
        group = int(np.searchsorted(HEIGHTS, face.height, side="right")) - 1
        faces[group] += 1
        covered[group] += float(mask[shape].mean()) >= COVERED
    damaged = float(mask[outside].mean()) if outside.any() else 0.0
    return PhotoScore(tuple(covered), tuple(faces), damaged, not photo.faces)


def _pool(threshold: float, photos: Sequence[PhotoScore]) -> Scores:
    faces = tuple(sum(photo.faces[group] for photo in photos) for group in range(len(HEIGHTS)))
    covered = [sum(photo.covered[group] for photo in photos) for group in range(len(HEIGHTS))]
    free = [photo.damaged for photo in photos if photo.face_free]
    return Scores(
        threshold=threshold,
        coverage=tuple(hit / count if count else None for hit, count in zip(covered, faces, strict=True)),
        faces=faces,
        damage=float(np.mean([photo.damaged for photo in photos])),
        damage_face_free=float(np.mean(free)) if free else None,
    )
