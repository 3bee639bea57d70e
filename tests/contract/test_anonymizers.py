"""What every ``Anonymizer`` promises: the regions are erased, and no other pixel is touched."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import get_args

import av
import numpy as np
import pytest

from faceerase.configs.film import Method
from faceerase.streamer.box import Box
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.matte import matte_of
from faceerase.streamer.mask.outline import Outline, region_in
from faceerase.streamer.mask.regions import FrameMask, draw_regions
from faceerase.streamer.planes import layout_of, plane_views
from faceerase.streamer.seams import Anonymizer

PictureMaker = Callable[..., av.VideoFrame]
WIDTH, HEIGHT = 160, 120


@pytest.fixture(params=get_args(Method))
def anonymizer(request: pytest.FixtureRequest) -> Anonymizer:
    return PlaneAnonymizer(request.param)


@pytest.fixture
def frame(noise_picture: PictureMaker) -> Frame:
    return Frame(7, 280, Fraction(1, 1000), noise_picture("yuv420p", WIDTH, HEIGHT))


def mask(scale: float = 0.5, track: int = -1) -> FrameMask:
    """A face, a quarter of the frame high, found in a tile of that scale."""
    view = View(0, 0, WIDTH, round(WIDTH * scale))
    rows, columns = (np.mgrid[: view.side, : view.side] + 0.5) / scale
    found = ((rows - 60) / 18) ** 2 + ((columns - 80) / 14) ** 2 <= 1
    outline = Outline("fixed", 0.5, 0.2, margin=0.2, grows=100.0)
    region = region_in(found.astype(np.float32), view, Box(66, 42, 94, 78), outline)
    assert region is not None
    return FrameMask((replace(region, track=track),))


def samples(frame: Frame) -> list[np.ndarray]:
    return [view.copy() for view in plane_views(frame.picture, layout_of(frame.picture))]


def test_the_frame_keeps_its_number_and_its_time(anonymizer: Anonymizer, frame: Frame) -> None:
    clean, _ = anonymizer.erase(frame, mask())
    assert (clean.index, clean.pts, clean.time_base) == (7, 280, Fraction(1, 1000))
    assert (clean.picture.width, clean.picture.height, clean.picture.format.name) == (WIDTH, HEIGHT, "yuv420p")


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0])
def test_every_pixel_outside_the_matte_keeps_its_bits(anonymizer: Anonymizer, frame: Frame, scale: float) -> None:
    before = samples(frame)
    clean, matte = anonymizer.erase(frame, mask(scale))
    luma = matte.luma() > 0
    chroma = luma[::2, ::2]
    for plane, (old, new) in enumerate(zip(before, samples(clean), strict=True)):
        outside = ~(chroma if plane else luma)
        assert np.array_equal(new[outside], old[outside])


@pytest.mark.parametrize("scale", [0.25, 0.5])
def test_the_matte_covers_the_face(anonymizer: Anonymizer, frame: Frame, scale: float) -> None:
    before = samples(frame)[0]
    clean, matte = anonymizer.erase(frame, mask(scale))
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    face = ((rows - 60) / 18) ** 2 + ((columns - 80) / 14) ** 2 <= 1
    assert (matte.luma()[face] == 255).all()
    assert (samples(clean)[0] != before)[face].mean() > 0.9


def test_the_matte_has_the_size_of_the_frame(anonymizer: Anonymizer, frame: Frame) -> None:
    _, matte = anonymizer.erase(frame, mask())
    assert matte.luma().shape == (HEIGHT, WIDTH)


def test_without_a_region_nothing_is_touched(anonymizer: Anonymizer, frame: Frame) -> None:
    before = samples(frame)
    clean, matte = anonymizer.erase(frame, FrameMask(()))
    assert matte.empty
    assert all(np.array_equal(old, new) for old, new in zip(before, samples(clean), strict=True))


def test_it_remembers_nobody_who_is_not_followed(anonymizer: Anonymizer, noise_picture: PictureMaker) -> None:
    def fresh(seed: int) -> Frame:
        return Frame(0, 0, Fraction(1, 25), noise_picture("yuv420p", WIDTH, HEIGHT, seed))

    first, _ = anonymizer.erase(fresh(1), mask())
    anonymizer.erase(fresh(2), mask())
    again, _ = anonymizer.erase(fresh(1), mask())
    assert all(np.array_equal(a, b) for a, b in zip(samples(first), samples(again), strict=True))


def test_a_face_that_is_followed_is_erased_in_every_frame(anonymizer: Anonymizer, noise_picture: PictureMaker) -> None:
    for number in range(6):
        before = Frame(number, number, Fraction(1, 25), noise_picture("yuv420p", WIDTH, HEIGHT, number))
        old = samples(before)
        clean, matte = anonymizer.erase(before, mask(track=3))
        inside = matte.luma() > 0
        assert np.array_equal(matte.cells, matte_of(mask(), (2, 2), WIDTH, HEIGHT).cells)
        for plane, (was, now) in enumerate(zip(old, samples(clean), strict=True)):
            where = inside[::2, ::2] if plane else inside
            assert np.array_equal(now[~where], was[~where])
            assert (now != was)[where].mean() > 0.8


def test_regions_of_one_face_are_erased_as_one(anonymizer: Anonymizer, frame: Frame) -> None:
    (region,) = mask(track=2).regions
    other = replace(region, box=region.box.moved(9, 6))
    before = samples(frame)[0]
    clean, matte = anonymizer.erase(frame, FrameMask((region, other)))
    together = draw_regions((region, other), WIDTH // 2, HEIGHT // 2, (2, 2))
    assert np.array_equal(matte.cells, together)
    assert (samples(clean)[0] != before)[matte.luma() > 0].mean() > 0.8
