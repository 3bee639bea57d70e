"""What is covered of one face in one frame, told from its sightings before and after. Pure functions of values.

Shapes grow at once and shrink slowly; between two sightings they are interpolated; before the first and after the last
they are held for a while. Knows nothing of networks or of how sightings were linked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from faceerase.streamer.box import Box
from faceerase.streamer.mask.regions import Region

Sightings = Mapping[int, Region]
"""Frame number to what was seen of a face there."""

Offsets = Mapping[int, tuple[float, float]]
"""Frame number to how far the camera had moved the picture since the scene began, in pixels."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Frames: ``lead`` before the first sighting, ``tail`` after the last, ``smooth`` on both sides of each."""

    lead: int
    tail: int
    smooth: int


def covering(sightings: Sightings, offsets: Offsets, frame: int, reach: Reach) -> tuple[Region, ...]:
    """Return what is to be covered of a face in a frame: nothing, or regions that together are its cover.

    Args:
        sightings: of the face, all in one scene; those after ``frame`` as far as they are known.
        offsets: of every frame between them.
        frame: its number.
        reach: how far sightings reach.
    """
    core = _core(sightings, offsets, frame, reach)
    if core is None:
        return ()
    smooth = replace(_smoothed(core, sightings, offsets, frame, reach.smooth), seen=False)
    seen = sightings.get(frame)
    # Never smaller than the evidence.
    return (smooth,) if seen is None else (smooth, seen)


def _core(sightings: Sightings, offsets: Offsets, frame: int, reach: Reach) -> Region | None:
    if frame in sightings:
        return sightings[frame]
    before = max((at for at in sightings if at < frame), default=None)
    after = min((at for at in sightings if at > frame), default=None)
    # One sighting alone says little about what came before and after it.
    tail = min(reach.tail, 2 * sum(at <= frame for at in sightings))
    if before is not None and after is not None:
        one, other = _at(sightings, offsets, before, frame), _at(sightings, offsets, after, frame)
        box = one.box.towards(other.box, (frame - before) / (after - before))
        return replace(one, box=box, shape=np.maximum(one.shape, other.shape), score=min(one.score, other.score))
    if before is not None and frame - before <= tail:
        return _at(sightings, offsets, before, frame)
    if after is not None and after - frame <= reach.lead:
        return _at(sightings, offsets, after, frame)
    return None


def _at(sightings: Sightings, offsets: Offsets, seen: int, frame: int) -> Region:
    """Return what was seen in one frame as it would stand in another if only the camera had moved."""
    region = sightings[seen]
    (x0, y0), (x1, y1) = offsets[seen], offsets[frame]
    return replace(region, box=region.box.moved(x1 - x0, y1 - y0))


def _smoothed(core: Region, sightings: Sightings, offsets: Offsets, frame: int, smooth: int) -> Region:
    total, x, y = 1.0, *core.box.centre
    width, height = core.box.width, core.box.height
    shape = core.shape
    for at in range(frame - smooth, frame + smooth + 1):
        if at == frame or at not in sightings:
            continue
        near = _at(sightings, offsets, at, frame)
        share = 1 - abs(at - frame) / (smooth + 1)
        cx, cy = near.box.centre
        total, x, y = total + share, x + share * cx, y + share * cy
        width = max(width, core.box.width + share * (near.box.width - core.box.width))
        height = max(height, core.box.height + share * (near.box.height - core.box.height))
        shape = np.maximum(shape, (near.shape * np.float32(share)).astype(np.uint8))
    x, y = x / total, y / total
    # A face that turns a corner is not left behind by the mean of where it was.
    x = min(max(x, core.box.x1 - width / 2), core.box.x0 + width / 2)
    y = min(max(y, core.box.y1 - height / 2), core.box.y0 + height / 2)
    return replace(core, box=Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2), shape=shape)
