"""Outside the matte every sample is the decoder's own, at any depth and chroma; inside it is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray


def _blocks(matte: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which samples of a plane have at least one of their luma pixels in the matte."""
    rows, columns = shape
    down, across = matte.shape[0] // rows, matte.shape[1] // columns
    return matte.reshape(rows, down, columns, across).any(axis=(1, 3))


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv420p10le", "yuv422p", "yuv422p10le", "yuv444p", "yuv444p12le", "gray", "gbrp10le"]
)
def test_outside_the_matte_nothing_changes(
    pixel_format: str,
    tmp_path: Path,
    pictures: list[av.VideoFrame],
    run: Callable[..., Any],
    read_film: Callable[[Path], Any],
    write_film: Callable[..., Path],
) -> None:
    film = write_film(tmp_path / "in.mkv", pictures[-3:], codec="ffv1", pixel_format=pixel_format)
    ended = run(film, "-o", tmp_path / "out.mkv", "--matte", tmp_path / "matte.mkv", "--codec", "ffv1")
    assert ended.code == 0, ended.err
    before, after, mattes = (read_film(tmp_path / name) for name in ("in.mkv", "out.mkv", "matte.mkv"))
    assert after.pixel_format == before.pixel_format == pixel_format
    assert after.times == before.times
    for old, new, (matte,) in zip(before.pictures, after.pictures, mattes.pictures, strict=True):
        assert matte.any(), "nothing was erased, so nothing is shown"
        for number, (a, b) in enumerate(zip(old, new, strict=True)):
            erased = _blocks(matte, a.shape)
            assert np.array_equal(a[~erased], b[~erased])
            assert (a[erased] != b[erased]).mean() > (0.6 if number == 0 else 0.2)


def test_full_range_stays_full_range(
    tmp_path: Path,
    pictures: list[av.VideoFrame],
    run: Callable[..., Any],
    read_film: Callable[[Path], Any],
    write_film: Callable[..., Path],
) -> None:
    film = write_film(tmp_path / "in.mp4", pictures[-3:], pixel_format="yuvj420p", full_range=True)
    assert read_film(film).pixel_format == "yuvj420p"
    for name in ("out.mp4", "out.mkv"):
        matte = tmp_path / f"{name}.mkv"
        assert run(film, "-o", tmp_path / name, "--matte", matte).code == 0
        before, after = read_film(film), read_film(tmp_path / name)
        assert after.color_range == before.color_range == 2
        left = read_film(matte).pictures[0][0] == 0
        # A range converted by mistake moves every sample by up to 20; compression does not.
        shift = after.pictures[0][0][left].astype(int) - before.pictures[0][0][left]
        assert abs(shift.mean()) < 0.5


def test_ten_bits_stay_ten_bits_by_default(
    tmp_path: Path,
    pictures: list[av.VideoFrame],
    run: Callable[..., Any],
    read_film: Callable[[Path], Any],
    write_film: Callable[..., Path],
) -> None:
    film = write_film(tmp_path / "in.mkv", pictures[:3], codec="ffv1", pixel_format="yuv422p10le")
    assert run(film, "-o", tmp_path / "out.mp4").code == 0
    after = read_film(tmp_path / "out.mp4")
    assert (after.codec, after.pixel_format) == ("h264", "yuv422p10le")


def test_a_still_goes_in_and_comes_out(tmp_path: Path, pictures: list[av.VideoFrame], run: Callable[..., Any]) -> None:
    with av.open(str(tmp_path / "in.png"), "w", format="image2", options={"update": "1"}) as still:
        stream = still.add_stream("png")
        stream.width, stream.height, stream.pix_fmt = 640, 360, "rgb24"
        still.mux(stream.encode(pictures[-1].reformat(format="rgb24")))
        still.mux(stream.encode(None))
    ended = run(tmp_path / "in.png", "-o", tmp_path / "out.png", "--matte", tmp_path / "matte.png")
    assert ended.code == 0, ended.err
    planes = []
    for name in ("in.png", "out.png", "matte.png"):
        with av.open(str(tmp_path / name)) as still:
            planes.append(next(still.decode(video=0)).to_ndarray())
    before, after, matte = planes
    assert before.shape == after.shape
    assert matte.any()
    assert np.array_equal(before[matte == 0], after[matte == 0])
    assert (before[matte > 0] != after[matte > 0]).any(axis=-1).mean() > 0.6
