"""Filling a hole: from its surroundings alone, in the plane's own values."""

from collections.abc import Callable
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.erase import inpaint
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.erase.grain import SIDE, grain_of, put_grain
from faceerase.streamer.erase.holes import Rectangle
from faceerase.streamer.erase.inpaint import LONGEST, join, make_fill
from faceerase.streamer.erase.light import from_light, to_light
from faceerase.streamer.erase.working_copy import Copies, halvings, shrink
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import matte_of
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.planes import PlaneArray, layout_of, plane_views

Plane = NDArray[np.uint16] | NDArray[np.uint8]


def hole_in(height: int, width: int) -> NDArray[np.uint8]:
    hole = np.zeros((height, width), np.uint8)
    hole[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4] = 1
    return hole


def even(value: int, size: tuple[int, int], depth: int) -> Plane:
    return np.full(size, value, np.uint8 if depth == 8 else np.uint16)


def noisy(size: tuple[int, int], seed: int, strength: float = 6) -> NDArray[np.uint8]:
    return np.clip(np.random.default_rng(seed).normal(120, strength, size), 0, 255).astype(np.uint8)


def made_of(plane: PlaneArray, hole: NDArray[np.uint8]) -> tuple[inpaint.Fill, Copies]:
    """The fill of a picture of one plane, and the copies that it was made of."""
    copies = shrink([plane], hole, halvings(max(hole.shape), LONGEST), 1)
    grain = np.array([grain_of(plane, hole, (1, 1))], np.float32)
    return make_fill(copies, (0, 0, 1, 1), grain, 512), copies


def filled_in(plane: PlaneArray, hole: NDArray[np.uint8], at: tuple[int, int] = (0, 0)) -> NDArray[np.float32]:
    """The picture with its hole filled, grain and all, not yet rounded."""
    fill, copies = made_of(plane, hole)
    (filled,) = join(fill.samples, copies, Rectangle(0, 0, hole.shape[1], hole.shape[0]))
    return put_grain(filled, float(fill.grain[0]), at, np.dtype("<f4"))


@pytest.mark.parametrize("size", [(40, 40), (31, 57), (200, 160)])
@pytest.mark.parametrize("beneath", [0, 80, 255])
def test_what_lies_beneath_an_even_surrounding_has_no_part(size: tuple[int, int], beneath: int) -> None:
    hole = hole_in(*size)
    plane = even(80, size, 8)
    plane[hole > 0] = beneath
    filled = filled_in(plane, hole)
    assert filled.dtype == np.float32
    assert filled.shape == size
    assert np.abs(filled - 80).max() < 0.5


@pytest.mark.parametrize(("depth", "value"), [(8, 200), (10, 801), (12, 3001), (16, 50_001)])
def test_the_full_depth_is_kept(depth: int, value: int) -> None:
    filled = filled_in(even(value, (48, 48), depth), hole_in(48, 48))
    assert np.abs(filled - value).max() < 0.1


def test_a_ramp_goes_on_through_the_hole() -> None:
    ramp = np.tile(np.linspace(20, 220, 120).astype(np.uint8), (90, 1))
    filled = filled_in(ramp, hole_in(90, 120))
    assert np.abs(filled - ramp).mean() < 12
    assert filled[45, 30] < filled[45, 60] < filled[45, 89]


def test_where_nothing_is_known_there_is_mid_gray() -> None:
    fill, _ = made_of(even(7, (20, 20), 10), np.ones((20, 20), np.uint8))
    assert (fill.samples == 512).all()
    assert fill.grain == 0
    assert (filled_in(even(7, (20, 20), 10), np.ones((20, 20), np.uint8), (3, 5)) == 512).all()


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (91, 400)])
def test_a_fill_is_made_at_working_size_and_drawn_at_full_size(size: tuple[int, int]) -> None:
    plane = noisy(size, 2)
    fill, _ = made_of(plane, hole_in(*size))
    assert max(fill.samples.shape) <= LONGEST
    assert fill.samples.shape == (*fill.hole.shape, 1)
    assert fill.samples.dtype == np.float32
    assert set(np.unique(fill.hole)) == {0, 1}
    assert filled_in(plane, hole_in(*size)).shape == size


@pytest.mark.parametrize("size", [(90, 90), (300, 200)])
def test_a_fill_meets_its_rim(size: tuple[int, int]) -> None:
    hole = hole_in(*size)
    rows, columns = np.mgrid[: size[0], : size[1]]
    plane = (120 + 60 * np.sin(rows / 9) + 60 * np.sin(columns / 7)).astype(np.uint8)
    plane[hole > 0] = 0
    fill, copies = made_of(plane, hole)
    (filled,) = join(fill.samples, copies, Rectangle(0, 0, size[1], size[0]))
    whole = np.where(hole > 0, filled, plane)
    top, left = size[0] // 4, size[1] // 4
    inside = slice(left, 3 * size[1] // 4)
    across_the_rim = np.abs(whole[top, inside] - whole[top - 1, inside])
    assert across_the_rim.mean() < 12
    # Of the copy alone, without what joins it, no more is asked than that it has these colours.
    coarse = cv2.resize(fill.samples, size[::-1], interpolation=cv2.INTER_LINEAR)
    assert across_the_rim.mean() < 0.6 * np.abs(coarse[top, inside] - whole[top - 1, inside]).mean()


def test_a_part_is_what_the_whole_has_there() -> None:
    plane, hole = noisy((200, 150), 7), hole_in(200, 150)
    fill, copies = made_of(plane, hole)
    (whole,) = join(fill.samples, copies, Rectangle(0, 0, 150, 200))
    for part in (Rectangle(37, 50, 113, 150), Rectangle(36, 49, 112, 151), Rectangle(0, 3, 7, 200)):
        assert np.allclose(join(fill.samples, copies, part)[0], part.of(whole), atol=1e-3)


@pytest.mark.parametrize("strength", [3, 6, 12])
def test_the_grain_is_that_of_the_surroundings(strength: float) -> None:
    grain = grain_of(noisy((100, 100), 3, strength), hole_in(100, 100), (1, 1))
    assert 0.5 * strength < grain < 1.5 * strength


def test_the_fill_has_the_grain_of_its_surroundings() -> None:
    filled = filled_in(noisy((100, 100), 3), hole_in(100, 100))
    assert 3 < filled[30:70, 30:70].std() < 9


def test_even_surroundings_have_no_grain() -> None:
    assert grain_of(even(80, (100, 100), 8), hole_in(100, 100), (1, 1)) == 0


def test_the_grain_does_not_boil() -> None:
    plane = noisy((64, 64), 4)
    assert np.array_equal(filled_in(plane, hole_in(64, 64)), filled_in(plane, hole_in(64, 64)))


def test_the_grain_keeps_its_place_when_the_piece_moves() -> None:
    flat, kind = np.full((60, 60), 100, np.float32), np.dtype(np.uint8)
    one, other = put_grain(flat, 5.0, (40, 30), kind), put_grain(flat, 5.0, (47, 33), kind)
    assert np.array_equal(one[3:, 7:], other[:-3, :-7])
    assert np.array_equal(one, put_grain(flat, 5.0, (40 + SIDE, 30 + SIDE), kind))


def test_a_piece_larger_than_the_grain_is_drawn_too() -> None:
    size = (SIDE + 40, SIDE + 9)
    filled = put_grain(np.full(size, 100, np.float32), 5.0, (11, 7), np.dtype("<u2"))
    assert filled.shape == size
    assert filled.dtype == np.uint16
    assert filled[-40:].std() == pytest.approx(5, rel=0.2)


def test_grain_at_the_ends_of_a_range_is_clipped() -> None:
    for value in (0, 255):
        filled = put_grain(np.full((40, 40), value, np.float32), 9.0, (0, 0), np.dtype(np.uint8))
        assert np.abs(filled.astype(int) - value).max() < 60


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (91, 400)])
def test_the_copies_are_bounded_and_made_of_known_samples(size: tuple[int, int]) -> None:
    hole = hole_in(*size)
    plane = even(50, size, 8)
    plane[hole > 0] = 250
    copies = shrink([plane], hole, halvings(max(size), LONGEST), 2)
    assert max(copies.levels[-1].shape) <= LONGEST
    for copy in (*copies.levels, copies.rim):
        assert np.allclose(copy[:, :, 0], 50 * copy[:, :, 1], atol=1e-3)
        assert copy[:, :, 1].min() >= 0
        assert copy[:, :, 1].max() <= 1
    known = copies.levels[-1][:, :, 1].sum() * 4 ** (len(copies.levels) - 1)
    assert known == pytest.approx((hole == 0).sum(), rel=1e-5)


@pytest.mark.parametrize(("side", "times"), [(1, 0), (20, 0), (21, 1), (40, 1), (41, 2), (80, 2), (81, 3)])
def test_a_piece_is_halved_as_often_as_is_needed(side: int, times: int) -> None:
    assert halvings(side, 20) == times


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("size", [60, 61, 150, 333])
@pytest.mark.parametrize("seed", range(8))
def test_the_fill_depends_on_what_lies_outside_the_hole_alone(seed: int, size: int, depth: int) -> None:
    rng = np.random.default_rng(seed)
    plane = rng.integers(0, 1 << depth, (size, size)).astype(np.uint8 if depth == 8 else np.uint16)
    hole = np.zeros((size, size), np.uint8)
    hole[size // 3 : 2 * size // 3, size // 3 : 2 * size // 3] = 1
    other = plane.copy()
    other[hole > 0] = rng.integers(0, 1 << depth, int(hole.sum()))
    assert np.array_equal(filled_in(plane, hole), filled_in(other, hole))
    one, two = made_of(plane, hole)[0], made_of(other, hole)[0]
    assert one.grain == two.grain
    assert np.array_equal(one.samples, two.samples)


def oval() -> NDArray[np.uint8]:
    rows, columns = (np.mgrid[:SHAPE_SIDE, :SHAPE_SIDE] + 0.5) / SHAPE_SIDE - 0.5
    return ((rows**2 + columns**2 < 0.25) * 255).astype(np.uint8)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p10le", "yuv444p", "gbrp", "gray"])
@pytest.mark.parametrize("track", [-1, 4])
def test_over_many_frames_nothing_of_a_face_enters_what_replaces_it(
    noise_picture: Callable[..., av.VideoFrame], pixel_format: str, track: int
) -> None:
    width, height = 200, 150
    one, other = PlaneAnonymizer("inpaint"), PlaneAnonymizer("inpaint")
    rng = np.random.default_rng(track + 5)
    for number in range(8):
        # The face walks, turns and comes nearer; a second one is not followed, and touches it now and then.
        box = Box(40 + 6 * number, 30 + 2 * number, 85 + 8 * number, 85 + 5 * number)
        regions = (Region(box, oval(), 1.0, track), Region(box.moved(6, 4), oval(), 1.0, track))
        mask = FrameMask((*regions, Region(Box(150, 60, 190, 100), oval(), 1.0)))
        frames = [
            Frame(number, number, Fraction(1, 25), noise_picture(pixel_format, width, height, number)) for _ in range(2)
        ]
        layout = layout_of(frames[0].picture)
        cells = matte_of(mask, layout.block, width, height).cells
        for plane, view in enumerate(plane_views(frames[1].picture, layout)):
            across, down = (1, 1) if plane in layout.chroma else layout.block
            under = cells.repeat(down, axis=0).repeat(across, axis=1)[: view.shape[0], : view.shape[1]] > 0
            view[under] = rng.integers(0, 1 << layout.depth, int(under.sum()))
        assert not _same(frames[0], frames[1])
        assert _same(one.erase(frames[0], mask)[0], other.erase(frames[1], mask)[0])


def _same(one: Frame, other: Frame) -> bool:
    layout = layout_of(one.picture)
    planes = zip(plane_views(one.picture, layout), plane_views(other.picture, layout), strict=True)
    return all(np.array_equal(a, b) for a, b in planes)


def test_the_patch_of_a_followed_face_boils_less_than_that_of_a_stranger(
    noise_picture: Callable[..., av.VideoFrame],
) -> None:
    def unrest(track: int) -> float:
        anonymizer = PlaneAnonymizer("inpaint")
        region = Region(Box(60, 40, 130, 110), oval(), 1.0, track)
        middles = []
        for number in range(12):
            frame = Frame(number, number, Fraction(1, 25), noise_picture("gray", 200, 150, number))
            view = plane_views(frame.picture, layout_of(frame.picture))[0]
            view[...] = 100 + view // 8  # noise around some gray, another in every frame
            clean, _ = anonymizer.erase(frame, FrameMask((region,)))
            middles.append(plane_views(clean.picture, layout_of(clean.picture))[0][60:90, 80:110].astype(float))
        return float(np.abs(np.diff(middles, axis=0)).mean())

    assert unrest(3) < 0.7 * unrest(-1)


@pytest.mark.parametrize("value", [0.002, 0.18, 3.0, 700.0, -0.01])
def test_floats_are_filled_at_their_own_brightness(value: float) -> None:
    plane = np.full((90, 80), value, np.float32)
    hole = hole_in(90, 80)
    plane[hole > 0] = 1e4
    plane[0, 0] = 2000  # one lamp does not make the rest coarse
    filled = from_light(filled_in(to_light(plane), hole))
    assert np.abs(filled[45, 40] - value) < 0.01 * abs(value) + 2e-4


@pytest.mark.parametrize(("pixel_format", "middle"), [("gbrpf32le", 0.5), ("yuv420p10le", 512), ("gray", 128)])
def test_a_frame_of_which_nothing_is_known_becomes_mid_gray(
    noise_frame: Callable[..., Frame], pixel_format: str, middle: float
) -> None:
    frame = noise_frame(pixel_format, 40, 30)
    full = Region(Box(0, 0, 40, 30), np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 1.0)
    clean, _ = PlaneAnonymizer("inpaint").erase(frame, FrameMask((full,)))
    for view in plane_views(clean.picture, layout_of(clean.picture)):
        assert np.allclose(view, middle)


@pytest.mark.parametrize("track", [-1, 4])
def test_no_seam_shows_where_one_hole_lies_in_another(noise_frame: Callable[..., Frame], track: int) -> None:
    def filled(*boxes: Box) -> NDArray[np.float32]:
        frame = noise_frame("gray", 200, 150)
        view = plane_views(frame.picture, layout_of(frame.picture))[0]
        view[...] = np.linspace(20, 220, 200)
        regions = (Region(box, oval(), 1.0, -1 if track < 0 else track + n) for n, box in enumerate(boxes))
        clean, _ = PlaneAnonymizer("inpaint").erase(frame, FrameMask(tuple(regions)))
        return plane_views(clean.picture, layout_of(clean.picture))[0].astype(np.float32)

    large, small = Box(40, 20, 140, 130), Box(70, 60, 100, 100)
    assert np.abs(filled(large, small) - filled(large)).max() < 6
