"""A film worked off in segments: planned, each done once, joined. The result does not depend on who did which.

Knows nothing of terminals or of single frames.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from faceerase.configs.film import FilmConfig
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.span import WHOLE_FILM, Span
from faceerase.streamer.decode.timeline import timeline_of
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.counting import at_even_rate
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.matte_sink import MatteFilm
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import Progress
from faceerase.streamer.segments.join import Join, Joined
from faceerase.streamer.segments.plan import plan_spans
from faceerase.streamer.segments.run import Unit, run_segment
from faceerase.streamer.segments.store import end_of
from faceerase.streamer.segments.workplace import Workplace
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.tally import Tally

UNKNOWN = 0
"""What a film's count of frames is where its headers do not tell it."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where what comes of a film goes: the film, its matte, its report."""

    film: FilmSink
    matte: MatteFilm | None
    notes: ReportSink | None


def spans_of(info: FilmInfo, config: FilmConfig) -> tuple[Span, ...]:
    """Return the segments of a film; one, where it is short or cannot be cut.

    Raises:
        SourceError: the film cannot be read.
    """
    length = Fraction(config.segments.seconds).limit_denominator(1000)
    short = info.frame_count != UNKNOWN and info.frame_count / info.rate < length * Fraction(3, 2)
    if short or info.clock != "pts" or config.encode.smart_copy:
        return (WHOLE_FILM,)
    timeline = timeline_of(info)
    if not timeline.whole or len(timeline.ticks) == 0:
        return (WHOLE_FILM,)
    keys = [int(key) * info.time_base for key in timeline.keys]
    return plan_spans(keys, int(timeline.ticks[-1]) * info.time_base, length)


def in_segments(
    info: FilmInfo,
    spans: Sequence[Span],
    choice: EncoderChoice,
    config: FilmConfig,
    engine: OnnxEngine,
    sinks: Sinks,
    place: Workplace,
    report: Callable[[Progress], None],
) -> Joined:
    """Work off a film in segments and give what comes of it to its sinks.

    Args:
        info: what is known of the film.
        spans: where it is cut.
        choice: how its picture is encoded.
        config: every option.
        engine: the loaded network.
        sinks: opened, and empty.
        place: where finished segments wait.
        report: called after every frame.

    Raises:
        Errors of ``run_segment``, and of the sinks.
    """
    target, with_matte = sinks.film.target, sinks.matte is not None
    counted = at_even_rate(info, target)
    units = [
        Unit(number, span, info, counted, choice, config, target, with_matte, place.segment(number))
        for number, span in enumerate(spans)
    ]
    found = work_off(units, engine, report, info.frame_count)
    join = Join(sinks.film, sinks.matte, sinks.notes, info.time_base)
    for unit in units:
        join.take(unit.path)
    if found:
        join.joined.remarks.append(f"resumed: {found} of {len(units)} segments were there")
    return join.joined


def work_off(units: Iterable[Unit], engine: OnnxEngine, report: Callable[[Progress], None], of: int) -> int:
    """Do what is not done yet, one after the other; return how many were done already.

    Args:
        units: of one film.
        engine: the loaded network.
        report: called after every frame.
        of: about how many frames there are.

    Raises:
        Errors of ``run_segment``.
    """
    tally, found = Tally(), 0

    def count(one: Tally) -> None:
        nonlocal tally
        tally = tally.plus(one)
        report(Progress(tally.frames, of, tally.faces))

    for unit in units:
        end = end_of(unit.path)
        if end is not None:
            count(Tally.from_dict(end.facts["tally"]))
            found += 1
        else:
            run_segment(unit, engine, count)
    return found
