"""What a segment, a dispatch and a join cost here: measured in CPU seconds, which other programs don't change much.

Knows nothing of farms.
"""

import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import av

from faceerase.configs.film import FilmConfig, LookConfig
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.workers.dispatch import carry_out
from faceerase.streamer.workers.processes import ProcessExecutor
from faceerase.streamer.workers.seam import Tell, Tools

T = TypeVar("T")

DISPATCHED = 300


@dataclass(frozen=True, slots=True)
class Costs:
    """Of footage of one kind on one kind of core.

    Attributes:
        film: what was measured.
        machine: where.
        rate: frames a second of the footage.
        cpu_seconds_per_frame: decoding, looking, erasing, encoding.
        segment_seconds: that a segment costs beside its frames (opening, probing, flushing, fingerprints).
        read_bytes_per_frame: of the source.
        written_bytes_per_frame: of the result.
        dispatch_seconds: of the driver's CPU for each segment: sending, hearing of progress and result.
        join_seconds_per_frame: of the driver's CPU, for demuxing and muxing what was encoded already.
    """

    film: str
    machine: str
    rate: float
    cpu_seconds_per_frame: float
    segment_seconds: float
    read_bytes_per_frame: float
    written_bytes_per_frame: float
    dispatch_seconds: float
    join_seconds_per_frame: float

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class NoWork:
    """A unit that costs nothing, so that what is left is the dispatch."""

    name: str

    def do(self, tools: Tools, tell: Tell) -> str:
        """Return what a film's result is about as large as."""
        return "x" * 2000

    def clear(self, pid: int) -> None:
        """There is nothing to remove."""


def measure(film: Path, height: int | None) -> Costs:
    """Return what footage costs here.

    Args:
        film: a short one.
        height: to which its picture is scaled before, in pixels; None: as it is.
    """
    config = FilmConfig(look=LookConfig(provider="cpu", threads=1))
    engine = OnnxEngine(config.look.model, "cpu", 1, config.look.batch_size)
    with tempfile.TemporaryDirectory() as folder:
        source = film if height is None else _scaled(film, Path(folder) / "source.mp4", height)
        clean = Path(folder) / "clean.mp4"
        whole, done = _cpu(lambda: anonymise_film(source, clean, None, config, engine, lambda _: None))
        single = _first_frame(source, Path(folder) / "one.mp4")
        one, _ = _cpu(lambda: anonymise_film(single, Path(folder) / "o.mp4", None, config, engine, lambda _: None))
        frames = done.frames
        each = (whole - one) / max(1, frames - 1)
        join = min(_cpu(lambda: _copy(clean, Path(folder) / "joined.mp4"))[0] for _ in range(3))
        with av.open(str(source)) as container:
            rate = float(container.streams.video[0].average_rate or 25)
            size = f"{container.streams.video[0].width}x{container.streams.video[0].height}"
        read, written = source.stat().st_size / frames, clean.stat().st_size / frames
    return Costs(
        film=f"{film.name} at {size}",
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        rate=rate,
        cpu_seconds_per_frame=each,
        segment_seconds=max(0.0, one - each),
        read_bytes_per_frame=read,
        written_bytes_per_frame=written,
        dispatch_seconds=_dispatch(),
        join_seconds_per_frame=join / frames,
    )


def _cpu(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


def _dispatch() -> float:
    with ProcessExecutor[str](1, 1) as executor:
        list(carry_out([NoWork("first")], executor))
        begun = time.process_time()
        list(carry_out([NoWork(str(number)) for number in range(DISPATCHED)], executor))
        return (time.process_time() - begun) / DISPATCHED


def _scaled(film: Path, target: Path, height: int) -> Path:
    with av.open(str(film)) as source, av.open(str(target), "w") as sink:
        picture = source.streams.video[0]
        out = sink.add_stream("libx264", rate=picture.average_rate, options={"crf": "20", "threads": "1"})
        out.width, out.height = round(picture.width * height / picture.height / 2) * 2, height
        out.pix_fmt = "yuv420p"
        for frame in source.decode(picture):
            sink.mux(out.encode(frame.reformat(width=out.width, height=height, format="yuv420p")))
        sink.mux(out.encode(None))
    return target


def _first_frame(film: Path, target: Path) -> Path:
    with av.open(str(film)) as source, av.open(str(target), "w") as sink:
        picture = source.streams.video[0]
        out = sink.add_stream("libx264", rate=picture.average_rate)
        out.width, out.height, out.pix_fmt = picture.width, picture.height, "yuv420p"
        sink.mux(out.encode(next(source.decode(picture)).reformat(format="yuv420p")))
        sink.mux(out.encode(None))
    return target


def _copy(film: Path, target: Path) -> None:
    with av.open(str(film)) as source, av.open(str(target), "w") as sink:
        streams = {stream.index: sink.add_stream_from_template(stream, opaque=True) for stream in source.streams}
        for packet in source.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                sink.mux(packet)
