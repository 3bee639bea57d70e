"""Hard negatives: where a network sees a face in its own training photos and none is (Sung & Poggio 1998).

Knows nothing of the training loop.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.errors import DataError
from faceerase.models.data.photo import Photo, PhotoSet
from faceerase.models.tiles.crops import HardSpot
from faceerase.models.tiles.targets import box_shape
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


class Looks(Protocol):
    """Tiles (N, side, side) uint8 to maps of the same shape, float32 in 0 to 1."""

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]: ...  # noqa: D102


def mine(photos: PhotoSet, network: Looks, side: int, min_face: float, count: int, seed: int) -> list[HardSpot]:
    """Return the false alarms in all face-free photos and in ``count`` of the others.

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
    spots: list[HardSpot] = []
    for number in sorted(chosen):
        spots += _false_alarms(number, photos.photos[number], photos, network, side, min_face)
    return spots


def _false_alarms(
    number: int, photo: Photo, photos: PhotoSet, network: Looks, side: int, min_face: float
) -> list[HardSpot]:
    gray = photos.read(photo.image)
    height, width = gray.shape
    plan = plan_pyramid(width, height, side, SMALLEST, min_face)
    map_ = merge_maps(network.look(cut_tiles(GrayPicture(gray, 0, 255), plan)), plan, 2 * SURE_OF)
    found = cut_map(map_, "fixed", SURE_OF, 0, SMALLEST, width)
    if not found.regions:
        return []
    scale = width / map_.shape[1]
    near = np.zeros((height, width), np.uint8)
    for face in photo.faces:
        near |= box_shape(face, NEAR_FACE, width, height)
    spots = []
    for region in found.regions:
        x, y, w, h = (value * scale for value in (region.x, region.y, region.width, region.height))
        if not near[int(y) : int(y + h) + 1, int(x) : int(x + w) + 1].any():
            spots.append(HardSpot(number, x + w / 2, y + h / 2, max(float(np.sqrt(w * h)), SMALLEST / 2)))
    return spots


def save_spots(path: Path, spots: list[HardSpot]) -> None:
    """Write spots beside their target and rename them into place."""
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(json.dumps([asdict(spot) for spot in spots]))
    os.replace(partial, path)


def load_spots(path: Path) -> list[HardSpot]:
    """Return what ``save_spots`` wrote.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        return [HardSpot(**entry) for entry in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
