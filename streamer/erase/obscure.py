"""Blur, mosaic and solid colour: coarser ways to hide a face, each too coarse to be undone.

Knows nothing of films or of inpainting.
"""

from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.erase.holes import Hole
from faceerase.streamer.erase.light import finite
from faceerase.streamer.planes import Layout, PlaneArray

Obscuring = Literal["blur", "mosaic", "solid"]

SURROUNDINGS = 0.35
"""How far around a hole its surroundings take part, as a share of its size, on each side."""

CELLS = 5
"""Mosaic cells, and samples left by the blur, across a face: far below the 16 or so that recognition needs."""


def obscure(
    method: Obscuring, planes: Sequence[PlaneArray], layout: Layout, hole: Hole, columns: int, rows: int
) -> None:
    """Hide what is in a hole, in place.

    Args:
        method: by which.
        planes: of the picture.
        layout: how they lie.
        hole: of one face.
        columns: of cells in the picture.
        rows: of cells in the picture.
    """
    around = hole.around(SURROUNDINGS, columns, rows)
    x, y = hole.place.left - around.left, hole.place.top - around.top
    for plane in layout.colour:
        block = layout.block_of(plane)
        piece, face = around.of(planes[plane], block), hole.place.side * max(block)
        if layout.floating:
            piece = finite(piece)
        if method == "solid":
            filled = solid(piece, layout.neutral(plane))
        else:
            filled = blur(piece, face) if method == "blur" else mosaic(piece, face)
        hole.write(planes[plane], block, _samples(filled[y * block[1] :, x * block[0] :], layout, planes[plane].dtype))


def _samples(filled: NDArray[np.float32], layout: Layout, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what was filled as samples of its plane: whole numbers up to white, unless they are floats."""
    return filled if layout.floating else np.clip(np.rint(filled), 0, layout.white).astype(dtype)


def blur(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    """Return the piece with so little detail left that ``CELLS`` samples span a face ``face`` samples wide."""
    coarse = _coarse(plane, face)
    height, width = plane.shape
    enlarged = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    sigma = max(1.0, face / CELLS / 2)
    return np.asarray(cv2.GaussianBlur(enlarged, (0, 0), sigma), np.float32)


def mosaic(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    """Return the piece as squares, ``CELLS`` of them across a face ``face`` samples wide."""
    coarse = _coarse(plane, face)
    height, width = plane.shape
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)


def solid(plane: PlaneArray, value: int) -> NDArray[np.float32]:
    """Return a piece of one value."""
    return np.full(plane.shape, np.float32(value))


def _coarse(plane: PlaneArray, face: int) -> NDArray[np.float32]:
    # The surroundings take part: a square half in a face shows less of it.
    height, width = plane.shape
    cell = max(1.0, face / CELLS)
    size = (max(1, round(width / cell)), max(1, round(height / cell)))
    return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
