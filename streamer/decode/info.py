"""What is known of a film before it is decoded: its headers, its first frames, and how its time is told.

Knows nothing of masks or outputs.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer

from faceerase.errors import SourceError
from faceerase.streamer.decode.chroma import chroma_location
from faceerase.streamer.decode.clock import Clock, believable_rate, choose_clock, lag_of, next_time
from faceerase.streamer.decode.decoder import decoder_of
from faceerase.streamer.decode.demuxing import demuxed
from faceerase.streamer.decode.display import Matrix, field_order_of, matrix_of, quarter_turns
from faceerase.streamer.decode.light import Light, light_of
from faceerase.streamer.decode.limits import refuse_greedy
from faceerase.streamer.decode.on_card import BY_SOFTWARE, Decoding
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.decode.side_data import nameable
from faceerase.streamer.planes import to_planar

PROBED_FRAMES = 48
"""Frames decoded beforehand to choose the clock: three times the deepest reordering that H.264 and HEVC allow (16)."""


@dataclass(frozen=True, slots=True)
class FilmInfo:
    """What is known of a film before it is decoded.

    ``frame_count`` is a guess for progress, 0 when unknown; ``lag`` is added to DTS where they count (in ticks);
    ``start`` is the time of the film's first frame in seconds, ``cut`` what is taken of it, ``decoding`` by what it is
    decoded. Of pictures, ``path`` is the first one's and ``stream_index`` is -1: nothing travels along with them.
    """

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
    lag: int
    audio_rates: tuple[int, ...]
    start: Fraction
    cut: Cut = WHOLE
    decoding: Decoding = BY_SOFTWARE

    @property
    def quarter_turns(self) -> int:
        """Counter-clockwise, after which the picture is upright."""
        return quarter_turns(self.display_matrix)


def probe(path: Path, number: int | None = None, frames: int = PROBED_FRAMES) -> FilmInfo:
    """Return what is known of a film once the first ``frames`` of its picture, or of stream ``number``, are decoded.

    Raises:
        SourceError: it cannot be read, or no frame of it can be decoded.
        ConfigError: the stream of that number is not a picture.
    """
    with open_film(path) as container:
        stream = main_video(container, path, number)
        codec = stream.codec_context.codec.canonical_name
        decoder = decoder_of(stream)
        first: av.VideoFrame | None = None
        stamps = []
        try:
            decoded = (picture for packet in demuxed(container, [stream]) for picture in decoder.decode(packet))
            for picture in islice(decoded, frames):
                first = first or picture
                stamps.append((picture.pts, picture.dts))
        except av.error.FFmpegError as error:
            if first is None:
                refuse_greedy(path, error)
                raise SourceError(f"{path}: its video cannot be decoded ({error.strerror})") from error
        if first is None:
            raise SourceError(f"{path}: no frame of it could be decoded")
        planar = nameable(to_planar(first))
        stores_pts = container.format.name != "avi"
        clock = choose_clock(stamps, stores_pts)
        lag = lag_of(clock, stamps, stores_pts)
        time_base = stream.time_base or Fraction(1, 90_000)
        context = stream.codec_context
        rate = believable_rate((stream.average_rate, stream.guessed_rate), [pts for pts, _ in stamps], time_base)
        return FilmInfo(
            path=path,
            stream_index=stream.index,
            codec=codec,
            profile=context.profile,
            width=first.width,
            height=first.height,
            pixel_format=first.format.name,
            planar_format=planar.format.name,
            time_base=time_base,
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
            chroma_location=chroma_location(stream, first.format.name),
            clock=clock,
            lag=lag,
            audio_rates=tuple(sound.rate for sound in container.streams.audio if sound.codec_context and sound.rate),
            start=next_time(clock, (stamps[0][0], late(stamps[0][1], lag)), None, 1).pts * time_base,
        )


def late(dts: int | None, lag: int) -> int | None:
    """Return a decoding time where it stands for the presentation."""
    return None if dts is None else dts + lag


def is_full_range(picture: av.VideoFrame) -> bool:
    """Whether 0 is black and the greatest value white (JPEG range, RGB); YUV that does not say is limited."""
    name = picture.format.name
    return int(picture.color_range) == 2 or name.startswith("yuvj") or picture.format.is_rgb


def _guess_frames(container: InputContainer, rate: Fraction) -> int:
    return round(container.duration / av.time_base * rate) if container.duration else 0
