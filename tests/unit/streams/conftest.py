"""Films with sound, text and labels, for tests of all that is beside the picture."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.container import OutputContainer
from av.stream import Disposition
from av.subtitles.subtitle import SubtitleSet
from passing import pass_through

from faceerase.configs.film import PartConfig, StreamsConfig

FRAMES = 10
STYLES = (
    b"[Script Info]\r\nScriptType: v4.00+\r\nPlayResX: 384\r\nPlayResY: 288\r\n\r\n[V4+ Styles]\r\n"
    b"Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    b"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    b"MarginV, Encoding\r\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\r\n"
    b"\r\n[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)
LINES = ((40, 80, "one"), (201, 111, r"two\Nlines, {\i1}slanted{\i0}"))
"""Start and duration in milliseconds, and text as ASS writes it."""

CODECS = {".webm": ("libvpx-vp9", "yuv420p"), ".mxf": ("dnxhd", "yuv422p"), ".mov": ("dnxhd", "yuv422p")}


@contextmanager
def _film(path: Path, rate: Fraction = Fraction(25), time_code: str | None = None) -> Iterator[OutputContainer]:
    """Open a film whose first stream is a picture; add to it in the block, in which its header is not written yet."""
    codec, pixel_format = CODECS.get(path.suffix, ("libx264", "yuv420p"))
    options = {"profile": "dnxhr_sq"} if codec == "dnxhd" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = (320, 192, pixel_format)
        if codec == "libvpx-vp9":
            stream.bit_rate = 100_000
        if time_code is not None:
            stream.metadata["timecode"] = time_code
        yield container
        for number in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(np.full((288, 320), 20 * number, np.uint8), format="yuv420p")
            picture = picture.reformat(format=pixel_format)
            picture.pts, picture.time_base = number, 1 / rate
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _add_sound(container: OutputContainer, codec: str = "pcm_s16le", **labels: Any) -> Callable[[], None]:
    """Give a film a sound; return what writes it."""
    layout = labels.pop("layout", "mono")
    stream = container.add_stream(codec, rate=48_000, layout=layout)
    stream.disposition = labels.pop("disposition", Disposition(0))
    stream.metadata.update(labels)

    def write() -> None:
        tone = av.AudioFrame.from_ndarray(np.full((1, 9600), 500, np.int16), format="s16", layout=layout)
        tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(stream.encode(tone))
        container.mux(stream.encode(None))

    return write


def _add_text(
    container: OutputContainer, codec: str, lines: Any = LINES, ticks: Fraction = Fraction(1, 1000)
) -> Callable[[], None]:
    """Give a film subtitles; return what writes them."""
    stream = container.add_stream(codec)
    stream.metadata["language"] = "fra"
    stream.codec_context.subtitle_header = STYLES
    stream.time_base = stream.codec_context.time_base = ticks

    def write() -> None:
        for number, (start, duration, text) in enumerate(lines):
            packet = stream.codec_context.encode_subtitle(
                SubtitleSet.create(f"{number},0,Default,,0,0,0,,{text}".encode(), 0, duration, start)
            )
            packet.stream, packet.time_base = stream, ticks
            packet.pts = packet.dts = start
            packet.duration = duration
            container.mux(packet)

    return write


def _carry(
    source: Path, target: Path, part: PartConfig | None = None, pix_fmt: str | None = None, **config: Any
) -> list[str]:
    """Write a film, or a part of it, with all that travels along; return the remarks."""
    options = {"deadline": "realtime"} if target.suffix == ".webm" else {}
    streams = StreamsConfig(**config)
    return pass_through(source, target, part=part, streams=streams, pix_fmt=pix_fmt, options=options).told


def _kinds(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


@dataclass(frozen=True)
class Films:
    """What these tests do with films; each is a function above."""

    open: Callable[..., Any] = _film
    add_sound: Callable[..., Any] = _add_sound
    add_text: Callable[..., Any] = _add_text
    carry: Callable[..., list[str]] = _carry
    kinds: Callable[[Path], list[str]] = _kinds
    styles: bytes = STYLES


@pytest.fixture(scope="session")
def films() -> Films:
    """``films.open``, ``add_sound``, ``add_text``: a film made; ``carry``: written again, with all that travels."""
    return Films()
