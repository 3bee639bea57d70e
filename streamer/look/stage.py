"""The stage that looks: frames in, frames with their merged map out; tiles of several frames share a batch.

Knows nothing of thresholds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.frame import Frame
from faceerase.streamer.look.gray import gray_of
from faceerase.streamer.look.pyramid import TilePlan, cut_tiles, merge_maps
from faceerase.streamer.seams import MaskEngine, TilePlanner


@dataclass(frozen=True, slots=True, repr=False)
class LookedAt:
    """A frame, its map at network scale (height, width) float32, and how many tiles it took."""

    frame: Frame
    map: NDArray[np.float32]
    tiles: int


def look(
    frames: Iterable[Frame], planner: TilePlanner, engine: MaskEngine, full_range: bool, batch_size: int
) -> Iterator[LookedAt]:
    """Yield every frame with its map, in order."""
    waiting: list[tuple[Frame, TilePlan, NDArray[np.uint8]]] = []
    for frame in frames:
        gray = gray_of(frame.picture, full_range)
        height, width = gray.samples.shape
        plan = planner.plan(frame.index, width, height)
        waiting.append((frame, plan, cut_tiles(gray, plan)))
        if sum(plan.tiles for _, plan, _ in waiting) >= batch_size:
            yield from _flush(waiting, engine)
            waiting = []
    yield from _flush(waiting, engine)


def _flush(waiting: list[tuple[Frame, TilePlan, NDArray[np.uint8]]], engine: MaskEngine) -> Iterator[LookedAt]:
    if not waiting:
        return
    maps = engine.look(np.concatenate([tiles for _, _, tiles in waiting]))
    at = 0
    for frame, plan, _ in waiting:
        yield LookedAt(frame, merge_maps(maps[at : at + plan.tiles], plan), plan.tiles)
        at += plan.tiles
