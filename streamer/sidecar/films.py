"""What a film file holds, stream by stream, as its headers and its first frame tell. Copies no value of its metadata.

Knows nothing of what is done with films.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Stream
from av.video.stream import VideoStream

from faceerase.streamer.decode.opening import disposition_names, main_video, open_film
from faceerase.streamer.encode.timecode import tag, time_code_of
from faceerase.streamer.sidecar.colours import colour_of
from faceerase.streamer.sidecar.schema import FilmFacts, StreamFacts
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.opening import STILL_RATE
from faceerase.streamer.stills.source import PictureSource


def describe_film(path: Path, name: Path, picture: int | None = None) -> FilmFacts:
    """Return what is in the film at ``path``, which is called ``name``; its picture is the stream of that number.

    Raises:
        SourceError: it cannot be read.
    """
    if kind_of_name(path) is not None:
        return _describe_pictures(path, name)
    with open_film(path) as container:
        main = main_video(container, path, picture)
        first = _first_picture(container, main)
        return FilmFacts(
            path=str(name),
            format=container.format.name,
            bytes=container.size,
            start=_seconds(container.start_time, Fraction(1, av.time_base)),
            duration=_seconds(container.duration, Fraction(1, av.time_base)),
            main=main.index,
            time_code=time_code_of(container, main),
            chapters=len(container.chapters()),
            metadata_keys=_keys(container.metadata),
            streams=tuple(_describe(stream, first if stream is main else None) for stream in container.streams),
        )


def _describe_pictures(path: Path, name: Path) -> FilmFacts:
    source = PictureSource(path, STILL_RATE)
    info = source.info
    picture = StreamFacts(
        index=0,
        type="video",
        codec=info.codec,
        profile=None,
        time_base=None,
        rate=None,
        frames=info.frame_count,
        start=None,
        duration=None,
        language=None,
        disposition=(),
        metadata_keys=(),
        width=info.width,
        height=info.height,
        pixel_format=info.pixel_format,
        aspect=str(info.aspect) if info.aspect else None,
        colour=colour_of(info.color_range, info.color_primaries, info.color_trc, info.colorspace),
        rotation=info.quarter_turns * 90,
    )
    return FilmFacts(
        path=str(name),
        format=source.kind.name,
        bytes=sum(file.stat().st_size for file in source.files),
        start=None,
        duration=None,
        main=0,
        time_code=None,
        chapters=0,
        metadata_keys=(),
        streams=(picture,),
    )


def _first_picture(container: InputContainer, stream: VideoStream) -> av.VideoFrame | None:
    try:
        return next(container.decode(stream), None)
    except av.error.FFmpegError:
        return None  # the source says itself what it cannot decode


def _describe(stream: Stream, picture: av.VideoFrame | None) -> StreamFacts:
    context = stream.codec_context
    base = stream.time_base
    facts = StreamFacts(
        index=stream.index,
        type=stream.type,
        codec=context.codec.canonical_name if context is not None else None,
        profile=getattr(context, "profile", None),
        time_base=str(base) if base else None,
        rate=None,
        frames=stream.frames or None,
        start=_seconds(stream.start_time, base),
        duration=_seconds(stream.duration, base),
        language=tag(stream.metadata, "language"),
        disposition=tuple(disposition_names(stream)),
        metadata_keys=_keys(stream.metadata),
    )
    if isinstance(stream, AudioStream) and context is not None:
        sound = stream.codec_context
        return facts.model_copy(update={"rate": str(sound.rate), "channels": sound.layout.name})
    if isinstance(stream, VideoStream) and context is not None:
        return facts.model_copy(update=_picture_facts(stream, picture))
    return facts


def _picture_facts(stream: VideoStream, picture: av.VideoFrame | None) -> dict[str, object]:
    context = stream.codec_context
    # A decoded frame knows more than the headers (H.264 in a transport stream, say).
    tagged = context if picture is None else picture
    rate = stream.average_rate or stream.guessed_rate
    return {
        "rate": str(rate) if rate else None,
        "width": context.width,
        "height": context.height,
        "pixel_format": context.pix_fmt if picture is None else picture.format.name,
        "aspect": str(stream.sample_aspect_ratio) if stream.sample_aspect_ratio else None,
        "colour": colour_of(
            int(tagged.color_range), int(tagged.color_primaries), int(tagged.color_trc), int(tagged.colorspace)
        ),
        "rotation": None if picture is None else int(picture.rotation),
        "side_data": None if picture is None else _side_data(picture),
    }


def _side_data(picture: av.VideoFrame) -> tuple[str, ...] | None:
    try:
        found = cast(Iterable[SideData], picture.side_data)  # the stub forgets to say so
        return tuple(sorted({data.type.name for data in found}))
    except ValueError:
        return None  # PyAV gives none of them where one is of a kind that it does not know (EXIF)


def _keys(metadata: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(metadata))


def _seconds(ticks: int | None, base: Fraction | None) -> float | None:
    return None if ticks is None or base is None else round(float(ticks * base), 6)
