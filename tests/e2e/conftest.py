"""What the end-to-end tests share: the real command in a process of its own, and films made and read for them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parent.parent / "data"
BIN = Path(sys.executable).parent
SHORT_FRAMES = 10
COLOUR_SWITCHES = {"FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "TTY_COMPATIBLE", "GITHUB_ACTIONS"}
PLAIN = {key: value for key, value in os.environ.items() if key not in COLOUR_SWITCHES} | {"COLUMNS": "200"}
"""The environment of every command: wide, and without colours, whatever terminal the tests run in."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it said on stderr."""
        return self.err.splitlines()


@dataclass
class Film:
    """A film, read: decoded main picture, its times, its tags; and the packets of its sound."""

    path: Path
    format: str = ""
    codec: str = ""
    pixel_format: str = ""
    time_base: Fraction = Fraction(1)
    color_range: int = 0
    tags: tuple[int, int, int] = (0, 0, 0)
    streams: list[str] = field(default_factory=list)
    times: list[Fraction] = field(default_factory=list)
    pictures: list[list[NDArray[Any]]] = field(default_factory=list)
    sound: list[tuple[Fraction, bytes]] = field(default_factory=list)
    sound_base: Fraction = Fraction(1)


@pytest.fixture(scope="session")
def sample() -> Path:
    """Return the sample film: 100 frames, with sound."""
    return DATA / "portrait.mp4"


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """Return where the faces of the sample film are."""
    return json.loads((DATA / "portrait.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def run() -> Callable[..., Ended]:
    """Return a function that runs a command of faceerase to its end."""

    def run(*arguments: object, program: str = "faceerase-video", cwd: Path | None = None) -> Ended:
        command = [str(BIN / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=cwd, env=PLAIN, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def start() -> Callable[..., "subprocess.Popen[str]"]:
    """Return a function that starts a command of faceerase and does not wait."""

    def start(*arguments: object, program: str = "faceerase-video") -> "subprocess.Popen[str]":
        command = [str(BIN / program), *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN)

    return start


@pytest.fixture(scope="session")
def read_film() -> Callable[[Path], Film]:
    """Return a function that reads a film whole."""
    return _read_film


@pytest.fixture(scope="session")
def write_film() -> Callable[..., Path]:
    """Return a function that writes a film; see ``_write_film``."""
    return _write_film


@pytest.fixture(scope="session")
def pictures(sample: Path) -> list[av.VideoFrame]:
    """Return some frames of the sample as decoded: ten of the gallery, then six of the close-up."""
    with av.open(str(sample)) as film:
        frames = list(film.decode(video=0))
    return [*frames[40:50], *frames[60:66]]


@pytest.fixture(scope="session")
def small(pictures: list[av.VideoFrame]) -> list[av.VideoFrame]:
    """Return the same at a quarter of the area, for tests in which the picture is not the point."""
    return [picture.reformat(width=320, height=180) for picture in pictures]


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory, sample: Path, pictures: list[av.VideoFrame]) -> Path:
    """Return a film of ten frames of the sample with its sound, in MP4, with B-frames."""
    return _write_film(tmp_path_factory.mktemp("films") / "short.mp4", pictures[:SHORT_FRAMES], sound=sample)


def _read_film(path: Path) -> Film:
    film = Film(path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        film.format, film.codec = container.format.name, stream.codec_context.name
        film.time_base = stream.time_base
        film.streams = [item.type for item in container.streams]
        for picture in container.decode(stream):
            film.pixel_format, film.color_range = picture.format.name, int(picture.color_range)
            film.tags = (int(picture.color_primaries), int(picture.color_trc), int(picture.colorspace))
            film.times.append(picture.pts * picture.time_base)
            film.pictures.append(_planes(picture))
    with av.open(str(path)) as container:
        if container.streams.audio:
            stream = container.streams.audio[0]
            film.sound_base = stream.time_base
            film.sound = [(p.pts * p.time_base, bytes(p)) for p in container.demux(stream) if p.size]
    return film


def _planes(picture: av.VideoFrame) -> list[NDArray[Any]]:
    dtype = np.dtype("<u2") if picture.format.components[0].bits > 8 else np.dtype(np.uint8)
    planes = []
    for plane in picture.planes:
        rows = np.frombuffer(bytes(plane), dtype).reshape(plane.height, plane.line_size // dtype.itemsize)
        planes.append(rows[:, : plane.width].copy())
    return planes


def _write_film(
    path: Path,
    pictures: Sequence[av.VideoFrame],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 25),
    sound: Path | None = None,
    full_range: bool = False,
) -> Path:
    """Write a film and return its path.

    Args:
        path: the suffix says which container.
        pictures: frames of any film; not changed.
        codec: encoder.
        pixel_format: that the pictures are converted to.
        times: presentation times in units of ``time_base``; 0, 1, 2, … where None.
        time_base: seconds per unit.
        sound: a film whose audio packets are copied for as long as the pictures last.
        full_range: tag, and convert to, 0 to 255.

    """
    options = {"threads": "1"} | ({"crf": "18", "preset": "veryfast", "bf": "2"} if codec == "libx264" else {})
    container_options = {"fflags": "+bitexact"}
    if path.suffix in {".mp4", ".mov"}:
        container_options["video_track_timescale"] = str(time_base.denominator)
    times = times if times is not None else range(len(pictures))
    with av.open(str(path), "w", options=container_options) as film:
        video = film.add_stream(codec, rate=Fraction(25), options=options)
        video.width, video.height, video.pix_fmt = pictures[0].width, pictures[0].height, pixel_format
        video.time_base = video.codec_context.time_base = time_base
        context = video.codec_context
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = 1 + full_range, 1, 1, 1
        packets = []
        if sound is not None:
            with av.open(str(sound)) as other:
                track = film.add_stream_from_template(other.streams.audio[0], opaque=True)
                track.metadata["language"] = "eng"
                end = (times[-1] + 1) * time_base
                packets = [p for p in other.demux(audio=0) if p.size and p.pts * p.time_base < end]
                for packet in packets:
                    packet.stream = track
        for picture, time in zip(pictures, times, strict=True):
            copy = picture.reformat(format=pixel_format, dst_color_range="JPEG" if full_range else "MPEG")
            if copy is picture:  # reformat gives the frame itself where nothing changes
                copy = av.VideoFrame.from_ndarray(picture.to_ndarray(), format=pixel_format)
                copy.colorspace, copy.color_range = picture.colorspace, picture.color_range
            copy.pict_type = av.video.frame.PictureType.NONE
            copy.pts, copy.time_base = time, time_base
            film.mux(video.encode(copy))
        film.mux(video.encode(None))
        for packet in packets:
            film.mux(packet)
    return path
