"""The check: an encoded film is read again beside its source, frame by frame, and whoever is still in it is named.

The network looks as it did before, so it finds what came back or was moved into sight; what it missed it misses again.
A detector that learnt elsewhere is the stronger half. Knows nothing of how the result was made.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path

import numpy as np

from faceerase.configs.film import PartConfig, Scan
from faceerase.errors import VerificationError
from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.follow.stage import Masked, Viewing, follow
from faceerase.streamer.frame import Frame
from faceerase.streamer.in_flight import frame_bytes, frames_between
from faceerase.streamer.look.candidates import Candidate
from faceerase.streamer.look.gray import GrayPicture, gray_of
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.look.second_look import look_closer
from faceerase.streamer.prefetch import prefetch
from faceerase.streamer.report import Progress
from faceerase.streamer.seams import MaskEngine
from faceerase.streamer.stills.opening import STILL_RATE, open_source
from faceerase.streamer.verify import detector as detectors
from faceerase.streamer.verify.detector import FaceDetector
from faceerase.streamer.verify.evidence import ALIKE_FROM, Pair, lies_inside, likeness
from faceerase.streamer.verify.survivors import Sighting, Span, spans_of
from faceerase.streamer.verify.verdict import Verdict

NETWORK = "network"

SAME_FACE = 0.3
"""IoU from which a find is the face that the source has there, and not its finder's own mistake about a fill."""

DETECTED_SIDE = 1280
"""Longer side of the largest picture that is shown to the detector: it knows faces from about 10 pixels there."""


@dataclass(frozen=True, slots=True)
class Finders:
    """Who looks for what was left: the network as it looked before, and a detector, or None."""

    engine: MaskEngine
    criteria: Criteria
    scan: Scan
    detector: FaceDetector | None
    picture_rate: Fraction = STILL_RATE

    @property
    def names(self) -> tuple[str, ...]:
        """Of those who look."""
        return (NETWORK,) if self.detector is None else (NETWORK, detectors.NAME)


@dataclass(frozen=True, slots=True)
class _Three:
    """The same frame of source, result and matte; ``masked`` is what the network says of the result."""

    source: Frame
    masked: Masked
    matte: Frame | None


@dataclass(frozen=True, slots=True)
class _Found:
    sightings: list[Sighting]
    shell: bool
    doubt: bool


def verify(
    source: Path,
    output: Path,
    matte: Path | None,
    finders: Finders,
    report: Callable[[Progress], None],
    stream: int | None = None,
    part: PartConfig | None = None,
) -> Verdict:
    """Return who is still to be seen in a film's result; both are streamed, frame by frame.

    A find counts where its finder finds a face in the same place of the source, too; one of the network in an erased
    place where what stands there is still like what was there before, elsewhere where it is certain in one frame and
    seen in another; and none that is smaller than the smallest face asked for.

    Args:
        source: the film that went in.
        output: what came out, encoded.
        matte: the mask that was used; without it, what differs between the two counts as erased.
        finders: who looks.
        report: called after every frame.
        stream: which video stream of the source, by number; None: the main one.
        part: which part of the source the output is made of.

    Raises:
        SourceError: one of them cannot be read.
        ConfigError: the source has no such stream.
        ModelError: a network failed.
        VerificationError: they have not the same number of frames or size, or the result cannot be decoded whole.
    """
    rate = finders.picture_rate
    film, result = open_source(source, rate, stream, part), open_source(output, rate)
    cover = open_source(matte, rate) if matte else None
    for name, other in (("result", result), ("matte", cover)):
        if other is not None:
            _refuse_other_size(film.info, other.info, name)
    info = film.info
    viewing = Viewing(result.info.full_range, info.quarter_turns, float(info.rate))
    planner = make_planner(finders.scan, finders.engine.contract, finders.criteria.min_face, viewing.rate)
    depth = frames_between(frame_bytes(info.planar_format, info.width, info.height), stages=4)
    frames = shells = doubts = seen = 0

    def found() -> Iterator[Sighting]:
        nonlocal frames, shells, doubts, seen
        with ExitStack() as stack:
            films = stack.enter_context(closing(prefetch(film.frames(), depth)))
            decoded = prefetch(result.frames(), depth)
            masked = follow(decoded, planner, finders.engine, finders.criteria, viewing)
            results = stack.enter_context(closing(prefetch(masked, depth)))
            mattes = None
            if cover is not None:
                mattes = stack.enter_context(closing(prefetch(cover.frames(), depth)))
            for three in _in_step(films, results, mattes, source):
                finds = _look(three, finders, info, viewing)
                yield from finds.sightings
                frames, seen = frames + 1, seen + len(finds.sightings)
                shells, doubts = shells + finds.shell, doubts + finds.doubt
                report(Progress(frames, info.frame_count, seen, "verifying"))

    found_spans = spans_of(found())
    spans = tuple(span for span in found_spans if _counts(span, frames))
    for name, other in (("result", result), ("matte", cover)):
        if other is not None and other.lost:
            raise VerificationError(f"{source}: its {name} cannot be decoded whole ({other.lost[0]})")
    doubts += sum(_length(span) for span in found_spans if not _counts(span, frames))
    return Verdict(frames, finders.names, spans, shells, doubts)


def _counts(span: Span, frames: int) -> bool:
    """Return whether a span is somebody.

    To the network, where nothing was erased, somebody is who is certain in one frame and seen in another (ADR 13).
    """
    if span.inside or span.finder != NETWORK:
        return True
    return span.sure and (_length(span) > 1 or frames == 1)


def _length(span: Span) -> int:
    return span.last - span.first + 1


def _in_step(
    films: Iterator[Frame], results: Iterator[Masked], mattes: Iterator[Frame] | None, source: Path
) -> Iterator[_Three]:
    for number in count():
        film, result = next(films, None), next(results, None)
        matte = None if mattes is None else next(mattes, None)
        if film is None and result is None and matte is None:
            return
        for name, item in (("film", film), ("result", result), ("matte", matte)):
            if item is None and (name != "matte" or mattes is not None):
                raise VerificationError(f"{source}: the {name} ends after {number} frames, the others go on")
        assert film is not None
        assert result is not None
        yield _Three(film, result, matte)


def _look(three: _Three, finders: Finders, info: FilmInfo, viewing: Viewing) -> _Found:
    frame = three.masked.frame
    turns = viewing.quarter_turns
    pair = Pair(
        gray_of(three.source.picture, info.full_range).upright(turns),
        gray_of(frame.picture, viewing.full_range).upright(turns),
        None if three.matte is None else gray_of(three.matte.picture, True).upright(turns),
    )
    height, width = pair.after.samples.shape
    shown = Box(0, 0, width, height)
    sightings = []
    shell = doubt = False
    for region in three.masked.mask.regions:
        box = region.box.turned(turns, info.width, info.height)
        if box.side < finders.criteria.min_face or not box.common(shown):
            continue  # nobody so small was asked for, and nobody is seen beyond the edge
        inside, sure = lies_inside(pair, box), True
        if inside and likeness(pair, box) < ALIKE_FROM:
            shell = True
            continue
        if not inside:
            known = _certainty_in(pair.before, box, finders)
            if known is None:
                doubt = True
                continue
            sure = min(finders.criteria.certainty(region), known) > 1
        sightings.append(Sighting(frame.index, frame.time, box, inside, NETWORK, region.score, sure))
    if finders.detector is not None:
        for one in _detected(finders.detector, three.source, frame, turns):
            inside = lies_inside(pair, one.box)
            sightings.append(Sighting(frame.index, frame.time, one.box, inside, detectors.NAME, one.score))
    return _Found(sightings, shell, doubt)


def _certainty_in(source: GrayPicture, box: Box, finders: Finders) -> float | None:
    """Return how certain a face is that the source has at a box; None: it has none there."""
    side = finders.engine.contract.tile_side
    (closer,) = look_closer(source, [Candidate(box, 1.0)], finders.engine.look, side)
    region = finders.criteria.found_in(closer.map, closer.view, box)
    # Not somebody whose place it touches: the same face.
    same = region is not None and region.box.iou(box) > SAME_FACE
    return finders.criteria.certainty(region) if region is not None and same else None


def _detected(detector: FaceDetector, before: Frame, after: Frame, turns: int) -> list[detectors.Detection]:
    found = _detect(detector, after, turns)
    if not found:
        return []  # whom the source shows is of no account then
    known = _detect(detector, before, turns)
    return [one for one in found if any(one.box.iou(other.box) > SAME_FACE for other in known)]


def _detect(detector: FaceDetector, frame: Frame, turns: int) -> list[detectors.Detection]:
    picture = frame.picture
    scale = min(1.0, DETECTED_SIDE / max(picture.width, picture.height))
    width, height = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    # One thread: with several, swscale writes past line ends of 10-bit formats at unaligned widths.
    shown = picture.reformat(width=width, height=height, format="bgr24", interpolation="AREA", threads=1)
    upright = np.rot90(np.asarray(shown.to_ndarray(), np.uint8), turns)
    return [detectors.Detection(one.box.scaled(1 / scale), one.score) for one in detector.detect(upright)]


def _refuse_other_size(film: FilmInfo, other: FilmInfo, name: str) -> None:
    if (film.width, film.height) != (other.width, other.height):
        raise VerificationError(
            f"{other.path}: {other.width}×{other.height}, not the {name} of {film.path}, which has "
            f"{film.width}×{film.height}"
        )
