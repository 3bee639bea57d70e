"""What erasing changes, and above all what it leaves: in every depth and chroma layout."""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from faceerase.configs.film import Method
from faceerase.streamer.box import Box
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.planes import layout_of, plane_views

FrameMaker = Callable[..., Frame]
METHODS: tuple[Method, ...] = get_args(Method)
FORMATS = [
    "yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv444p12le", "gray", "gray10le",
    "gbrp", "gbrp10le", "yuva420p",
]  # fmt: skip
WIDTH, HEIGHT = 95, 71


def mask_of(*boxes: tuple[int, int, int, int]) -> FrameMask:
    """A mask of boxes (x, y, width, height), which nobody follows."""
    shape = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)
    return FrameMask(tuple(Region(Box(x, y, x + across, y + down), shape, 1.0) for x, y, across, down in boxes))


def planes_of(frame: Frame) -> list[np.ndarray]:
    return [view.copy() for view in plane_views(frame.picture, layout_of(frame.picture))]


def inside(plane: int, frame: Frame, cells: np.ndarray) -> np.ndarray:
    """Where a matte's cells lie in one plane."""
    layout = layout_of(frame.picture)
    across, down = (1, 1) if plane in layout.chroma else layout.block
    rows, columns = planes_of(frame)[plane].shape
    return cells.repeat(down, axis=0).repeat(across, axis=1)[:rows, :columns] > 0


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("method", METHODS)
def test_outside_the_matte_every_bit_stays_and_inside_it_changes(
    noise_frame: FrameMaker, method: Method, pixel_format: str
) -> None:
    frame = noise_frame(pixel_format, WIDTH, HEIGHT)
    before = planes_of(frame)
    clean, matte = PlaneAnonymizer(method).erase(frame, mask_of((31, 21, 25, 29)))
    layout = layout_of(frame.picture)
    assert not matte.empty
    for plane, (old, new) in enumerate(zip(before, planes_of(clean), strict=True)):
        where = inside(plane, frame, matte.cells)
        assert np.array_equal(new[~where], old[~where])
        if plane in layout.colour:
            assert (new[where] != old[where]).mean() > 0.8
            assert int(new.max()) < 1 << layout.depth
        else:
            assert np.array_equal(new, old), "the alpha plane is no picture"


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("method", METHODS)
def test_an_empty_mask_gives_back_the_very_frame(noise_frame: FrameMaker, method: Method, pixel_format: str) -> None:
    frame = noise_frame(pixel_format, WIDTH, HEIGHT)
    before = planes_of(frame)
    clean, matte = PlaneAnonymizer(method).erase(frame, mask_of())
    assert clean is frame
    assert matte.empty
    assert all(np.array_equal(old, new) for old, new in zip(before, planes_of(clean), strict=True))


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("method", METHODS)
def test_a_mask_over_the_whole_frame_leaves_nothing(noise_frame: FrameMaker, method: Method, pixel_format: str) -> None:
    frame = noise_frame(pixel_format, WIDTH, HEIGHT)
    before = planes_of(frame)
    clean, matte = PlaneAnonymizer(method).erase(frame, mask_of((0, 0, WIDTH, HEIGHT)))
    assert matte.cells.all()
    for plane in layout_of(frame.picture).colour:
        new = planes_of(clean)[plane]
        # Nothing of the noise is left: what correlates with it is at most its coarsest squares.
        assert abs(np.corrcoef(before[plane].ravel(), new.ravel() + np.linspace(0, 1e-3, new.size))[0, 1]) < 0.35


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (16, 16), (17, 9)])
@pytest.mark.parametrize("method", METHODS)
def test_tiny_frames_can_be_erased(noise_frame: FrameMaker, method: Method, size: tuple[int, int]) -> None:
    width, height = size
    frame = noise_frame("yuv420p", width, height)
    _, matte = PlaneAnonymizer(method).erase(frame, mask_of((0, 0, width, height)))
    assert matte.luma().shape == (height, width)


@pytest.mark.parametrize("corner", [(0, 0), (WIDTH - 20, 0), (0, HEIGHT - 20), (WIDTH - 20, HEIGHT - 20)])
@pytest.mark.parametrize("method", METHODS)
def test_a_face_at_the_edge_is_erased_to_the_edge(
    noise_frame: FrameMaker, method: Method, corner: tuple[int, int]
) -> None:
    frame = noise_frame("yuv420p10le", WIDTH, HEIGHT)
    before = planes_of(frame)[0]
    clean, _ = PlaneAnonymizer(method).erase(frame, mask_of((*corner, 20, 20)))
    x, y = corner
    assert (planes_of(clean)[0] != before)[y : y + 20, x : x + 20].mean() > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_each_of_two_near_faces_is_erased_alone(noise_frame: FrameMaker, method: Method) -> None:
    frame = noise_frame("yuv444p", WIDTH, HEIGHT)
    before = planes_of(frame)
    clean, matte = PlaneAnonymizer(method).erase(frame, mask_of((20, 20, 20, 24), (43, 22, 18, 24)))
    between = (matte.cells == 0).astype(bool)
    for old, new in zip(before, planes_of(clean), strict=True):
        assert np.array_equal(new[between], old[between])
        for left in (20, 43):
            assert (new != old)[24:42, left : left + 18].mean() > 0.8


def test_no_face_is_filled_from_its_neighbours(noise_frame: FrameMaker) -> None:
    boxes = (20, 20, 20, 24), (43, 22, 18, 24)
    frame, other = noise_frame("yuv444p", WIDTH, HEIGHT), noise_frame("yuv444p", WIDTH, HEIGHT)
    for frame_ in (frame, other):
        for view in plane_views(frame_.picture, layout_of(frame_.picture)):
            view[...] = 90
    for view in plane_views(other.picture, layout_of(other.picture)):
        view[23:45, 44:60] = 255  # another neighbour
    first, _ = PlaneAnonymizer("inpaint").erase(frame, mask_of(*boxes))
    second, _ = PlaneAnonymizer("inpaint").erase(other, mask_of(*boxes))
    for one, two in zip(planes_of(first), planes_of(second), strict=True):
        assert np.array_equal(one[20:44, 20:40], two[20:44, 20:40])


def test_a_small_face_near_by_leaves_a_large_ones_squares_alone(noise_frame: FrameMaker) -> None:
    large, small = (20, 10, 40, 50), (62, 30, 8, 8)
    both, _ = PlaneAnonymizer("mosaic").erase(noise_frame("yuv444p", WIDTH, HEIGHT), mask_of(large, small))
    alone, _ = PlaneAnonymizer("mosaic").erase(noise_frame("yuv444p", WIDTH, HEIGHT), mask_of(large))
    for one, other in zip(planes_of(both), planes_of(alone), strict=True):
        assert np.array_equal(one[10:60, 20:60], other[10:60, 20:60])


def test_solid_is_black(noise_frame: FrameMaker) -> None:
    clean, matte = PlaneAnonymizer("solid").erase(noise_frame("yuv422p10le", WIDTH, HEIGHT), mask_of((30, 20, 20, 20)))
    for plane, value in enumerate((64, 512, 512)):
        assert (planes_of(clean)[plane][inside(plane, clean, matte.cells)] == value).all()


def test_mosaic_leaves_squares_too_coarse_for_a_face(noise_frame: FrameMaker) -> None:
    frame = noise_frame("yuv444p", WIDTH, HEIGHT)
    clean, _ = PlaneAnonymizer("mosaic").erase(frame, mask_of((30, 20, 30, 30)))
    assert len(np.unique(planes_of(clean)[0][20:50, 30:60])) <= 7 * 7


def test_blur_leaves_less_detail_than_a_face_needs(noise_frame: FrameMaker) -> None:
    frame = noise_frame("yuv444p", WIDTH, HEIGHT)
    before = planes_of(frame)[0].astype(float)
    clean, _ = PlaneAnonymizer("blur").erase(frame, mask_of((30, 20, 30, 30)))
    after = planes_of(clean)[0].astype(float)
    steps = np.abs(np.diff(after[22:48, 32:58])).mean() / np.abs(np.diff(before[22:48, 32:58])).mean()
    assert steps < 0.1


@pytest.mark.parametrize("method", METHODS)
def test_erasing_twice_the_same_gives_the_same(noise_frame: FrameMaker, method: Method) -> None:
    mask = mask_of((31, 21, 25, 29))
    once, _ = PlaneAnonymizer(method).erase(noise_frame("yuv420p", WIDTH, HEIGHT), mask)
    again, _ = PlaneAnonymizer(method).erase(noise_frame("yuv420p", WIDTH, HEIGHT), mask)
    assert all(np.array_equal(a, b) for a, b in zip(planes_of(once), planes_of(again), strict=True))


@pytest.mark.parametrize("method", METHODS)
def test_floats_outside_the_matte_keep_every_bit_whatever_they_are(noise_frame: FrameMaker, method: Method) -> None:
    frame = noise_frame("gbrpf32le", WIDTH, HEIGHT)  # any bits: infinities and no numbers are among them
    before = planes_of(frame)
    clean, matte = PlaneAnonymizer(method).erase(frame, mask_of((31, 21, 25, 29)))
    for plane, (old, new) in enumerate(zip(before, planes_of(clean), strict=True)):
        where = inside(plane, frame, matte.cells)
        assert np.array_equal(new[~where].view(np.uint32), old[~where].view(np.uint32))
        assert np.isfinite(new[where]).all()
        assert (new[where] != old[where]).mean() > 0.8
