"""Hard cases: where a network errs in its own training photos, both ways (bootstrapping, Sung & Poggio 1998).

Knows nothing of the training loop.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.models.data.photo import Photo, PhotoSet
from faceerase.models.tiles.hard import HardCases, HardSpot, MissedFace, together
from faceerase.models.tiles.targets import box_shape, face_shape
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import cut_tiles, merge_maps, plan_pyramid
from faceerase.streamer.mask.cut import cut_map

SURE_OF = 0.5
"""A map value from which on a spot counts as a false alarm."""

NEAR_FACE = 1.3
"""What touches a box grown by this is no false alarm but a face drawn too wide."""

SMALLEST = 24.0
"""Height in photo pixels from which false alarms are looked for. Below it, in photos with people, most are faces that
nobody marked: teaching them as hard negatives would teach to miss faces."""


SEEN = 0.5
"""Share of a face that must lie above ``SURE_OF``; a face of which less does is missed, and shown more often."""


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
    plan = plan_pyramid(width, height, side, SMALLEST, min_face)
    map_ = merge_maps(network.look(cut_tiles(GrayPicture(gray, 0, 255), plan)), plan, 2 * SURE_OF)
    return HardCases(_false_alarms(number, photo, map_, width, height), _missed(number, photo, photos, map_, width))


def _false_alarms(
    number: int, photo: Photo, map_: NDArray[np.float32], width: int, height: int
) -> tuple[HardSpot, ...]:
    found = cut_map(map_, "fixed", SURE_OF, 0, SMALLEST, width)
    scale = width / map_.shape[1]
    near = np.zeros((height, width), np.uint8)
    for face in photo.faces:
        near |= box_shape(face, NEAR_FACE, width, height)
    spots = []
    for region in found.regions:
        x, y, w, h = (value * scale for value in (region.x, region.y, region.width, region.height))
        if not near[int(y) : int(y + h) + 1, int(x) : int(x + w) + 1].any():
            spots.append(HardSpot(number, x + w / 2, y + h / 2, max(float(np.sqrt(w * h)), SMALLEST / 2)))
    return tuple(spots)


def _missed(
    number: int, photo: Photo, photos: PhotoSet, map_: NDArray[np.float32], width: int
) -> tuple[MissedFace, ...]:
    scale = map_.shape[1] / width
    view = np.hstack([np.eye(2) * scale, np.zeros((2, 1))])
    mask = None if photo.mask is None else photos.read(photo.mask)
    missed = []
    for at, face in enumerate(photo.faces):
        if face.ignore or face.height < SMALLEST:
            continue
        shape = face_shape(face, mask, view, map_.shape[1], map_.shape[0]) > 0
        if shape.any() and float((map_[shape] > SURE_OF).mean()) < SEEN:
            missed.append(MissedFace(number, at))
    return tuple(missed)
