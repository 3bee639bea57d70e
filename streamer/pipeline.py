"""The way of a frame, from film to film, on one screen: decode, look, mask, erase, encode.

Each stage is a generator over values; ``prefetch`` puts a thread between two of them. Knows nothing of terminals.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from faceerase.configs.film import FilmConfig, MaskConfig
from faceerase.contract import ModelContract, ThresholdRule
from faceerase.errors import ConfigError
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.matte_sink import open_matte
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.planner import ThoroughPlanner
from faceerase.streamer.look.stage import LookedAt, Viewing, look
from faceerase.streamer.mask.cut import cut_map
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.prefetch import prefetch
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.seams import Anonymizer, FrameSink

FRAMES_AHEAD = 4
"""Decoded frames that may wait between two stages."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A frame, what is to be erased in it, and how many tiles were looked at for that."""

    frame: Frame
    mask: FrameMask
    tiles: int


@dataclass(frozen=True, slots=True)
class Erased:
    """A clean frame, its matte, and the counts for the report."""

    frame: Frame
    matte: Matte
    regions: int
    tiles: int


def anonymise(
    source: Path,
    output: Path,
    matte: Path | None,
    config: FilmConfig,
    engine: OnnxEngine,
    report: Callable[[Progress], None],
) -> FilmReport:
    """Anonymise one film and return what happened.

    Args:
        source: a film file.
        output: where the clean film goes; it appears there whole, or not at all.
        matte: where the mask that was used goes (.mkv, or .png for one frame), or None.
        config: every option.
        engine: the loaded network.
        report: called after every frame.

    Raises:
        SourceError: the source cannot be read.
        SinkError: the output cannot be written or encoded.
        ModelError: the network failed.
        VerificationError: the written file is not whole.
    """
    started = time.monotonic()
    resolve_threshold(config.mask, engine.contract)  # refused before any work
    film = FilmSource(source)
    info = film.info
    choice = choose_encoder(config.encode, info.planar_format, info.full_range, output.suffix)
    remarks = [choice.remark] if choice.remark else []
    viewing = Viewing(info.full_range, round(info.rotation / 90) % 4)
    planner = ThoroughPlanner(engine.contract, config.look.min_face)
    frames = erased = regions = tiles = cells = all_cells = 0
    with ExitStack() as undo:
        sinks: list[FrameSink] = []
        if matte is not None:
            sinks.append(open_matte(matte, info))
            undo.callback(sinks[-1].abandon)
        sinks.append(FilmSink(output, info, choice))
        undo.callback(sinks[-1].abandon)
        decoded = prefetch(film.frames(), FRAMES_AHEAD)
        looked = prefetch(look(decoded, planner, engine, viewing, config.look.batch_size), FRAMES_AHEAD)
        masked = mask(looked, config.mask, engine.contract, config.look.min_face, info.width)
        clean = prefetch(erase(masked, PlaneAnonymizer(config.erase.method)), FRAMES_AHEAD)
        with closing(clean):
            for item in clean:
                for sink in sinks:
                    sink.write(item.frame, item.matte)
                frames += 1
                erased += item.regions > 0
                regions += item.regions
                tiles += item.tiles
                cells += int(item.matte.cells.sum())
                all_cells += item.matte.cells.size
                report(Progress(frames, info.frame_count, regions))
        for sink in sinks:
            remarks += sink.finish()
        for sink in sinks:
            sink.publish()
        undo.pop_all()  # whole: nothing is to be undone any more
    return FilmReport(
        source=source,
        output=output,
        matte=matte,
        frames=frames,
        frames_with_regions=erased,
        regions=regions,
        tiles=tiles,
        erased_share=cells / max(1, all_cells),
        provider=engine.provider,
        encoder=f"{choice.encoder} {choice.pixel_format}",
        seconds=time.monotonic() - started,
        remarks=(*film.remarks, *remarks),
        lost=tuple(film.lost),
    )


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


def mask(
    items: Iterable[LookedAt], config: MaskConfig, contract: ModelContract, min_face: float, width: int
) -> Iterator[Masked]:
    """Yield every frame with its regions: the map cut by the threshold rule, cleaned, grown.

    Args:
        items: frames with their maps.
        config: rule, threshold and margin; the contract's own where None.
        contract: of the model that made the maps.
        min_face: height of the smallest face, in frame pixels.
        width: of the frame.
    """
    rule, threshold = resolve_threshold(config, contract)
    for item in items:
        yield Masked(item.frame, cut_map(item.map, rule, threshold, config.margin, min_face, width), item.tiles)


def erase(items: Iterable[Masked], anonymizer: Anonymizer) -> Iterator[Erased]:
    """Yield every frame with its regions erased, and the matte of what was."""
    for item in items:
        frame, matte = anonymizer.erase(item.frame, item.mask)
        yield Erased(frame, matte, len(item.mask.regions), item.tiles)
