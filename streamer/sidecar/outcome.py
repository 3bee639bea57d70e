"""From what happened to a film to what its report says of it. Pure functions of values."""

from collections.abc import Sequence
from fractions import Fraction

from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.report import FilmReport
from faceerase.streamer.sidecar.codes import FilmCodes
from faceerase.streamer.sidecar.frames import box_values
from faceerase.streamer.sidecar.schema import Check, Cost, Finding, Summary
from faceerase.streamer.verify.survivors import Span
from faceerase.streamer.verify.verdict import Verdict


def summary_of(outcome: FilmReport, tracks: Sequence[object]) -> Summary:
    """Return a film in a few numbers."""
    return Summary(
        frames=outcome.frames,
        frames_with_faces=outcome.frames_with_regions,
        faces=outcome.faces,
        tracks=len(tracks),
        erased_share=round(outcome.erased_share, 6),
        encoder=outcome.encoder,
    )


def cost_of(outcome: FilmReport) -> Cost:
    """Return what it cost."""
    looks, frames = outcome.looks, max(1, outcome.frames)
    return Cost(
        seconds=round(outcome.seconds, 3),
        frames_per_second=round(outcome.frames / max(1e-6, outcome.seconds), 3),
        tiles=looks.tiles,
        tiles_per_frame=round(looks.tiles / frames, 3),
        most_tiles=outcome.most_tiles,
        candidates=looks.candidates,
        rejected=looks.rejected,
    )


def check_of(verdict: Verdict, info: FilmInfo, codes: FilmCodes, start: float) -> Check:
    """Return what the check came to; ``start`` is the time of the result's first frame, in seconds."""
    return Check(
        passed=verdict.passed,
        frames=verdict.frames,
        finders=verdict.finders,
        shells=verdict.shells,
        doubts=verdict.doubts,
        findings=tuple(_finding(span, info, codes, start) for span in verdict.spans),
    )


def _finding(span: Span, info: FilmInfo, codes: FilmCodes, start: float) -> Finding:
    return Finding(
        first_frame=span.first,
        last_frame=span.last,
        first_time=round(span.start, 6),
        last_time=round(span.end, 6),
        first_time_code=codes.after(Fraction(span.start - start)),
        last_time_code=codes.after(Fraction(span.end - start)),
        box=box_values(_stored(span.box, info), info.width, info.height) or (0, 0, 0, 0),
        inside=span.inside,
        finder=span.finder,
        score=round(float(span.score), 3),
    )


def _stored(box: Box, info: FilmInfo) -> Box:
    """Return a box of the upright picture in the picture as it is stored."""
    turned = info.quarter_turns % 2
    width, height = (info.height, info.width) if turned else (info.width, info.height)
    return box.turned(-info.quarter_turns, width, height)
