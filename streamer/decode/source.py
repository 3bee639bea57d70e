"""A film's main picture as frames: decoded in its native format, each with a time that can be trusted.

What could not be decoded is counted and named, never passed over. Knows nothing of masks or outputs.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from faceerase.errors import SourceError
from faceerase.log import get_logger
from faceerase.streamer.decode.beside import count_beside
from faceerase.streamer.decode.chroma import chroma_location
from faceerase.streamer.decode.clock import Clock, choose_clock, next_time
from faceerase.streamer.decode.completeness import Completeness
from faceerase.streamer.decode.decoder import decoder_of
from faceerase.streamer.decode.display import Matrix, field_order_of, matrix_of, quarter_turns
from faceerase.streamer.decode.light import Light, light_of
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.side_data import nameable
from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import to_planar

PROBED_FRAMES = 48
"""Frames decoded beforehand to choose the clock: three times the deepest reordering that H.264 and HEVC allow (16)."""

ONE_PICTURE_A_PACKET = frozenset({"h264", "hevc"})
"""Codecs of which every packet holds one picture to be shown; their decoders can drop damaged ones without an error."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FilmInfo:
    """What is known of a film before it is decoded; ``frame_count`` is a guess for progress, 0 when unknown."""

    path: Path
    stream_index: int
    codec: str
    profile: str | None
    width: int
    height: int
    pixel_format: str
    planar_format: str
    time_base: Fraction
    rate: Fraction
    frame_count: int
    aspect: Fraction | None
    full_range: bool
    color_range: int
    color_primaries: int
    color_trc: int
    colorspace: int
    display_matrix: Matrix | None
    field_order: int
    light: Light
    chroma_location: str | None
    clock: Clock
    audio_rates: tuple[int, ...]

    @property
    def quarter_turns(self) -> int:
        """Counter-clockwise, after which the picture is upright."""
        return quarter_turns(self.display_matrix)


class FilmSource:
    """A film file as a ``FrameSource``; ``remarks``, ``lost`` and ``beside`` are complete once ``frames`` has ended."""

    def __init__(self, path: Path, stream: int | None = None) -> None:
        """Open the file and look at its first frames.

        Args:
            path: the file.
            stream: which of its streams, by number; None: the main picture.

        Raises:
            SourceError: it cannot be read, or no frame of it can be decoded.
            ConfigError: the stream of that number is not a picture.
        """
        self.info = probe(path, stream)
        self.beside: Counter[Type] = Counter()
        self.lost: list[str] = []
        self.remarks: list[str] = []

    def frames(self) -> Iterator[Frame]:
        """Yield every frame that can be decoded, in presentation order, with strictly growing pts.

        Raises:
            SourceError: the file vanished, or its picture changes size or format midway.
        """
        info = self.info
        step = max(1, round(1 / (info.rate * info.time_base)))
        last: int | None = None
        repaired = nameless = count = 0
        with open_film(info.path) as container:
            stream = main_video(container, info.path, info.stream_index)
            for picture in self._pictures(container, stream):
                timed = next_time(info.clock, (picture.pts, picture.dts), last, step)
                repaired += timed.repaired
                planar = self._checked(to_planar(picture), count)
                named = nameable(planar)
                nameless += named is not planar
                count_beside(named, self.beside)
                named.pts, named.time_base = timed.pts, info.time_base
                yield Frame(count, timed.pts, info.time_base, named)
                last, count = timed.pts, count + 1
        if count == 0:
            raise SourceError(f"{info.path}: no frame of it could be decoded")
        if repaired:
            self._remark(f"presentation times missing or backward: repaired from the DTS ({repaired} frames)")
        if nameless:
            self._remark(f"EXIF or other side data that has no name here removed ({nameless} frames)")
        if info.planar_format != info.pixel_format:
            self._remark(f"pixel format {info.pixel_format} re-packed losslessly as {info.planar_format}")

    def _pictures(self, container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
        completeness = Completeness(container, stream)
        packets, decoder = container.demux(), decoder_of(stream)
        number = expected = given = named = 0
        while True:
            try:
                packet = next(packets)
            except (StopIteration, EOFError):
                break
            except av.error.FFmpegError as error:
                self._lose(f"after packet {number}: the file cannot be read further ({error.strerror})")
                break
            completeness.see(packet)
            if packet.stream.index != stream.index:
                continue
            number += 1
            expected += bool(packet.size) and not packet.is_discard
            try:
                pictures = decoder.decode(packet)
            except av.error.EOFError:
                break
            except av.error.FFmpegError as error:
                # Frame threads report an error some packets late.
                when = "" if packet.pts is None else f", near {float(packet.pts * packet.time_base):.3f} s"
                self._lose(f"near packet {number}{when}: cannot be decoded ({error.strerror})")
                named += 1
                continue
            given += len(pictures)
            yield from pictures
        unnamed = expected - given - named
        if self.info.codec in ONE_PICTURE_A_PACKET and unnamed > 0:
            self._lose(f"{unnamed} of {expected} coded pictures gave no picture")
        missing = completeness.verdict()
        if missing:
            self._lose(missing)

    def _checked(self, picture: av.VideoFrame, index: int) -> av.VideoFrame:
        info = self.info
        if (picture.width, picture.height) != (info.width, info.height) or picture.format.name != info.planar_format:
            raise SourceError(
                f"{info.path}: at frame {index} the picture changes from {info.width}×{info.height} "
                f"{info.planar_format} to {picture.width}×{picture.height} {picture.format.name}; split the film there"
            )
        if picture.is_corrupt:
            self._lose(f"frame {index}: decoded with errors")
        return picture

    def _lose(self, text: str) -> None:
        self.lost.append(text)
        _log.info("%s: %s", self.info.path.name, text)

    def _remark(self, text: str) -> None:
        self.remarks.append(text)
        _log.info("%s: %s", self.info.path.name, text)


def probe(path: Path, number: int | None = None, frames: int = PROBED_FRAMES) -> FilmInfo:
    """Return what is known of a film once the first ``frames`` of its picture, or of stream ``number``, are decoded.

    Raises:
        SourceError: it cannot be read, or no frame of it can be decoded.
        ConfigError: the stream of that number is not a picture.
    """
    with open_film(path) as container:
        stream = main_video(container, path, number)
        decoder = decoder_of(stream)
        # FFmpeg is made to talk further down; a decoder's thread that talks while it is ended waits for Python's lock,
        # which who ends it holds
        decoder.thread_count = 1
        first: av.VideoFrame | None = None
        stamps = []
        try:
            decoded = (picture for packet in container.demux(stream) for picture in decoder.decode(packet))
            for picture in islice(decoded, frames):
                first = first or picture
                stamps.append((picture.pts, picture.dts))
        except av.error.FFmpegError as error:
            if first is None:
                raise SourceError(f"{path}: its video cannot be decoded ({error.strerror})") from error
        if first is None:
            raise SourceError(f"{path}: no frame of it could be decoded")
        planar = nameable(to_planar(first))
        context = stream.codec_context
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        return FilmInfo(
            path=path,
            stream_index=stream.index,
            codec=context.codec.canonical_name,
            profile=context.profile,
            width=first.width,
            height=first.height,
            pixel_format=first.format.name,
            planar_format=planar.format.name,
            time_base=stream.time_base or Fraction(1, 90_000),
            rate=rate,
            frame_count=stream.frames or _guess_frames(container, rate),
            aspect=stream.sample_aspect_ratio or None,
            full_range=is_full_range(first),
            color_range=int(first.color_range),
            color_primaries=int(first.color_primaries),
            color_trc=int(first.color_trc),
            colorspace=int(first.colorspace),
            display_matrix=matrix_of(planar),
            field_order=field_order_of(planar, context.field_order),
            light=light_of(planar),
            chroma_location=chroma_location(path, context.codec.canonical_name, first.format.name),
            clock=choose_clock(stamps, stores_pts=container.format.name != "avi"),
            audio_rates=tuple(sound.rate for sound in container.streams.audio if sound.rate),
        )


def is_full_range(picture: av.VideoFrame) -> bool:
    """Whether 0 is black and the greatest value white (JPEG range, RGB); YUV that does not say is limited."""
    name = picture.format.name
    return int(picture.color_range) == 2 or name.startswith("yuvj") or picture.format.is_rgb


def _guess_frames(container: InputContainer, rate: Fraction) -> int:
    return round(container.duration / av.time_base * rate) if container.duration else 0
