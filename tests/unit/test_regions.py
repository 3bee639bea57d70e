"""From a mask to regions: what is dropped, what is filled, how far it grows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.mask.regions import SPECK, FrameMask, Region, find_regions

Mask = NDArray[np.bool_]


def disc(height: int, width: int, centre: tuple[int, int], radius: float) -> Mask:
    rows, columns = np.mgrid[:height, :width]
    return (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2


def regions_of(mask: Mask, min_face: float = 9, margin: float = 0.2, value: float = 0.8) -> FrameMask:
    return find_regions(mask.astype(np.float32) * np.float32(value), mask, min_face, margin)


def test_no_mask_no_region() -> None:
    found = regions_of(np.zeros((20, 30), np.bool_))
    assert found.regions == ()
    assert found.mask.shape == (20, 30)
    assert not found.mask.any()


def test_a_face_becomes_one_region_with_its_score() -> None:
    mask = disc(60, 80, (30, 40), 10)
    map_ = mask * np.float32(0.6)
    map_[33, 41] = 0.95
    map_[0, 0] = 0.99  # outside the mask: not this region's
    found = find_regions(map_, mask, 9, 0.2)
    assert len(found.regions) == 1
    assert found.regions[0].score == pytest.approx(0.95)
    assert found.mask.dtype == np.uint8
    assert set(np.unique(found.mask)) == {0, 1}


def test_specks_are_dropped_and_small_faces_kept() -> None:
    mask = np.zeros((40, 60), np.bool_)
    mask[5:7, 5:7] = True  # 2 px, less than 0.3 of the smallest face
    mask[20:23, 30:33] = True  # 3 px
    found = regions_of(mask, min_face=9.9)
    assert 2 < SPECK * 9.9 < 3
    assert len(found.regions) == 1
    assert not found.mask[:10, :10].any()
    assert found.mask[20:23, 30:33].all()


def test_a_long_thin_region_is_no_speck() -> None:
    mask = np.zeros((40, 60), np.bool_)
    mask[20, 10:30] = True
    found = regions_of(mask, min_face=20)
    assert len(found.regions) == 1
    assert found.mask[20, 10:30].all()


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.2, 0.5, 1.0, 2.0])
def test_the_margin_never_shrinks_the_evidence(margin: float) -> None:
    rng = np.random.default_rng(1)
    mask = np.zeros((90, 120), np.bool_)
    for _ in range(6):
        mask |= disc(90, 120, (int(rng.integers(90)), int(rng.integers(120))), float(rng.uniform(4, 14)))
    assert regions_of(mask, margin=margin).mask[mask].all()


def test_a_greater_margin_grows_further() -> None:
    mask = disc(100, 100, (50, 50), 10)
    areas = [int(regions_of(mask, margin=margin).mask.sum()) for margin in (0.1, 0.3, 0.6, 1.0)]
    assert areas == sorted(set(areas))
    assert int(mask.sum()) < areas[0]


def test_the_margin_is_a_share_of_the_radius() -> None:
    found = regions_of(disc(100, 100, (50, 50), 20), margin=0.5)
    (region,) = found.regions
    assert region.width == pytest.approx(2 * (20 + 10), abs=2)
    assert region.height == pytest.approx(2 * (20 + 10), abs=2)


def test_without_a_margin_one_pixel_of_the_map_is_added() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[10:30, 12:28] = True
    (region,) = regions_of(mask, margin=0).regions
    assert (region.x, region.y, region.width, region.height) == (11, 9, 18, 22)


@pytest.mark.parametrize("centre", [(0, 0), (0, 79), (59, 0), (59, 79), (30, 0), (59, 40)])
def test_regions_are_clipped_at_the_edge(centre: tuple[int, int]) -> None:
    found = regions_of(disc(60, 80, centre, 9), margin=0.5)
    (region,) = found.regions
    assert region.x >= 0
    assert region.y >= 0
    assert region.x + region.width <= 80
    assert region.y + region.height <= 60
    assert found.mask[centre] == 1


def test_a_mask_over_everything_is_one_region_over_everything() -> None:
    found = regions_of(np.ones((30, 40), np.bool_), margin=2)
    assert found.regions == (Region(0, 0, 40, 30, pytest.approx(0.8)),)
    assert found.mask.all()


def test_holes_and_notches_in_a_face_are_filled() -> None:
    mask = disc(80, 80, (40, 40), 20)
    mask[35:45, 35:45] = False  # a hole: the nose that the network did not believe
    mask[38:42, 55:] = False  # a notch: hair
    found = regions_of(mask, margin=0)
    assert found.mask[disc(80, 80, (40, 40), 19)].all()


def test_two_faces_that_touch_are_not_filled_across() -> None:
    mask = np.zeros((80, 80), np.bool_)
    mask[5:60, 5:12] = True  # an L: far from convex
    mask[53:60, 5:60] = True
    found = regions_of(mask, margin=0)
    assert len(found.regions) == 1
    assert not found.mask[15:45, 25:60].any()


def test_each_separate_face_is_its_own_region() -> None:
    mask = disc(60, 120, (30, 25), 8) | disc(60, 120, (30, 90), 12)
    assert len(regions_of(mask).regions) == 2


def test_its_repr_shows_shapes_and_not_pixels() -> None:
    assert repr(regions_of(disc(60, 80, (30, 40), 10))) == "FrameMask(80×60, 1 regions)"
