"""Every picture of a film that has several: each goes the whole way by itself, then all into one file.

The further ones wait as hidden films beside the output, and are copied into it as packets. Knows nothing of frames.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.errors import SinkError
from faceerase.streamer.decode.opening import main_video, open_film, pictures_of
from faceerase.streamer.encode.roster import Beside, refuse_early
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.hidden.place import HiddenPlace
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.report import FilmReport, Progress, together
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.verify.verdict import FacesLeftError

NO_SECOND_PICTURE = frozenset({".mxf", ".avi"})
"""Containers into which FFmpeg does not copy a second picture as packets, or at other times."""


def anonymise_film(
    source: Path,
    output: Path,
    matte: Path | None,
    config: FilmConfig,
    engine: OnnxEngine,
    report: Callable[[Progress], None],
    sidecar: Path | None = None,
) -> FilmReport:
    """Anonymise the pictures of a film that are asked for and return what happened.

    Args and errors are those of ``pipeline.anonymise``; matte and sidecar are those of the main picture.
    """
    cleared = clear_leftovers((output, matte, sidecar))
    of_film = config.streams.video == "all" and kind_of_name(source) is None
    further = _further_pictures(source, output, config) if of_film else []
    reports: list[FilmReport] = []
    with ExitStack() as undo:
        beside = []
        waiting: HiddenPlace | None = None
        for number in further:
            if waiting is None:
                waiting = HiddenPlace(output, folder=True)
                undo.callback(waiting.remove)
            hidden = waiting.path / f"video{number}{output.suffix}"
            one = config.model_copy(
                update={
                    "streams": config.streams.model_copy(update={"video": number}),
                    "verify": config.verify.model_copy(update={"keep_rejected": False}),
                }
            )
            try:
                done = anonymise(source, hidden, None, one, engine, _onwards(report, reports), beside=None)
            except FacesLeftError as error:
                raise FacesLeftError(output, error.verdict, f"video stream {number}; nothing was kept") from error
            reports.append(done)
            beside.append(Beside(number, hidden, done.frames))
        main = anonymise(source, output, matte, config, engine, _onwards(report, reports), beside, sidecar)
    summed = _summed(main, list(zip(further, reports, strict=True)))
    return replace(summed, remarks=(*cleared, *summed.remarks))


def _further_pictures(source: Path, output: Path, config: FilmConfig) -> list[int]:
    suffix = output.suffix.lower()
    with open_film(source) as container:
        main = main_video(container, source)
        further = [stream.index for stream in pictures_of(container) if stream.index != main.index]
        if further and suffix in NO_SECOND_PICTURE:
            raise SinkError(f"{output}: no place for a second picture in this container; name an .mkv, .mov or .mp4")
        refuse_early(container, main, suffix, config.streams)
    return further


def _onwards(report: Callable[[Progress], None], before: list[FilmReport]) -> Callable[[Progress], None]:
    """Return a progress callback that counts on from the films that are done."""
    frames, faces = sum(done.frames for done in before), sum(done.faces for done in before)

    def count_on(progress: Progress) -> None:
        of = progress.of + frames if progress.of else 0
        report(replace(progress, frames=progress.frames + frames, of=of, faces=progress.faces + faces))

    return count_on


def _summed(main: FilmReport, further: list[tuple[int, FilmReport]]) -> FilmReport:
    """Return the report of a film, what happened to its further pictures included."""
    remarks, lost = list(main.remarks), list(main.lost)
    for number, done in further:
        verified = "" if done.verified is None else f"; {', '.join(done.verified.finders)} found nobody left in it"
        remarks.append(f"video stream {number}: {done.frames} frames, faces in {done.frames_with_regions}{verified}")
        remarks += [f"video stream {number}: {text}" for text in done.remarks]
        lost += [f"video stream {number}: {text}" for text in done.lost]
    if further and main.matte is not None:
        remarks.append("the matte is that of the main picture; the further ones have none")
    every = together([main, *(done for _, done in further)])
    return replace(every, remarks=tuple(remarks), lost=tuple(lost))
