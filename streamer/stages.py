"""The stages between a decoder and an encoder, joined: look, mask, follow, erase. The same for a film and a segment.

Each stage is a generator over values; ``prefetch`` puts a thread between two of them. Knows nothing of files.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace

from faceerase.configs.film import FilmConfig, MaskConfig
from faceerase.contract import ModelContract, ThresholdRule
from faceerase.errors import ConfigError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.follow.stage import Masked, Viewing, follow
from faceerase.streamer.frame import Frame
from faceerase.streamer.in_flight import frame_bytes, frames_between
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.threshold import GROWS_ALONE
from faceerase.streamer.prefetch import prefetch
from faceerase.streamer.seams import Anonymizer, MaskEngine
from faceerase.streamer.tally import Tally


@dataclass(frozen=True, slots=True)
class Erased:
    """A clean frame, its matte, and the counts for the report."""

    frame: Frame
    matte: Matte
    faces: int
    looks: Looks


def clean_frames(
    frames: Iterable[Frame], info: FilmInfo, config: FilmConfig, engine: MaskEngine
) -> Generator[Erased, None, None]:
    """Yield the frames of a film, or of a segment of it, with every face erased.

    Args:
        frames: as decoded, in order.
        info: what is known of the film.
        config: every option.
        engine: the loaded network.

    Raises:
        ConfigError: no pixel can exceed the threshold.
        ModelError: the network failed.
        Errors of ``frames``.
    """
    criteria = criteria_of(config, engine.contract)
    if info.frame_count == 1:
        criteria = replace(criteria, grows=GROWS_ALONE)
    viewing = Viewing(info.full_range, info.quarter_turns, float(info.rate))
    planner = make_planner(config.look.scan, engine.contract, config.look.min_face, viewing.rate)
    depth = frames_between(frame_bytes(info.planar_format, info.width, info.height))
    decoded = prefetch(frames, depth)
    masked = prefetch(follow(decoded, planner, engine, criteria, viewing), depth)
    return prefetch(erase(masked, PlaneAnonymizer(config.erase.method, viewing.rate)), depth)


def erase(items: Iterable[Masked], anonymizer: Anonymizer) -> Iterator[Erased]:
    """Yield every frame with its regions erased, and the matte of what was."""
    for item in items:
        frame, matte = anonymizer.erase(item.frame, item.mask)
        yield Erased(frame, matte, len({region.track for region in item.mask.regions}), item.looks)


def tally_of(item: Erased) -> Tally:
    """Return what one frame adds to the counts of its film."""
    erased = int(item.matte.cells.sum())
    cells = item.matte.cells.size
    return Tally(1, int(item.faces > 0), item.faces, item.looks, item.looks.tiles, erased, cells)


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
    check_threshold(threshold, contract)
    return config.rule or contract.threshold_rule, threshold


def check_threshold(threshold: float, contract: ModelContract) -> None:
    """Refuse a threshold that no pixel can exceed, or every pixel does.

    Raises:
        ConfigError: it is out of range.
    """
    highest = highest_threshold(contract)
    if not 0 < threshold < highest:
        raise ConfigError(f"threshold {threshold:g}: with this model it lies between 0 and {highest}")


def highest_threshold(contract: ModelContract) -> int:
    """Return the greatest value of a network's map: 1 for probabilities, N for p·N."""
    return 1 if contract.output == "sigmoid" else contract.tile_side**2
