"""Films for the tests of ``--smart-copy``: made, cleaned, and looked at frame by frame."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import logging as av_logging
from passing import pass_through

from faceerase.streamer.box import Box
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.copying.checksums import checksum
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region

WIDTH, HEIGHT = 256, 144
FACE = FrameMask((Region(Box(36, 28, 60, 52), np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 1.0, 1),))
NOBODY = FrameMask(())


@dataclass(frozen=True)
class Kind:
    """How a source is coded; the encoder's options where it is cleaned are those of ``again``."""

    suffix: str
    codec: str
    pixel_format: str = "yuv420p"
    options: tuple[tuple[str, str], ...] = ()
    full_range: bool = False

    def __str__(self) -> str:
        return f"{self.codec}{self.suffix}"


def picture(number: int, kind: Kind, time: int) -> av.VideoFrame:
    """Quiet noise, and a bright square where a face would be, that moves from frame to frame."""
    rng = np.random.default_rng(number // 10)
    gray = np.tile(np.linspace(40, 120, WIDTH), (HEIGHT, 1)) + rng.integers(0, 9, (HEIGHT, WIDTH))
    gray[30:50, 38 + number % 3 : 58 + number % 3] = 230
    gray[70:80, (number * 5) % 100 : (number * 5) % 100 + 9] = 200
    rgb = np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2)
    made = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=kind.pixel_format, dst_color_range="JPEG" if kind.full_range else "MPEG"
    )
    made.pts, made.time_base = time, Fraction(1, 25)
    return made


def film(path: Path, kind: Kind, frames: int, times: Sequence[int] | None = None) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(kind.codec, rate=25, options={"threads": "1", **dict(kind.options)})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, kind.pixel_format
        context.color_range = 1 + kind.full_range
        for number, time in enumerate(times or range(frames)):
            container.mux(stream.encode(picture(number, kind, time)))
        container.mux(stream.encode(None))
    return path


def clean(source: Path, target: Path, faces: set[int], **encode: object) -> list[str]:
    """Erase a face in some frames and return the remarks."""
    anonymizer = PlaneAnonymizer("solid")

    def erase(frame: Frame) -> tuple[Frame, Matte]:
        return anonymizer.erase(frame, FACE if frame.index in faces else NOBODY)

    return pass_through(source, target, erase=erase, threads=2, smart_copy=True, **encode).told


def packets(path: Path) -> dict[Fraction, bytes]:
    with av.open(str(path)) as container:
        return {p.pts * p.time_base: bytes(p) for p in container.demux(video=0) if p.size}


def frames(path: Path) -> Iterator[tuple[Fraction, int, float]]:
    """Time, checksum, and brightness where the face was."""
    for frame in FilmSource(path).frames():
        gray = frame.picture.reformat(format="gray").to_ndarray()
        yield frame.pts * frame.time_base, checksum(frame.picture), float(gray[34:46, 42:54].mean())


def said(path: Path) -> list[str]:
    """What FFmpeg says from warnings up while a film is decoded with one thread."""
    before = av_logging.get_level()
    av_logging.set_level(av_logging.WARNING)
    try:
        with av_logging.Capture(local=False) as lines, av.open(str(path)) as container:
            container.streams.video[0].codec_context.thread_count = 1
            for _ in container.decode(video=0):
                pass
        return [line for _, _, line in lines]
    finally:
        av_logging.set_level(before)


def looked_at(source: Path, target: Path, faces: set[int], copied: set[int]) -> None:
    """Check every frame: what is copied is the source's to the bit, what has a face has none any more."""
    before, after = list(frames(source)), list(frames(target))
    assert [time for time, *_ in after] == [time for time, *_ in before]
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        assert one[2] > 150
        assert (number in faces) == (other[2] < 100), number
        if number in copied:
            assert one[1] == other[1], number
    assert said(target) == said(source) == []


GOP = (("g", "6"), ("bf", "2"), ("crf", "18"), ("sc_threshold", "0"))
X265 = "keyint=6:min-keyint=6:open-gop=0:scenecut=0:log-level=error"


def why(tmp_path: Path, kind: Kind, frames: int = 24, faces: frozenset[int] = frozenset({13}), **encode: object) -> str:
    """What is said of a film that is cleaned; no face may be left in it."""
    source, target = film(tmp_path / f"a{kind.suffix}", kind, frames), tmp_path / f"b{kind.suffix}"
    remarks = clean(source, target, set(faces), **encode)
    looked_at(source, target, set(faces), set())
    return next(remark for remark in remarks if remark.startswith("smart copy"))


def changed(source: Path, target: Path, change: Callable[[int, bytes], bytes]) -> Path:
    """Copy a film packet by packet, each as ``change(number, packet)`` makes it."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(packet for packet in old.demux(video=0) if packet.size):
            made = av.Packet(change(number, bytes(packet)))
            made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
            made.is_keyframe, made.stream = packet.is_keyframe, stream
            new.mux(made)
    return target
