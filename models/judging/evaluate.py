"""Whole photos, judged: every face and every pixel, at any number of thresholds.

Runs without torch. Knows nothing of tables or plots.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from faceerase.models.data.photo import PhotoSet
from faceerase.models.judging.faces import FaceHits, FaceScores, hit_faces, score_faces, truth_of
from faceerase.models.judging.looks import Looker
from faceerase.models.judging.pixels import PixelCounts, PixelScores, count_pixels, score_pixels


@dataclass(frozen=True, slots=True)
class Scores:
    """A set of photos at one threshold."""

    threshold: float
    faces: FaceScores
    pixels: PixelScores


def evaluate(
    photos: PhotoSet, looker: Looker, thresholds: Sequence[float], report: Callable[[int], None]
) -> tuple[Scores, ...]:
    """Return the scores at every threshold; each photo is looked at once.

    Args:
        photos: of the validation split.
        looker: who is judged.
        thresholds: of a looker's own kind.
        report: called with the number of photos done.

    Raises:
        DataError: a photo cannot be read.
        ModelError: the network failed.
    """
    hits: list[list[FaceHits]] = [[] for _ in thresholds]
    counts: list[list[PixelCounts]] = [[] for _ in thresholds]
    for number, photo in enumerate(photos.photos):
        gray = photos.read(photo.image)
        height, width = gray.shape
        truth = truth_of(photo, photos.read, width, height)
        mask_at = looker.look(photo, gray)
        for column, threshold in enumerate(thresholds):
            mask = mask_at(threshold)
            hits[column].append(hit_faces(mask, truth))
            counts[column].append(count_pixels(mask, truth.face, truth.counts))
        report(number + 1)
    return tuple(
        Scores(threshold, score_faces(hits[column]), score_pixels(counts[column]))
        for column, threshold in enumerate(thresholds)
    )
