"""A film worked off in segments: planned, each done once, joined. The result does not depend on who did which.

Knows nothing of terminals or of single frames.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from faceerase.configs.film import FilmConfig
from faceerase.errors import WorkerError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.span import WHOLE_FILM, Span
from faceerase.streamer.decode.timeline import timeline_of
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.matte_sink import MatteFilm
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import Progress
from faceerase.streamer.segments.crew import crew_of
from faceerase.streamer.segments.join import Join, Joined
from faceerase.streamer.segments.plan import plan_spans
from faceerase.streamer.segments.run import Unit, run_segment
from faceerase.streamer.segments.store import end_of
from faceerase.streamer.segments.work import SegmentWork
from faceerase.streamer.segments.workplace import Workplace
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.tally import Tally
from faceerase.streamer.workers.dispatch import carry_out
from faceerase.streamer.workers.seam import Advanced, Done, Failed, Lost

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
    counted = sinks.film.counted
    # Machines may have other cards than this one: what the network runs on is the same everywhere, or it is refused.
    as_here = config.model_copy(update={"look": config.look.model_copy(update={"provider": engine.provider})})
    units = [
        Unit(number, span, info, counted, choice, as_here, target, with_matte, place.segment(number))
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
    """Do what is not done yet, by as many workers as are asked for; return how many were done already.

    Args:
        units: of one film.
        engine: the loaded network; workers load their own.
        report: called whenever frames are done.
        of: about how many frames there are.

    Raises:
        WorkerError: a worker failed, or was lost again and again.
        Errors of ``run_segment``.
    """
    counts = _Counts(report, of)
    todo: list[Unit] = []
    found = 0
    for unit in units:
        end = end_of(unit.path)
        if end is None:
            todo.append(unit)
        else:
            counts.add(Tally.from_dict(end.facts["tally"]))
            found += 1
    if not todo:
        return found
    config = todo[0].config
    crew = crew_of(config.segments, config.look.threads, len(todo))
    if crew is None:
        for own in map(SegmentWork, todo):
            run_segment(own.unit, engine, partial(counts.reach, own.name))
        return found
    with crew:
        for event in carry_out(map(SegmentWork, todo), crew):
            match event:
                case Advanced(_, work, progress):
                    counts.reach(work.name, progress)
                case Done(_, work, tally):
                    counts.reach(work.name, Progress(tally.frames, 0, tally.faces))
                case Lost(_, work, _, _):
                    counts.reach(work.name, Progress(0, 0, 0))
                case Failed(_, work, failure):
                    raise WorkerError(f"{work.name}: {failure.text}", failure.exit_code)
    return found


class _Counts:
    """Adds up where the segments of a film are."""

    def __init__(self, report: Callable[[Progress], None], of: int) -> None:
        self._report, self._of = report, of
        self._tally = Tally()
        self._reached: dict[str, Progress] = {}

    def add(self, one: Tally) -> None:
        """Count what was done before."""
        self._tally = self._tally.plus(one)
        self._tell()

    def reach(self, name: str, progress: Progress) -> None:
        """Take note of how far a segment is."""
        self._reached[name] = progress
        self._tell()

    def _tell(self) -> None:
        frames = self._tally.frames + sum(one.frames for one in self._reached.values())
        faces = self._tally.faces + sum(one.faces for one in self._reached.values())
        self._report(Progress(frames, self._of, faces))
