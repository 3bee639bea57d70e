"""What every ``FrameSource`` promises: every frame once, numbered, in order, in a planar format."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import is_planar, layout_of, plane_views
from faceerase.streamer.stills.opening import open_source
from faceerase.streamer.stills.source import PictureSource

# name: codec, pixel format, B-frames
FILMS = {
    "h264.mp4": ("libx264", "yuv420p", 0),
    "b_frames.mp4": ("libx264", "yuv420p", 2),
    "b_frames.mkv": ("libx264", "yuv420p10le", 2),
    "b_frames.ts": ("libx264", "yuv420p", 2),
    "prores.mov": ("prores_ks", "yuv422p10le", 0),
    "mpeg4.avi": ("mpeg4", "yuv420p", 0),
    "b_frames.avi": ("mpeg4", "yuv420p", 2),
    "mjpeg.avi": ("mjpeg", "yuvj420p", 0),
    "lossless.mkv": ("ffv1", "yuv444p", 0),
    "rgb.avi": ("rawvideo", "bgr24", 0),
    "nv12.mkv": ("rawvideo", "nv12", 0),
    "gray.mkv": ("ffv1", "gray", 0),
}
PICTURES = {
    "shot.%04d.png": None,
    "deep.%d.png": "rgb48be",
    "shot%03d.jpg": None,
    "shot.%04d.tif": None,
    "shot.%04d.webp": None,
    "shot.%04d.dpx": None,
    "shot.%04d.exr": None,
}
COUNT = 14


@pytest.fixture(scope="module", params=[*FILMS, *PICTURES])
def source(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    make_film: Callable[..., Path],
    make_pictures: Callable[..., Path],
) -> FilmSource | PictureSource:
    path = tmp_path_factory.mktemp("films") / request.param
    if request.param in PICTURES:
        return open_source(make_pictures(path, COUNT, 998, PICTURES[request.param]), Fraction(25))
    codec, pixel_format, b_frames = FILMS[request.param]
    return open_source(make_film(path, codec=codec, pixel_format=pixel_format, times=range(COUNT), b_frames=b_frames))


@pytest.fixture(scope="module")
def frames(source: FilmSource | PictureSource) -> list[Frame]:
    return list(source.frames())


def test_every_frame_comes_once_and_is_numbered(source: FilmSource | PictureSource, frames: list[Frame]) -> None:
    assert [frame.index for frame in frames] == list(range(COUNT))
    assert source.lost == []


def test_times_grow_strictly_at_the_films_pace(frames: list[Frame]) -> None:
    assert all(before.pts < after.pts for before, after in pairwise(frames))
    first = frames[0].pts * frames[0].time_base
    for frame in frames:
        moment = frame.pts * frame.time_base - first
        assert float(moment) == pytest.approx(frame.index / 25, abs=0.0015)


def test_the_picture_carries_the_same_time(frames: list[Frame]) -> None:
    for frame in frames:
        assert (frame.picture.pts, frame.picture.time_base) == (frame.pts, frame.time_base)
        assert isinstance(frame.time_base, Fraction)


def test_pictures_are_planar_and_of_one_size_and_format(
    source: FilmSource | PictureSource, frames: list[Frame]
) -> None:
    for frame in frames:
        assert is_planar(frame.picture.format)
        assert frame.picture.format.name == source.info.planar_format
        assert (frame.picture.width, frame.picture.height) == (64, 48)


def test_pictures_come_in_the_order_in_which_they_are_shown(frames: list[Frame]) -> None:
    # The bright square wanders to the right, 3 pixels a frame.
    lefts = []
    for frame in frames:
        row = plane_views(frame.picture, layout_of(frame.picture))[0][24].astype(float)
        lefts.append(int((row > 0.7 * row.max()).argmax()))
    assert all(0 < after - before <= 6 for before, after in pairwise(lefts))


def test_frames_can_be_asked_for_again(source: FilmSource | PictureSource, frames: list[Frame]) -> None:
    assert [frame.pts for frame in source.frames()] == [frame.pts for frame in frames]


def test_stopping_early_is_no_error(source: FilmSource | PictureSource) -> None:
    some = source.frames()
    assert next(some).index == 0
    close = getattr(some, "close", None)
    assert close is not None
    close()
