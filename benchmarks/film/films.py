"""Films to measure with: made once from a few clips, by size, number of faces and length. Knows nothing of costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SETTINGS = {"preset": "veryfast", "crf": "20"}
"""Of the films that are made: like what a camera gives, and soon done."""


@dataclass(frozen=True, slots=True)
class Film:
    """One film.

    Attributes:
        name: what it is called in the results.
        clip: file name of the clip that it is made of.
        faces: people that can be seen in a frame, roughly.
        size: (width, height); None: that of the clip.
        grid: so many times across and down the clip stands in each picture.
    """

    name: str
    clip: str
    faces: int
    size: tuple[int, int] | None = None
    grid: int = 1


FILMS = (
    Film("480p-1", "hamilton.mp4", 1, (854, 480)),
    Film("720p-1", "hamilton.mp4", 1, (1280, 720)),
    Film("1080p-0", "nasa.mp4", 0, (1920, 1080)),
    Film("1080p-1", "hamilton.mp4", 1, (1920, 1080)),
    Film("1080p-9", "station.mp4", 9),
    Film("1080p-30", "station.mp4", 30, (1920, 1080), 2),
    Film("4k-9", "station.mp4", 9, (3840, 2160)),
    Film("4k-30", "station.mp4", 30, (3840, 2160), 2),
)


def made(film: Film, clips: Path, folder: Path, frames: int) -> Path:
    """Return a film of so many frames in a folder, made if it is not there; the clip goes round where it is shorter.

    Raises:
        FileNotFoundError: the clip is not there.
    """
    target = folder / f"{film.name}.{frames}.mp4"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial.mp4")
        _make(film, clips / film.clip, partial, frames)
        partial.rename(target)
    return target


def _make(film: Film, clip: Path, target: Path, frames: int) -> None:
    with av.open(str(clip)) as source, av.open(str(target), "w") as written:
        video = source.streams.video[0]
        rate = video.average_rate or Fraction(25)
        stream = written.add_stream("libx264", rate=rate, options=SETTINGS)
        assert isinstance(stream, av.VideoStream)
        width, height = film.size or (video.width, video.height)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, planes in enumerate(islice(_round(clip, width // film.grid, height // film.grid), frames)):
            picture = av.VideoFrame.from_ndarray(_grid(planes, height // film.grid, film.grid), format="yuv420p")
            picture.pts, picture.time_base = number, 1 / rate
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))


def _round(clip: Path, width: int, height: int) -> Iterator[NDArray[np.uint8]]:
    while True:
        with av.open(str(clip)) as source:
            for picture in source.decode(source.streams.video[0]):
                yield np.asarray(picture.to_ndarray(format="yuv420p", width=width, height=height), np.uint8)


def _grid(planes: NDArray[np.uint8], height: int, grid: int) -> NDArray[np.uint8]:
    if grid == 1:
        return planes
    luma = np.tile(planes[:height], (grid, grid))
    chroma = planes[height:].reshape(2, height // 2, -1)
    wide = np.tile(chroma, (1, grid, grid))
    return np.ascontiguousarray(np.vstack((luma, wide.reshape(-1, luma.shape[1]))))
