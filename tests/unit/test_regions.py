"""From a map to a region: which spot, how it is drawn, how far it grows, and where it is cut."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.outline import Outline, region_in
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region, cells_around, draw_regions

Mask = NDArray[np.bool_]
SIDE = 120
STRAIGHT = View(0, 0, SIDE, SIDE)
ANYWHERE = 1000.0
FULL = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)


def outline(margin: float = 0.2, grows: float = ANYWHERE) -> Outline:
    return Outline("hysteresis", 0.5, 0.5, margin, grows)


def disc(x: float, y: float, radius: float, side: int = SIDE) -> Mask:
    rows, columns = np.mgrid[:side, :side]
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 <= radius**2)


def around(mask: Mask) -> Box:
    """The smallest box around a mask."""
    rows, columns = np.nonzero(mask)
    return Box(float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def region_of(mask: Mask, box: Box | None = None, margin: float = 0.2, grows: float = ANYWHERE) -> Region:
    region = region_in(mask * np.float32(0.8), STRAIGHT, box or around(mask), outline(margin, grows))
    assert region is not None
    return region


def drawn(*regions: Region, side: int = SIDE) -> Mask:
    return draw_regions(regions, side, side, (1, 1)) > 0


def test_an_empty_map_shows_no_region() -> None:
    assert region_in(np.zeros((SIDE, SIDE), np.float32), STRAIGHT, Box(20, 20, 60, 60), outline()) is None


def test_a_face_becomes_one_region_with_its_score() -> None:
    map_ = disc(40, 30, 10) * np.float32(0.6)
    map_[33, 41] = 0.95
    map_[0, 0] = 0.99  # outside the face: not this region's
    region = region_in(map_, STRAIGHT, Box(30, 20, 50, 40), outline())
    assert region is not None
    assert region.score == pytest.approx(0.95)
    assert region.track == -1
    assert region.shape.dtype == np.uint8
    assert region.shape.shape == (SHAPE_SIDE, SHAPE_SIDE)


def test_who_is_not_looked_for_is_not_shown() -> None:
    mask = disc(30, 30, 10) | disc(90, 90, 12)
    assert region_of(mask, Box(20, 20, 40, 40)).box.centre == pytest.approx((30.5, 30.5), abs=1)
    assert region_of(mask, Box(80, 80, 100, 100)).box.centre == pytest.approx((90.5, 90.5), abs=1)
    assert region_in(mask * np.float32(0.8), STRAIGHT, Box(50, 50, 70, 70), outline()) is None


def test_a_box_outside_the_tile_shows_nothing() -> None:
    mask = disc(5, 5, 20)
    for box in (Box(-60, -60, -20, -20), Box(200, 10, 240, 50)):
        assert region_in(mask * np.float32(0.8), STRAIGHT, box, outline()) is None


def test_the_parts_of_a_face_are_one_region() -> None:
    mask = disc(50, 40, 9) | disc(50, 65, 8)  # eyes and mouth, a moustache between
    region = region_of(mask, Box(38, 30, 62, 75))
    assert drawn(region)[mask].all()


def test_the_rule_draws_the_outline() -> None:
    map_ = disc(60, 60, 20) * np.float32(0.3)
    map_[disc(60, 60, 10)] = 0.9
    box = Box(50, 50, 70, 70)
    low, high = (
        region_in(map_, STRAIGHT, box, Outline("hysteresis", 0.8, share, 0.0, ANYWHERE)) for share in (0.2, 0.9)
    )
    assert low is not None
    assert high is not None
    assert low.box.side == pytest.approx(43, abs=1)
    assert high.box.side == pytest.approx(23, abs=1)


@pytest.mark.parametrize("margin", [0.0, 0.1, 0.2, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("radius", [2, 4, 9, 20, 40])
def test_the_margin_never_shrinks_the_evidence(margin: float, radius: float) -> None:
    rng = np.random.default_rng(1)
    for _ in range(6):
        mask = disc(float(rng.uniform(0, SIDE - 1)), float(rng.uniform(0, SIDE - 1)), radius)
        assert drawn(region_of(mask, margin=margin))[mask].all()


def test_a_greater_margin_grows_further() -> None:
    mask = disc(60, 60, 10)
    areas = [int(drawn(region_of(mask, margin=margin)).sum()) for margin in (0.1, 0.3, 0.6, 1.0)]
    assert areas == sorted(set(areas))
    assert int(mask.sum()) < areas[0]


def test_the_margin_is_a_share_of_the_radius() -> None:
    region = region_of(disc(60, 60, 20), margin=0.5)
    assert region.box.width == pytest.approx(2 * (20 + 10), abs=2)
    assert region.box.height == pytest.approx(2 * (20 + 10), abs=2)


def test_without_a_margin_one_pixel_of_the_map_is_added() -> None:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[10:30, 12:28] = True
    assert corners(region_of(mask, margin=0).box) == (11, 9, 29, 31)


def test_a_long_thin_region_is_whole() -> None:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[20, 10:60] = True
    assert drawn(region_of(mask, margin=0))[mask].all()


def test_holes_and_notches_in_a_face_are_filled() -> None:
    mask = disc(60, 60, 20)
    mask[55:65, 55:65] = False  # a hole: the nose that the network did not believe
    mask[58:62, 75:] = False  # a notch: hair
    assert drawn(region_of(mask, margin=0))[disc(60, 60, 19)].all()


def test_two_faces_that_touch_are_not_filled_across() -> None:
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[5:60, 5:12] = True  # an L: far from convex
    mask[53:60, 5:60] = True
    covered = drawn(region_of(mask, margin=0))
    assert covered[mask].all()
    assert not covered[15:45, 25:60].any()


@pytest.mark.parametrize("span", [30, 60, 240, 1200])
def test_a_region_lies_in_the_picture_where_the_view_lies(span: int) -> None:
    view = View(400, 300, span, SIDE)
    mask = disc(40, 70, 15)
    map_ = mask * np.float32(0.8)
    region = region_in(map_, view, view.to_picture(around(mask)), outline(0.0))
    assert region is not None
    assert corners(region.box) == pytest.approx(corners(view.to_picture(around(mask).grown(1))))


def test_who_runs_on_into_somebody_else_is_cut_to_his_size() -> None:
    mask = disc(30, 60, 12) | disc(60, 60, 14) | disc(90, 60, 12)
    mask[58:63, 30:90] = True
    box = Box(47, 47, 73, 73)
    whole, cut = region_of(mask, box, margin=0), region_of(mask, box, margin=0, grows=1.3)
    assert whole.box.width > 80
    assert cut.box.width <= box.width + 3
    assert cut.box.height <= box.height + 5
    assert drawn(cut)[disc(60, 60, 12)].mean() > 0.95


def test_what_is_cut_follows_the_face() -> None:
    mask = disc(60, 60, 14)
    mask[58:63, 60:] = True  # runs on to the tile's edge
    box = Box(43, 47, 69, 73)  # where the face was a moment ago
    cut = region_of(mask, box, margin=0, grows=1.3)
    assert cut.box.centre[0] > box.centre[0] + 1
    assert cut.box.width <= box.width + 3


def test_a_face_that_grew_a_little_is_not_cut() -> None:
    mask = disc(60, 60, 20)
    smaller = around(mask).grown(-3)
    assert region_of(mask, smaller, grows=1.3).box == region_of(mask).box
    assert region_of(mask, smaller, grows=1.05).box.side < region_of(mask).box.side


@pytest.mark.parametrize("centre", [(0, 0), (79, 0), (0, 59), (79, 59), (30, 0), (40, 59)])
def test_regions_are_clipped_at_the_edge(centre: tuple[int, int]) -> None:
    x, y = centre
    region = Region(Box(x - 12, y - 10, x + 12, y + 10), FULL, 0.8)
    cells = draw_regions((region,), 80, 60, (1, 1))
    assert cells.shape == (60, 80)
    assert cells.dtype == np.uint8
    assert set(np.unique(cells)) == {0, 1}
    rows, columns = np.mgrid[:60, :80]
    assert np.array_equal(cells > 0, (abs(columns - x + 0.5) < 12) & (abs(rows - y + 0.5) < 10))


@pytest.mark.parametrize("box", [Box(-50, 10, -10, 40), Box(10, 70, 30, 90), Box(80, 10, 99, 20), Box(9, -20, 30, 0)])
def test_who_is_outside_the_picture_is_not_drawn(box: Box) -> None:
    assert not draw_regions((Region(box, FULL, 0.8),), 80, 60, (1, 1)).any()


def test_a_region_over_everything_covers_everything() -> None:
    assert draw_regions((Region(Box(-5, -5, 90, 70), FULL, 0.8),), 80, 60, (1, 1)).all()


def test_without_regions_nothing_is_drawn() -> None:
    assert not draw_regions((), 80, 60, (2, 2)).any()


def test_regions_are_drawn_together() -> None:
    one, other = Region(Box(10, 10, 40, 40), FULL, 0.8), Region(Box(30, 30, 70, 55), FULL, 0.8)
    assert np.array_equal(drawn(one, other), drawn(one) | drawn(other))


def test_half_a_shape_covers_half_a_box() -> None:
    half = FULL.copy()
    half[:, SHAPE_SIDE // 2 :] = 0
    covered = drawn(Region(Box(20, 20, 80, 60), half, 0.8))
    assert covered[20:60, 20:49].all()
    assert not covered[:, 52:].any()


@pytest.mark.parametrize("size", [2, 5, 20, 47, 48, 49, 90])
def test_a_full_shape_covers_its_box_and_nothing_else(size: int) -> None:
    covered = drawn(Region(Box(13, 21, 13 + size, 21 + size), FULL, 0.8))
    assert covered[21 : 21 + size, 13 : 13 + size].all()
    assert covered.sum() == size * size


def test_a_box_between_pixels_covers_every_pixel_that_it_touches() -> None:
    covered = drawn(Region(Box(10.6, 20.2, 30.1, 41.9), FULL, 0.8))
    assert corners(around(covered)) == (10, 20, 31, 42)
    assert covered[20:42, 10:31].all()


@pytest.mark.parametrize("block", [(1, 1), (2, 1), (2, 2), (4, 1), (1, 2)])
def test_every_cell_that_a_region_touches_is_covered(block: tuple[int, int]) -> None:
    columns, rows = -(-SIDE // block[0]), -(-SIDE // block[1])
    cells = draw_regions((Region(Box(13, 21, 50, 72), FULL, 0.8),), columns, rows, block) > 0
    assert cells.shape == (rows, columns)
    assert corners(around(cells)) == (13 // block[0], 21 // block[1], -(-50 // block[0]), -(-72 // block[1]))


def test_a_face_much_larger_than_its_shape_keeps_its_outline() -> None:
    view = View(0, 0, 10 * SIDE, SIDE)
    mask = disc(60, 60, 40)
    region = region_in(mask * np.float32(0.8), view, view.to_picture(around(mask)), outline(0.0))
    assert region is not None
    covered = drawn(region, side=10 * SIDE)
    evidence = mask.repeat(10, axis=0).repeat(10, axis=1)
    assert covered[evidence].mean() > 0.995
    assert covered.sum() < 1.25 * evidence.sum()


def test_a_map_is_left_as_it_is() -> None:
    map_ = disc(60, 60, 20) * np.float32(0.8)
    before = map_.copy()
    region_in(map_, STRAIGHT, Box(50, 50, 70, 70), outline(grows=0.5))
    assert np.array_equal(map_, before)


@pytest.mark.parametrize("quarter_turns", range(-3, 8))
def test_a_turned_region_covers_the_turned_pixels(quarter_turns: int) -> None:
    shape = np.zeros((SHAPE_SIDE, SHAPE_SIDE), np.uint8)
    cv2.fillPoly(shape, [np.array([[2, 2], [45, 10], [20, 45]], np.int32)], (255,))
    region = Region(Box(12, 30, 60, 54), shape, 0.8, 3)
    straight = draw_regions((region,), 100, 70, (1, 1))
    width, height = (70, 100) if quarter_turns % 2 else (100, 70)
    turned = region.turned(quarter_turns, 100, 70)
    assert np.array_equal(draw_regions((turned,), width, height, (1, 1)), np.rot90(straight, quarter_turns))
    assert (turned.score, turned.track) == (0.8, 3)
    assert turned.turned(-quarter_turns, width, height).box == region.box


def test_its_repr_shows_numbers_and_not_pixels() -> None:
    region = Region(Box(10, 20, 50, 70), FULL, 0.84)
    assert repr(FrameMask((region,))) == "FrameMask(regions=(Region(40×50 at 10,20, 0.84),))"


def two_faces(gap: float = 0.55) -> NDArray[np.float32]:
    """Two faces that touch: certain in their middles, likely between them."""
    peaks = [
        np.exp(-(((np.mgrid[:SIDE, :SIDE][1] - x) ** 2 + (np.mgrid[:SIDE, :SIDE][0] - 60) ** 2) / 220))
        for x in (42, 74)
    ]
    return np.asarray(np.maximum(np.maximum(*peaks), gap * (disc(42, 60, 18) | disc(74, 60, 18))), np.float32)


@pytest.mark.parametrize(
    ("box", "x"), [(Box(28, 46, 56, 74), 42), (Box(60, 46, 88, 74), 74), (Box(30, 44, 54, 70), 42)]
)
def test_faces_that_touch_are_parted_between_them(box: Box, x: float) -> None:
    region = region_in(two_faces(), STRAIGHT, box, outline(0.08, 1.35))
    assert region is not None
    assert region.box.centre == pytest.approx((x, 60), abs=4)
    whole = disc(x, 60, 12)
    assert (drawn(region) & whole).sum() > 0.95 * whole.sum()
    assert not (drawn(region) & disc(116 - x, 60, 10)).any()


def test_what_cannot_be_parted_is_cut() -> None:
    flat = (disc(42, 60, 18) | disc(74, 60, 18)) * np.float32(0.9)
    region = region_in(flat, STRAIGHT, Box(28, 46, 56, 74), outline(0.0, 1.35))
    assert region is not None
    assert region.box.side <= 32


def test_a_face_by_itself_is_not_parted_into_eyes() -> None:
    eyes = two_faces()
    region = region_in(eyes, STRAIGHT, Box(24, 40, 92, 80), outline(0.08, 1.35))
    assert region is not None
    assert region.box.width > 60


@pytest.mark.parametrize("block", [(1, 1), (2, 2), (2, 1)])
@pytest.mark.parametrize("seed", range(6))
def test_cells_drawn_around_regions_are_those_of_the_whole_frame(seed: int, block: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    columns, rows = 60, 40
    shape = rng.integers(0, 256, (SHAPE_SIDE, SHAPE_SIDE)).astype(np.uint8)
    corners = rng.uniform(-20, 110, (3, 2))
    regions = [Region(Box(x, y, x + 7.3 + 9 * n, y + 12.6), shape, 1.0) for n, (x, y) in enumerate(corners)]
    whole = draw_regions(regions, columns, rows, block)
    x0, y0, x1, y1 = cells_around(regions, columns, rows, block)
    outside = whole.copy()
    outside[y0:y1, x0:x1] = 0
    assert not outside.any()
    if x0 < x1 and y0 < y1:
        assert np.array_equal(draw_regions(regions, x1 - x0, y1 - y0, block, (x0, y0)), whole[y0:y1, x0:x1])


def test_a_region_does_not_hold_what_lies_in_its_box_between_its_parts() -> None:
    shape = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)
    shape[:, SHAPE_SIDE // 3 : 2 * SHAPE_SIDE // 3] = 0
    two = Region(Box(0, 0, 300, 100), shape, 1.0)
    assert two.holds(Box(0, 0, 90, 100)) == 1
    assert two.holds(Box(110, 10, 190, 90)) == 0
    assert two.holds(Box(50, 0, 150, 100)) == pytest.approx(0.5, abs=0.03)
    assert two.holds(Box(-100, 0, 100, 100)) == pytest.approx(0.5, abs=0.03)
    assert two.holds(Box(400, 0, 500, 100)) == 0
