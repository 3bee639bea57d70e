"""What every ``Anonymizer`` promises: the regions are erased, and no other pixel is touched."""

from collections.abc import Callable
from fractions import Fraction
from typing import get_args

import av
import numpy as np
import pytest

from faceerase.streamer.erase.anonymizer import Method, PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.regions import FrameMask, find_regions
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


def mask(scale: float = 0.5) -> FrameMask:
    """A face, a quarter of the frame high, at the scale of a map."""
    rows, columns = np.mgrid[: int(HEIGHT * scale), : int(WIDTH * scale)]
    found = ((rows / scale - 60) / 18) ** 2 + ((columns / scale - 80) / 14) ** 2 <= 1
    return find_regions(found.astype(np.float32), found, 16 * scale, 0.2)


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
    nothing = FrameMask(np.zeros((60, 80), np.uint8), ())
    clean, matte = anonymizer.erase(frame, nothing)
    assert matte.empty
    assert all(np.array_equal(old, new) for old, new in zip(before, samples(clean), strict=True))


def test_it_keeps_no_memory_of_other_frames(anonymizer: Anonymizer, noise_picture: PictureMaker) -> None:
    def fresh(seed: int) -> Frame:
        return Frame(0, 0, Fraction(1, 25), noise_picture("yuv420p", WIDTH, HEIGHT, seed))

    first, _ = anonymizer.erase(fresh(1), mask())
    anonymizer.erase(fresh(2), mask())
    again, _ = anonymizer.erase(fresh(1), mask())
    assert all(np.array_equal(a, b) for a, b in zip(samples(first), samples(again), strict=True))
