"""Which source and which sink a path means: a film, a picture, or a numbered sequence of pictures.

Knows nothing of what goes from one to the other.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from faceerase.configs.film import Decoder, PartConfig, StreamsConfig
from faceerase.errors import ConfigError
from faceerase.streamer.decode.opening import open_film
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.passengers import USUAL
from faceerase.streamer.encode.roster import Beside
from faceerase.streamer.frame import Frame
from faceerase.streamer.stills.extras import Extras, orientation_of
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.sink import PictureSink
from faceerase.streamer.stills.source import PictureSource

STILL_RATE = Fraction(24)
"""Pictures a second of a sequence where nobody says another: film's."""

FIRST_NUMBER = 1
"""Of the pictures that a film becomes."""


def open_source(
    path: Path,
    rate: Fraction = STILL_RATE,
    stream: int | None = None,
    part: PartConfig | None = None,
    decoder: Decoder = "cpu",
) -> FilmSource | PictureSource:
    """Return what a path means as a source of frames.

    Args:
        path: of a film or a picture, or a pattern.
        rate: pictures a second.
        stream: which video stream of a film, by number; None: the main one.
        part: what of a film is taken; None: all.
        decoder: what decodes a film, where that does.

    Raises:
        SourceError: it cannot be read.
        ConfigError: a film has no such stream or part, or of pictures one is asked for.
    """
    if kind_of_name(path) is None or path.is_dir():
        return FilmSource(path, stream, part, decoder)
    if stream is not None:
        raise ConfigError(f"--video-stream: {path} is no film")
    if part is not None and part != PartConfig():
        raise ConfigError(f"--from and --to: {path} is no film; name the pictures that are wanted")
    return PictureSource(path, rate)


def open_sink(
    target: Path,
    source: FilmSource | PictureSource,
    choice: EncoderChoice,
    streams: StreamsConfig = USUAL,
    beside: Sequence[Beside] | None = (),
) -> FilmSink | PictureSink:
    """Return what a path means as a sink for the frames of a source.

    Args:
        target: of a film or a picture, or a pattern.
        source: where the frames come from.
        choice: how they are encoded.
        streams: what becomes of what is beside a film's picture.
        beside: further pictures of a film, anonymised already, that go into the target too; None: the picture alone.

    Raises:
        SinkError: the place cannot be written to, encoder and container don't go together, or there is no place for
            what ``streams`` does not allow to be left out.
    """
    kind = kind_of_name(target)
    if kind is None:
        return FilmSink(target, source.info, choice, streams, beside if isinstance(source, FilmSource) else None)
    if isinstance(source, FilmSource):
        turned = Extras(orientation_of(source.info.quarter_turns))
        return PictureSink(target, source.info, choice, numbering(source), lambda frame: turned, _left_behind(source))

    def like(frame: Frame) -> Extras:
        extras = source.extras_of(frame)
        return extras if source.kind is kind else Extras(extras.orientation, extras.icc)

    return PictureSink(target, source.info, choice, numbering(source), like)


def _left_behind(film: FilmSource) -> list[str]:
    """Return what of a film has no place in pictures, in words."""
    with open_film(film.info.path) as container:
        others = [stream for stream in container.streams if stream.index != film.info.stream_index]
        dropped = [f"dropped: stream {one.index} ({one.type}): pictures have no further streams" for one in others]
    return ["dropped: the film's times; pictures are numbered from 1", *dropped]


def numbering(source: FilmSource | PictureSource) -> Callable[[Frame], int]:
    """Return what says the number of a frame's picture: that of the picture that it was, else counted from 1."""
    if isinstance(source, FilmSource):
        return lambda frame: FIRST_NUMBER + frame.index
    start = source.first_number if source.pattern else FIRST_NUMBER
    return lambda frame: start + frame.pts
