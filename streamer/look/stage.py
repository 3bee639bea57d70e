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


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a film's pictures are to be seen: their range, and the quarter turns (counter-clockwise) to be upright."""

    full_range: bool
    quarter_turns: int


def look(
    frames: Iterable[Frame], planner: TilePlanner, engine: MaskEngine, viewing: Viewing, batch_size: int
) -> Iterator[LookedAt]:
    """Yield every frame with its map, in order; the network sees it upright, the map lies like the frame."""
    waiting: list[tuple[Frame, TilePlan, NDArray[np.uint8]]] = []
    for frame in frames:
        gray = gray_of(frame.picture, viewing.full_range).upright(viewing.quarter_turns)
        height, width = gray.samples.shape
        plan = planner.plan(frame.index, width, height)
        waiting.append((frame, plan, cut_tiles(gray, plan)))
        if sum(plan.tiles for _, plan, _ in waiting) >= batch_size:
            yield from _flush(waiting, engine, viewing)
            waiting = []
    yield from _flush(waiting, engine, viewing)


def _flush(
    waiting: list[tuple[Frame, TilePlan, NDArray[np.uint8]]], engine: MaskEngine, viewing: Viewing
) -> Iterator[LookedAt]:
    if not waiting:
        return
    maps = engine.look(np.concatenate([tiles for _, _, tiles in waiting]))
    at = 0
    for frame, plan, _ in waiting:
        upright = merge_maps(maps[at : at + plan.tiles], plan, engine.contract.threshold)
        as_decoded = np.ascontiguousarray(np.rot90(upright, -viewing.quarter_turns))
        yield LookedAt(frame, as_decoded, plan.tiles)
        at += plan.tiles
