"""The way of a frame, from film to film, on one screen: decode, look, mask, erase, encode.

Each stage is a generator over values; ``prefetch`` puts a thread between two of them. Knows nothing of terminals.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.decode.span import WHOLE_FILM, Span
from faceerase.streamer.encode.codecs import encoder_for
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.kept import unknown
from faceerase.streamer.encode.left_behind import left_behind
from faceerase.streamer.encode.matte_sink import MattePicture, open_matte
from faceerase.streamer.encode.roster import Beside
from faceerase.streamer.hidden.naming import untorn
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.seams import FrameSink
from faceerase.streamer.segments.film import Sinks, in_segments, spans_of
from faceerase.streamer.segments.join import Joined
from faceerase.streamer.segments.workplace import Workplace, identity_of
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.stages import clean_frames, criteria_of, tally_of
from faceerase.streamer.stills.opening import numbering, open_sink, open_source
from faceerase.streamer.stills.source import PictureSource
from faceerase.streamer.tally import Tally
from faceerase.streamer.verify.gate import check, finders_of, let_pass


def anonymise(
    source: Path,
    output: Path,
    matte: Path | None,
    config: FilmConfig,
    engine: OnnxEngine,
    report: Callable[[Progress], None],
    beside: Sequence[Beside] | None = (),
    sidecar: Path | None = None,
) -> FilmReport:
    """Anonymise one picture of a film and return what happened.

    Args:
        source: a film file, a picture, or a pattern of numbered pictures.
        output: where the clean film or pictures go; they appear there whole, or not at all.
        matte: where the mask that was used goes (.mkv, or .png for pictures), or None.
        config: every option.
        engine: the loaded network.
        report: called after every frame.
        beside: further pictures of the film, anonymised already, that go into the output too; None: the picture goes
            alone, without sound or anything else.
        sidecar: where the report beside the film goes (.json), or None.

    Raises:
        SourceError: the source cannot be read.
        ConfigError: a setting does not suit the film.
        SinkError: the output cannot be written or encoded.
        ModelError: the network failed.
        VerificationError: the written file is not whole, or faces were found in it.
    """
    started = time.monotonic()
    criteria = criteria_of(config, engine.contract)  # refused before any work
    finders = finders_of(config, engine, criteria) if config.verify.enabled else None
    decode = config.decode
    film = open_source(source, decode.picture_rate, config.streams.number, config.part, decode.decoder)
    info = film.info
    choice = encoder_for(info, config.encode, output.suffix)
    remarks = [*info.decoding.remarks, *choice.remarks, *unknown(info)]
    verdict = cover = notes = place = parts = None
    spans: tuple[Span, ...] = (WHOLE_FILM,)
    with ExitStack() as undo:
        if matte is not None:
            cover = open_matte(matte, info, numbering(film))
            undo.callback(cover.abandon)
        written = open_sink(output, film, choice, config.streams, beside)
        undo.callback(written.abandon)
        films: list[FrameSink] = [written] if cover is None else [cover, written]
        sinks = films
        if sidecar is not None:
            notes = ReportSink(sidecar, info, config, engine)
            undo.callback(notes.abandon)
            sinks = [*films, notes]
        if isinstance(written, FilmSink) and isinstance(film, FilmSource) and not isinstance(cover, MattePicture):
            spans, parts = spans_of(info, config), Sinks(written, cover, notes)
        clustered = config.segments.cluster is not None
        if clustered and (parts is None or config.encode.smart_copy):
            remarks.append("not done on the cluster but here: pictures, and films with --smart-copy")
            clustered = False
        if parts is None or (len(spans) == 1 and not clustered):
            told: FilmSource | PictureSource | Joined = film
            tally, tracks = _in_one_go(film, sinks, config, engine, report)
        else:
            what = {"container": output.suffix.lower(), "matte": cover is not None, "stream": info.stream_index}
            what |= {"decoder": info.decoding.device, "encoder": choice.encoder}
            resume = config.segments.resume
            place = Workplace(output, identity_of(source if resume else None, config, engine, what), resume)
            undo.callback(place.leave)
            told = in_segments(info, spans, choice, config, engine, parts, place, report)
            tally, tracks = told.tally, told.tracks
        for sink in films:
            remarks += sink.finish()
        remarks += [*left_behind(told.beside, choice.encoder), *engine.remarks]
        if finders is not None:
            verdict = check(source, config.streams.number, written, cover, finders, report, config.part)
        outcome = FilmReport(
            source=source,
            output=output,
            matte=matte,
            frames=tally.frames,
            frames_with_regions=tally.with_regions,
            faces=tally.faces,
            tracks=len(tracks),
            looks=tally.looks,
            most_tiles=tally.most_tiles,
            erased_share=tally.erased_share,
            provider=engine.provider,
            encoder=f"{choice.encoder} {choice.pixel_format}",
            seconds=time.monotonic() - started,
            remarks=(*told.remarks, *remarks),
            lost=tuple(told.lost),
            verified=verdict,
        )
        if notes is not None:
            notes.tell(outcome, written.unpublished)
            notes.finish()
        let_pass(verdict, written, [notes] if notes else [], config.verify.keep_rejected)

        def publish() -> None:
            for sink in sinks:
                sink.publish()
            undo.pop_all()  # whole: nothing is to be undone any more

        untorn(publish)
        if place is not None:
            place.remove()
    return outcome


def _in_one_go(
    film: FilmSource | PictureSource,
    sinks: Sequence[FrameSink],
    config: FilmConfig,
    engine: OnnxEngine,
    report: Callable[[Progress], None],
) -> tuple[Tally, set[int]]:
    """Send every frame of a film to the sinks; return its counts, and the numbers of its faces."""
    tally, tracks = Tally(), set[int]()
    with closing(clean_frames(film.frames(), film.info, config, engine)) as clean:
        for item in clean:
            for sink in sinks:
                sink.write(item.frame, item.matte)
            tally = tally.plus(tally_of(item))
            tracks |= {region.track for region in item.matte.regions}
            report(Progress(tally.frames, film.info.frame_count, tally.faces))
    return tally, tracks
