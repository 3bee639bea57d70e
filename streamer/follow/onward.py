"""What is covered of a face now, told from its past alone: where it was, and where it was going. Pure functions.

For pictures that are shown at once. Knows nothing of networks or of how sightings were linked.
"""

from dataclasses import replace

from faceerase.streamer.follow.track import Offsets, Reach, Sightings, covering
from faceerase.streamer.mask.regions import Region

DRIFT = 0.1
"""How much wider a cover gets on each side with every frame in which its face is not seen, as a share of its side."""

FURTHEST = 1.0
"""How far a face that is not seen goes at most, and how much wider its cover gets at most, as a share of its side."""


def onward(sightings: Sightings, offsets: Offsets, frame: int, reach: Reach) -> tuple[Region, ...]:
    """Return what is to be covered of a face in the latest frame: nothing, or regions that together are its cover.

    Where the face is not seen any more it is covered where it was, and, ever wider, where it went on to.

    Args:
        sightings: of the face, none of them after ``frame``.
        offsets: of every frame in which it was seen, and of ``frame``.
        frame: its number; numbers are as far apart as the frames are in time.
        reach: how long covers are held.
    """
    held = covering(sightings, offsets, frame, reach)
    last = max(sightings)
    if not held or frame == last:
        return held
    region, gone = sightings[last], frame - last
    most = FURTHEST * region.box.side
    dx, dy = (min(max(speed * gone, -most), most) for speed in _speed(sightings, offsets, last, reach.smooth))
    (x0, y0), (x1, y1) = offsets[last], offsets[frame]
    box = region.box.moved(dx + x1 - x0, dy + y1 - y0).grown(min(DRIFT * gone * region.box.side, most))
    return (*held, replace(region, box=box, seen=False))


def _speed(sightings: Sightings, offsets: Offsets, last: int, over: int) -> tuple[float, float]:
    """Return how far a face went a frame, the camera's own movement left out, over about so many frames."""
    before = [at for at in sightings if at < last]
    if not before:
        return 0.0, 0.0
    first = max((at for at in before if at <= last - over), default=min(before))
    (ax, ay), (bx, by) = sightings[first].box.centre, sightings[last].box.centre
    (ox, oy), (px, py) = offsets[first], offsets[last]
    return (bx - ax - px + ox) / (last - first), (by - ay - py + oy) / (last - first)
