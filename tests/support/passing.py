"""A film all the way round the network, for tests: decoded, perhaps erased, encoded, checked and named."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from faceerase.configs.film import EncodeConfig, PartConfig, StreamsConfig
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import EncoderChoice, encoder_for
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

NO_MATTE = Matte(np.zeros((1, 1), np.uint8), (1, 1), 1, 1)

Erase = Callable[[Frame], tuple[Frame, Matte]]


@dataclass(frozen=True)
class Passed:
    """What was read, how it was encoded, and what the sink told."""

    film: FilmSource
    choice: EncoderChoice
    told: list[str]


def nothing(frame: Frame) -> tuple[Frame, Matte]:
    """Erase nothing."""
    return frame, NO_MATTE


def choice_for(info: FilmInfo, target: Path, **encode: object) -> EncoderChoice:
    """Return how a film is encoded for a target; one encoder thread unless asked for more."""
    return encoder_for(info, EncodeConfig.model_validate({"threads": 1, **encode}), target.suffix)


def pass_through(
    source: Path,
    target: Path,
    *,
    part: PartConfig | None = None,
    info: FilmInfo | None = None,
    streams: StreamsConfig | None = None,
    erase: Erase = nothing,
    **encode: object,
) -> Passed:
    """Send a film, or a part of it, through; ``info`` instead of what is known of it; leave nothing where it fails."""
    film = FilmSource(source, part=part)
    info = info or film.info
    choice = choice_for(info, target, **encode)
    sink = FilmSink(target, info, choice, streams or StreamsConfig())
    try:
        for frame in film.frames():
            sink.write(*erase(frame))
        told = list(sink.finish())
        sink.publish()
    except BaseException:
        sink.abandon()
        raise
    return Passed(film, choice, told)
