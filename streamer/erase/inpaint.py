"""Inpainting: a membrane over a hole, joined to its rim on every scale.

The membrane is spanned over a small copy. On the way back to the picture's own cells, what is known beside the hole is
put into each larger copy: the fill meets its rim sample for sample, and a difference reaches no farther than it is wide
(pull and push: Gortler et al. 1996, doi:10.1145/237170.237200). It depends on pixels outside the hole only. Knows
nothing of films or regions.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.holes import Rectangle
from faceerase.streamer.erase.membrane import span
from faceerase.streamer.erase.working_copy import Copies

LONGEST = 20
"""Longest side of a piece in samples of its smallest copy; two more where it does not begin at one of them."""

RIM = 0.03
"""How far from a hole its rim reaches, as a share of its greater side. The membrane has the colours of the rim: much
wider, and the sky beyond a strand of hair counts; narrower, and the fill hangs on single pixels."""

HIDDEN_FROM = 0.5
"""Share of a sample that must be unknown for it to count as the hole's."""


@dataclass(frozen=True, slots=True, repr=False)
class Fill:
    """A filled copy.

    Attributes:
        samples: (height, width, planes) float32, in the planes' own values.
        hole: (height, width) uint8 0/1.
        box: left, top, width and height of the face's own hole, in samples.
        grain: standard deviation of the noise to be put on each plane, in its own values, (planes,) float32.
    """

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    box: tuple[float, float, float, float]
    grain: NDArray[np.float32]


def make_fill(
    copies: Copies, box: tuple[float, float, float, float], grain: NDArray[np.float32], middle: float
) -> Fill:
    """Return the fill of a hole, at the size of the smallest copy of its surroundings.

    Args:
        copies: of the surroundings.
        box: left, top, width and height of the face's own hole, in samples of the smallest copy.
        grain: standard deviation of the noise around the hole, (planes,).
        middle: value of what is filled where nothing at all is known.
    """
    smallest = copies.levels[-1]
    hole = (smallest[:, :, -1] < HIDDEN_FROM).astype(np.uint8)
    filled = span(copies)
    if filled is None:
        nothing = np.full((*hole.shape, len(grain)), middle, np.float32)
        return Fill(nothing, hole, box, np.zeros(len(grain), np.float32))
    return Fill(filled, hole, box, grain)


def join(samples: NDArray[np.float32], copies: Copies, part: Rectangle) -> list[NDArray[np.float32]]:
    """Return each plane of a fill in a part of the largest copy, (height, width), joined to what is known.

    Args:
        samples: filled, of the size of the smallest copy, (height, width, planes).
        copies: of the surroundings.
        part: of the largest copy that is wanted.
    """
    planes = samples.shape[2]
    if len(copies.levels) == 1:
        return [np.ascontiguousarray(part.of(samples[:, :, plane])) for plane in range(planes)]
    filled = np.concatenate((samples, np.ones_like(samples[:, :, :1])), axis=2)
    for level in reversed(copies.levels[1:-1]):
        filled = np.asarray(cv2.resize(filled, level.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        filled *= _unknown(level)
        filled += level
    # The largest is the dearest: no more of it than is wanted, and one sample around in the one before.
    half = Rectangle(part.left // 2 - 1, part.top // 2 - 1, part.right // 2 + 2, part.bottom // 2 + 2)
    half = half.within(filled.shape[1], filled.shape[0])
    larger, level = half.of(filled), half.of(copies.levels[0], (2, 2))
    larger = np.asarray(cv2.resize(larger, level.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    larger *= _unknown(level)
    larger += level
    cut = part.moved(-2 * half.left, -2 * half.top)
    return [np.asarray(cv2.extractChannel(cut.of(larger), plane), np.float32) for plane in range(planes)]


def _unknown(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of each sample that is not known, once for every plane."""
    planes = level.shape[2]
    share = np.float32(1) - np.asarray(cv2.extractChannel(level, planes - 1), np.float32)
    return np.asarray(cv2.merge([share] * planes), np.float32)
