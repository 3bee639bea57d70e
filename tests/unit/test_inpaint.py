"""Filling a hole: from its surroundings alone, in the plane's own values."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.box import Box
from faceerase.streamer.erase import inpaint
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.erase.inpaint import GRAIN_SIDE, LONGEST, draw_fill
from faceerase.streamer.erase.working_copy import enlarge, shrink
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


@dataclass(frozen=True)
class Fill:
    """The fill of one plane."""

    samples: NDArray[np.float32]
    hole: NDArray[np.uint8]
    grain: float


def make_fill(plane: PlaneArray, hole: NDArray[np.uint8], depth: int) -> Fill:
    """The fill of a picture of one plane."""
    made = inpaint.make_fill([plane], [hole], depth)
    return Fill(made.samples[:, :, 0], made.hole, float(made.grain[0]))


def filled_in(plane: Plane, hole: NDArray[np.uint8], depth: int = 8, at: tuple[int, int] = (0, 0)) -> Plane:
    """The fill of a hole, drawn at once."""
    fill = make_fill(plane, hole, depth)
    return draw_fill(fill.samples, fill.grain, plane.shape, at)


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
    filled = filled_in(even(value, (48, 48), depth), hole_in(48, 48), depth)
    assert np.abs(filled - value).max() < 2


def test_a_ramp_goes_on_through_the_hole() -> None:
    ramp = np.tile(np.linspace(20, 220, 120).astype(np.uint8), (90, 1))
    filled = filled_in(ramp, hole_in(90, 120))
    assert np.abs(filled - ramp).mean() < 12
    assert filled[45, 30] < filled[45, 60] < filled[45, 89]


def test_where_nothing_is_known_there_is_mid_gray() -> None:
    fill = make_fill(even(7, (20, 20), 10), np.ones((20, 20), np.uint8), 10)
    assert (fill.samples == 512).all()
    assert fill.grain == 0
    assert (draw_fill(fill.samples, fill.grain, (20, 20), (3, 5)) == 512).all()


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (91, 400)])
def test_a_fill_is_made_at_working_size_and_drawn_at_full_size(size: tuple[int, int]) -> None:
    plane = noisy(size, 2)
    fill = make_fill(plane, hole_in(*size), 8)
    assert max(fill.samples.shape) <= LONGEST
    assert fill.samples.shape == fill.hole.shape
    assert fill.samples.dtype == np.float32
    assert set(np.unique(fill.hole)) == {0, 1}
    assert draw_fill(fill.samples, fill.grain, plane.shape, (0, 0)).shape == size


@pytest.mark.parametrize("strength", [3, 6, 12])
def test_the_grain_is_that_of_the_surroundings(strength: float) -> None:
    fill = make_fill(noisy((100, 100), 3, strength), hole_in(100, 100), 8)
    assert 0.5 * strength < fill.grain < 1.5 * strength


def test_the_fill_has_the_grain_of_its_surroundings() -> None:
    filled = filled_in(noisy((100, 100), 3), hole_in(100, 100))
    assert 3 < filled[30:70, 30:70].std() < 9


def test_even_surroundings_have_no_grain() -> None:
    assert make_fill(even(80, (100, 100), 8), hole_in(100, 100), 8).grain == 0


def test_the_grain_does_not_boil() -> None:
    plane = noisy((64, 64), 4)
    assert np.array_equal(filled_in(plane, hole_in(64, 64)), filled_in(plane, hole_in(64, 64)))


def test_the_grain_keeps_its_place_when_the_piece_moves() -> None:
    flat = np.full((60, 60), 100, np.float32)
    piece = (60, 60)
    one, other = draw_fill(flat, 5.0, piece, (40, 30)), draw_fill(flat, 5.0, piece, (47, 33))
    assert np.array_equal(one[3:, 7:], other[:-3, :-7])
    again = draw_fill(flat, 5.0, piece, (40 + GRAIN_SIDE, 30 + GRAIN_SIDE))
    assert np.array_equal(one, again)


def test_a_piece_larger_than_the_grain_is_drawn_too() -> None:
    size = (GRAIN_SIDE + 40, GRAIN_SIDE + 9)
    filled = draw_fill(np.full((30, 30), 100, np.float32), 5.0, size, (11, 7))
    assert filled.shape == size
    assert filled[-40:].std() == pytest.approx(5, rel=0.2)


@pytest.mark.parametrize("size", [(40, 40), (300, 200), (91, 400)])
def test_the_working_copy_is_bounded_and_made_of_known_samples(size: tuple[int, int]) -> None:
    hole = hole_in(*size)
    plane = even(50, size, 8)
    plane[hole > 0] = 250
    copy = shrink([plane], [hole], LONGEST)
    assert max(copy.samples.shape) <= LONGEST
    assert copy.samples.shape == (*copy.hole.shape, 1)
    assert copy.scale == pytest.approx(copy.samples.shape[1] / size[1])
    assert np.allclose(copy.samples[copy.hole == 0], 50, atol=1e-3)
    assert not copy.samples[copy.hole > 0].any()


def test_enlarging_gives_the_size_of_the_piece() -> None:
    plane = even(0, (301, 199), 8)
    copy = shrink([plane], [hole_in(301, 199)], LONGEST)
    assert enlarge(copy.samples[:, :, 0], plane.shape).shape == plane.shape


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
    assert np.array_equal(filled_in(plane, hole, depth), filled_in(other, hole, depth))
    one, two = make_fill(plane, hole, depth), make_fill(other, hole, depth)
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
    fill = make_fill(plane, hole, 32)
    assert np.abs(draw_fill(fill.samples, fill.grain, plane.shape, (0, 0))[45, 40] - value) < 0.01 * abs(value) + 2e-4


def test_nothing_known_is_mid_gray_in_floats_too() -> None:
    assert make_fill(np.ones((9, 9), np.float32), np.ones((9, 9), np.uint8), 32).samples[4, 4] == 0.5
