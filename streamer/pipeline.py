"""The way of a frame, from film to film, on one screen: decode, look, mask, erase, encode.

Each stage is a generator over values; ``prefetch`` puts a thread between two of them. Knows nothing of terminals.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from faceerase.configs.film import FilmConfig, MaskConfig
from faceerase.contract import ModelContract, ThresholdRule
from faceerase.errors import ConfigError
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.kept import unknown
from faceerase.streamer.encode.left_behind import left_behind
from faceerase.streamer.encode.matte_sink import open_matte
from faceerase.streamer.encode.roster import Beside
from faceerase.streamer.encode.settings import SourceCodec
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.follow.stage import Masked, Viewing, follow
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.threshold import GROWS_ALONE
from faceerase.streamer.prefetch import FRAMES_AHEAD, prefetch
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.seams import Anonymizer, FrameSink
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.stills.opening import numbering, open_sink, open_source
from faceerase.streamer.verify.gate import check, finders_of, let_pass


@dataclass(frozen=True, slots=True)
class Erased:
    """A clean frame, its matte, and the counts for the report."""

    frame: Frame
    matte: Matte
    faces: int
    looks: Looks


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
    film = open_source(source, config.decode.picture_rate, config.streams.number, config.part)
    info = film.info
    if info.frame_count == 1:
        criteria = replace(criteria, grows=GROWS_ALONE)
    coded = SourceCodec(info.codec, info.profile, (info.width, info.height))
    choice = choose_encoder(config.encode, coded, info.planar_format, info.full_range, output.suffix)
    remarks = [*choice.remarks, *unknown(info)]
    viewing = Viewing(info.full_range, info.quarter_turns, float(info.rate))
    planner = make_planner(config.look.scan, engine.contract, config.look.min_face, viewing.rate)
    looks, most = Looks(), 0
    frames = erased = faces = cells = all_cells = 0
    verdict = cover = notes = None
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
        decoded = prefetch(film.frames(), FRAMES_AHEAD)
        masked = prefetch(follow(decoded, planner, engine, criteria, viewing), FRAMES_AHEAD)
        clean = prefetch(erase(masked, PlaneAnonymizer(config.erase.method, viewing.rate)), FRAMES_AHEAD)
        with closing(clean):
            for item in clean:
                for sink in sinks:
                    sink.write(item.frame, item.matte)
                frames += 1
                erased += item.faces > 0
                faces += item.faces
                looks, most = looks.plus(item.looks), max(most, item.looks.tiles)
                cells += int(item.matte.cells.sum())
                all_cells += item.matte.cells.size
                report(Progress(frames, info.frame_count, faces))
        for sink in films:
            remarks += sink.finish()
        remarks += left_behind(film.beside, choice.encoder)
        if finders is not None:
            verdict = check(source, config.streams.number, written, cover, finders, report, config.part)
        outcome = FilmReport(
            source=source,
            output=output,
            matte=matte,
            frames=frames,
            frames_with_regions=erased,
            faces=faces,
            looks=looks,
            most_tiles=most,
            erased_share=cells / max(1, all_cells),
            provider=engine.provider,
            encoder=f"{choice.encoder} {choice.pixel_format}",
            seconds=time.monotonic() - started,
            remarks=(*film.remarks, *remarks),
            lost=tuple(film.lost),
            verified=verdict,
        )
        if notes is not None:
            notes.tell(outcome, written.unpublished)
            notes.finish()
        let_pass(verdict, written, [notes] if notes else [], config.verify.keep_rejected)
        for sink in sinks:
            sink.publish()
        undo.pop_all()  # whole: nothing is to be undone any more
    return outcome


def criteria_of(config: FilmConfig, contract: ModelContract) -> Criteria:
    """Return what counts as a face by a configuration, for one network.

    Raises:
        ConfigError: no pixel can exceed the threshold.
    """
    rule, threshold = resolve_threshold(config.mask, contract)
    return Criteria(rule, threshold, config.mask.margin, config.look.min_face)


def resolve_threshold(config: MaskConfig, contract: ModelContract) -> tuple[ThresholdRule, float]:
    """Return the threshold rule and its value: the configured ones, else the model's own.

    Raises:
        ConfigError: no pixel can exceed the threshold: it is 1 or more for probabilities, N or more for p·N.
    """
    threshold = config.threshold or contract.threshold
    highest = 1 if contract.output == "sigmoid" else contract.tile_side**2
    if threshold >= highest:
        raise ConfigError(f"threshold {threshold:g}: with this model it lies between 0 and {highest}")
    return config.rule or contract.threshold_rule, threshold


def erase(items: Iterable[Masked], anonymizer: Anonymizer) -> Iterator[Erased]:
    """Yield every frame with its regions erased, and the matte of what was."""
    for item in items:
        frame, matte = anonymizer.erase(item.frame, item.mask)
        yield Erased(frame, matte, len({region.track for region in item.mask.regions}), item.looks)
