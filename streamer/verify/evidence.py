"""What stands in the result where a face is said to be: is it erased, and is it still like what was there?

Pure functions of pictures. Knows nothing of films, networks or detectors.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.gray import GrayPicture

DIFFERS_FROM = 8.0
"""Mean luma difference (of 255) around a pixel from which it is erased, where no matte tells. On the sample film 97 to
99 % of erased pixels exceed it with any method, of the others none at CRF 18 and 1 % at CRF 28."""

AROUND = (3, 9)
"""Least and greatest side in pixels of the square over which it is the mean (an eighth of the face): the noise of
encoding goes to and fro, a fill does not."""

DETAIL_SIDE = 24
"""A face is compared at this many pixels a side: in fewer nobody is recognised."""

RIM = 2
"""Of these pixels so many at the edge of what was erased are left out: a fill goes on where its surroundings end."""

ALIKE_FROM = 0.65
"""Likeness from which what stands there is still the face. On the sample film, 131 faces, fills reach 0.27 at most, the
other methods 0.53, with the matte or without. Blurred by a Gaussian of 0.05 of its height a face has 0.73 to 0.9, and
the detector finds half of them; by 0.08, 0.43 to 0.72, and it finds none."""

LEAST_CELLS = 24
"""Of ``DETAIL_SIDE`` squared: where fewer are erased, too much of the face may be left."""


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """One frame of the source and of the result, and its matte (bright = erased) or None; all upright, of one size."""

    before: GrayPicture
    after: GrayPicture
    matte: GrayPicture | None


def lies_inside(pair: Pair, box: Box) -> bool:
    """Return whether most of the middle of a box, half as wide and high, was erased."""
    middle = box.towards(Box(*box.centre, *box.centre), 0.5)
    return bool(_erased(pair, middle).mean() > 0.5)


def likeness(pair: Pair, box: Box) -> float:
    """Return how much the erased part of a box is like what was there before, -1 to 1; 1 where little was erased.

    Normalised cross-correlation of the detail, which is the luma at ``DETAIL_SIDE`` squared less its own blur, so that
    a fill of the same shade does not count as the same face.
    """
    size = (DETAIL_SIDE, DETAIL_SIDE)
    erased = cv2.resize(_erased(pair, box).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    whole = (np.asarray(erased) > 0.5).astype(np.float32)
    framed = cv2.copyMakeBorder(whole, RIM, RIM, RIM, RIM, cv2.BORDER_CONSTANT, value=(0,))
    shrunk = np.asarray(cv2.erode(framed, np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)), np.float32)
    core = shrunk[RIM:-RIM, RIM:-RIM]
    cells = core > 0
    if cells.sum() < LEAST_CELLS:
        return 1.0
    one, other = (_detail(_crop(gray, box), core)[cells] for gray in (pair.before, pair.after))
    # Detail of less than a gray level is the encoder's.
    powers = [max(float(np.square(values).sum()), float(values.size)) for values in (one, other)]
    return float((one * other).sum() / np.sqrt(powers[0] * powers[1]))


def _detail(luma: NDArray[np.uint8], core: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a small copy of a picture has beyond its own blur; what lies outside ``core`` has no part in it."""
    small = cv2.resize(luma.astype(np.float32), (DETAIL_SIDE, DETAIL_SIDE), interpolation=cv2.INTER_AREA)
    blurred = [cv2.GaussianBlur(values, (0, 0), DETAIL_SIDE / 6) for values in (small * core, core)]
    return np.asarray(small - blurred[0] / np.maximum(blurred[1], 1e-3), np.float32)


def _erased(pair: Pair, box: Box) -> NDArray[np.bool_]:
    if pair.matte is not None:
        return np.asarray(_crop(pair.matte, box) > 127)
    difference = cv2.absdiff(_crop(pair.before, box), _crop(pair.after, box)).astype(np.float32)
    around = int(min(max(AROUND[0], box.side / 8), AROUND[1])) | 1
    return np.asarray(cv2.blur(difference, (around, around)) > DIFFERS_FROM)


def _crop(gray: GrayPicture, box: Box) -> NDArray[np.uint8]:
    return gray.full_range(gray.samples[_slices(box, gray.samples.shape)])


def _slices(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of a box, at least one of each, inside a picture."""
    x0, y0 = (min(max(0, int(np.floor(at))), most - 1) for at, most in ((box.x0, shape[1]), (box.y0, shape[0])))
    return slice(y0, max(y0 + 1, int(np.ceil(box.y1)))), slice(x0, max(x0 + 1, int(np.ceil(box.x1))))
