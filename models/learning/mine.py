"""Hard cases: where a network errs in its own training photos, both ways (bootstrapping, Sung & Poggio 1998).

It errs where a second look, as the runtime takes it, does not put it right. Knows nothing of the training loop.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.models.data.photo import FaceBox, Photo, PhotoSet
from faceerase.models.tiles.hard import HardCases, HardSpot, MissedFace, together
from faceerase.models.tiles.targets import box_shape
from faceerase.streamer.box import Box
from faceerase.streamer.look.candidates import Candidate, find_candidates
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.look.second_look import Closer, look_closer
from faceerase.streamer.look.view import cut_view

SURE_OF = 0.5
"""A map value from which on a spot counts as a false alarm."""

NEAR_FACE = 1.3
"""What touches a box grown by this is no false alarm but a face drawn too wide."""

SMALLEST = 24.0
"""Height in photo pixels from which false alarms are looked for. Below it, in photos with people, most are faces that
nobody marked: teaching them as hard negatives would teach to miss faces."""


SEEN = 0.6
"""Share of a face's box that a closer look must show; a face with less is missed, and aimed at more often. An ellipse
fills 0.79 of its box."""


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
    gray = GrayPicture(photos.read(photo.image), 0, 255)
    height, width = gray.samples.shape
    tiles = plan_pyramid(width, height, side, SMALLEST, min_face)
    maps = network.look(np.stack([cut_view(gray, tile.view) for tile in tiles]))
    seen = find_candidates(tiles, maps, SURE_OF, SMALLEST / 2)
    alarms = look_closer(gray, _apart_from_faces(seen, photo, width, height), network.look, side)
    asked = [at for at, face in enumerate(photo.faces) if not face.ignore and face.height >= SMALLEST]
    faces = look_closer(gray, [Candidate(_box_of(photo.faces[at]), 1.0) for at in asked], network.look, side)
    return HardCases(
        tuple(
            HardSpot(number, *one.box.centre, max(float(np.sqrt(one.box.area)), SMALLEST / 2))
            for one in alarms
            if _inside(one).max(initial=0) > SURE_OF
        ),
        tuple(
            MissedFace(number, at)
            for at, one in zip(asked, faces, strict=True)
            if (_inside(one) > SURE_OF).sum() < SEEN * one.view.to_tile(one.box).area
        ),
    )


def _apart_from_faces(seen: Sequence[Candidate], photo: Photo, width: int, height: int) -> list[Candidate]:
    near = np.zeros((height, width), np.uint8)
    for face in photo.faces:
        near |= box_shape(face, NEAR_FACE, width, height)
    return [
        one
        for one in seen
        if not near[max(0, int(one.box.y0)) : int(one.box.y1) + 1, max(0, int(one.box.x0)) : int(one.box.x1) + 1].any()
    ]


def _box_of(face: FaceBox) -> Box:
    return Box(face.x, face.y, face.x + face.width, face.y + face.height)


def _inside(one: Closer) -> NDArray[np.float32]:
    """Return what a closer look shows in the box itself."""
    box = one.view.to_tile(one.box)
    return one.map[max(0, round(box.y0)) : round(box.y1), max(0, round(box.x0)) : round(box.x1)]
