"""Hard cases: where a network errs in its own training photos, both ways (bootstrapping, Sung & Poggio 1998).

Knows nothing of the training loop.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.models.data.photo import Photo, PhotoSet
from faceerase.models.tiles.hard import HardCases, HardSpot, MissedFace, together
from faceerase.models.tiles.targets import box_shape
from faceerase.streamer.box import Box
from faceerase.streamer.look.candidates import Candidate, find_candidates
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.look.view import cut_view

SURE_OF = 0.5
"""A map value from which on a spot counts as a false alarm."""

NEAR_FACE = 1.3
"""What touches a box grown by this is no false alarm but a face drawn too wide."""

SMALLEST = 24.0
"""Height in photo pixels from which false alarms are looked for. Below it, in photos with people, most are faces that
nobody marked: teaching them as hard negatives would teach to miss faces."""


SEEN = 0.5
"""Share of a face's box that one spot must cover; a face without such a spot is missed, and shown more often."""


class Looks(Protocol):
    """Tiles (N, side, side) uint8 to maps of the same shape, float32 in 0 to 1."""

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]: ...  # noqa: D102


def mine(photos: PhotoSet, network: Looks, side: int, min_face: float, count: int, seed: int) -> HardCases:
    """Return the false alarms in all face-free photos and in ``count`` of the others, and the faces missed in these.

    Args:
        photos: the training photos.
        network: as it is now.
        side: of its tiles.
        min_face: height in tile pixels of the smallest face that it finds.
        count: of photos with faces, drawn by ``seed``.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    with_faces = [number for number, photo in enumerate(photos.photos) if photo.faces]
    chosen = [number for number, photo in enumerate(photos.photos) if not photo.faces]
    chosen += [int(number) for number in rng.permutation(with_faces)[:count]]
    return together(_look_at(number, photos, network, side, min_face) for number in sorted(chosen))


def _look_at(number: int, photos: PhotoSet, network: Looks, side: int, min_face: float) -> HardCases:
    photo = photos.photos[number]
    gray = photos.read(photo.image)
    height, width = gray.shape
    tiles = plan_pyramid(width, height, side, SMALLEST, min_face)
    maps = network.look(np.stack([cut_view(GrayPicture(gray, 0, 255), tile.view) for tile in tiles]))
    seen = find_candidates(tiles, maps, SURE_OF, SMALLEST / 2)
    return HardCases(_false_alarms(number, photo, seen, width, height), _missed(number, photo, seen))


def _false_alarms(
    number: int, photo: Photo, seen: Sequence[Candidate], width: int, height: int
) -> tuple[HardSpot, ...]:
    near = np.zeros((height, width), np.uint8)
    for face in photo.faces:
        near |= box_shape(face, NEAR_FACE, width, height)
    spots = []
    for box in (one.box for one in seen):
        if not near[max(0, int(box.y0)) : int(box.y1) + 1, max(0, int(box.x0)) : int(box.x1) + 1].any():
            spots.append(HardSpot(number, *box.centre, max(float(np.sqrt(box.area)), SMALLEST / 2)))
    return tuple(spots)


def _missed(number: int, photo: Photo, seen: Sequence[Candidate]) -> tuple[MissedFace, ...]:
    missed = []
    for at, face in enumerate(photo.faces):
        if face.ignore or face.height < SMALLEST:
            continue
        box = Box(face.x, face.y, face.x + face.width, face.y + face.height)
        if not any(one.box.common(box) >= SEEN * box.area for one in seen):
            missed.append(MissedFace(number, at))
    return tuple(missed)
