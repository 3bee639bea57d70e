"""The tiles of one frame, as a value: a pyramid of overlapping tiles, and the whole frame letter-boxed in one.

Also cuts those tiles out of a gray picture and puts their maps together again. Knows nothing of models, films or
thresholds; which plan is used for which frame is a planner's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.look.gray import GrayPicture

Samples = NDArray[np.integer[Any] | np.floating[Any]]

OVERLAP = 64
"""Pixels by which neighbouring tiles overlap: faces up to this size lie whole in one of them; larger ones are found
on the next level, where they are half as large."""

MAGNIFY = 2.0
"""Greatest enlargement of the source: beyond it there is nothing more to see."""

SKIP_NEAR_WHOLE = 1.3
"""A level less than this much finer than the letter-boxed whole adds tiles and no detail."""


FIRST_OPINION = 0.8
"""How much the level that is surest of a face counts; the second surest has the rest."""

LARGEST = 170
"""Pixels of a tile up to which a face is seen well; one that is larger on the second coarsest level needs no second
opinion, because only the coarsest can have one."""


@dataclass(frozen=True, slots=True)
class Window:
    """One tile of a level: its left top corner, and the part [x0, x1) × [y0, y1) of the level that it answers for."""

    x: int
    y: int
    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Level:
    """The frame at one scale, and its tiles."""

    width: int
    height: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class TilePlan:
    """Which tiles of a frame are looked at; levels from fine to coarse. Tiles are numbered level by level."""

    side: int
    levels: tuple[Level, ...]

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return sum(len(level.windows) for level in self.levels)


def plan_pyramid(width: int, height: int, side: int, min_face: float, model_min_face: float) -> TilePlan:
    """Return every tile of every level for a frame.

    Args:
        width: of the frame, in pixels.
        height: of the frame, in pixels.
        side: of a tile.
        min_face: height of the smallest face to be found, in frame pixels.
        model_min_face: height in tile pixels of the smallest face that the model finds.
    """
    whole = min(side / max(width, height), MAGNIFY)
    scale = min(model_min_face / min_face, MAGNIFY)
    levels: list[Level] = []
    # The finest level is what the smallest face needs; among the coarser ones some can be spared.
    while scale > whole * (SKIP_NEAR_WHOLE if levels else 1.0):
        levels.append(_level(round(width * scale), round(height * scale), side))
        scale /= 2
    levels.append(_level(max(1, round(width * whole)), max(1, round(height * whole)), side))
    return TilePlan(side, tuple(levels))


def cut_tiles(gray: GrayPicture, plan: TilePlan) -> NDArray[np.uint8]:
    """Return the tiles of a plan, (tiles, side, side) full-range uint8; black beyond the picture's edge."""
    tiles = np.zeros((plan.tiles, plan.side, plan.side), np.uint8)
    samples: Samples = gray.samples
    number = 0
    for level in plan.levels:
        samples = _resize(samples, level.width, level.height)
        full = gray.full_range(samples)
        for window in level.windows:
            part = full[window.y : window.y + plan.side, window.x : window.x + plan.side]
            tiles[number, : part.shape[0], : part.shape[1]] = part
            number += 1
    return tiles


def merge_maps(maps: NDArray[np.float32], plan: TilePlan, threshold: float) -> NDArray[np.float32]:
    """Return one map of the frame at the scale of the finest level, (height, width) float32.

    Within a level each tile answers for its own part (cut in the middle of the overlaps), so that overlapping tiles
    don't add up their false alarms. Across levels the greatest value counts ``FIRST_OPINION``, the second greatest the
    rest: what is no face rarely looks like one at two sizes (ADR 10).

    Args:
        maps: (tiles, side, side) float32, numbered as in the plan.
        plan: the tiles that were looked at.
        threshold: of the model; half of it tells which faces only the coarsest level can see.
    """
    finest = plan.levels[0]
    first = np.zeros((finest.height, finest.width), np.float32)
    second = first.copy()
    number = 0
    for level in plan.levels:
        stitched = np.zeros((level.height, level.width), np.float32)
        for w in level.windows:
            stitched[w.y0 : w.y1, w.x0 : w.x1] = maps[number, w.y0 - w.y : w.y1 - w.y, w.x0 - w.x : w.x1 - w.x]
            number += 1
        level_map = _resize(stitched, finest.width, finest.height)
        np.maximum(second, np.minimum(first, level_map), out=second)
        np.maximum(first, level_map, out=first)
    if len(plan.levels) == 1:
        return first
    merged = np.float32(FIRST_OPINION) * first + np.float32(1 - FIRST_OPINION) * second
    # The coarsest level's map is the last one that was made.
    alone = _large(level_map, threshold / 2, LARGEST * finest.width / plan.levels[-2].width)
    return np.where(alone, first, merged)


def _large(map_: Samples, threshold: float, largest: float) -> NDArray[np.bool_]:
    """Return the parts above a threshold that are larger than ``largest`` in a map's pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((map_ > threshold).astype(np.uint8), connectivity=8)
    large = np.zeros(count, np.bool_)
    large[1:] = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) > largest
    return np.asarray(large[labels])


def _level(width: int, height: int, side: int) -> Level:
    windows = tuple(
        Window(x, y, x0, y0, x1, y1) for y, y0, y1 in _spans(height, side) for x, x0, x1 in _spans(width, side)
    )
    return Level(width, height, windows)


def _spans(length: int, side: int) -> Sequence[tuple[int, int, int]]:
    """(start, own part's start, own part's end) of evenly spread tiles along one axis."""
    if length <= side:
        return [(0, 0, length)]
    count = 1 + ceil((length - side) / (side - min(OVERLAP, side // 4)))
    starts = [round(i * (length - side) / (count - 1)) for i in range(count)]
    cuts = [0, *((a + side + b) // 2 for a, b in pairwise(starts)), length]
    return [(start, cuts[i], cuts[i + 1]) for i, start in enumerate(starts)]


def _resize(image: Samples, width: int, height: int) -> Samples:
    if image.shape == (height, width):
        return image
    shrink = width < image.shape[1]
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR))
