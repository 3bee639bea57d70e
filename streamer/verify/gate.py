"""The gate: a finished film gets its name only when nobody is found in it. Knows nothing of how it was made."""

from collections.abc import Callable
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.errors import SourceError, VerificationError
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.report import Progress
from faceerase.streamer.seams import FrameSink, MaskEngine
from faceerase.streamer.stills.sink import PictureSink
from faceerase.streamer.verify.check import Finders, verify
from faceerase.streamer.verify.detector import FaceDetector
from faceerase.streamer.verify.verdict import FacesLeftError, Verdict


def finders_of(config: FilmConfig, engine: MaskEngine, criteria: Criteria) -> Finders:
    """Return who checks results by a configuration.

    Raises:
        ModelError: the detector's file is missing or not such a detector.
    """
    model = config.verify.detector
    return Finders(
        engine, criteria, config.look.scan, FaceDetector(model) if model else None, config.decode.picture_rate
    )


def rejected_name(output: Path) -> Path:
    """Return under which name a film that did not pass is kept."""
    return output.with_name(f"{output.stem}.rejected{output.suffix}")


def let_pass(
    source: Path,
    written: FilmSink | PictureSink,
    matte: FrameSink | None,
    finders: Finders,
    keep_as: Path | None,
    report: Callable[[Progress], None],
) -> Verdict:
    """Check a film that is finished but not published, and return the verdict.

    Args:
        source: what it was made of.
        written: the film.
        matte: the mask that was used, finished too, or None.
        finders: who looks.
        keep_as: the name that a film with faces gets, or None: it stays hidden, to be abandoned.
        report: called after every frame.

    Raises:
        FacesLeftError: somebody was found in it.
        VerificationError: it is not whole.
        ModelError: a network failed.
        SinkError: it could not be given the other name.
    """
    try:
        verdict = verify(source, written.unpublished, matte.unpublished if matte else None, finders, report)
    except SourceError as error:
        raise VerificationError(f"{written.target}: cannot be read again ({error})") from error
    if not verdict.passed:
        if keep_as is not None:
            written.keep_as(keep_as)
        fate = "nothing was kept" if keep_as is None else f"kept as {keep_as}"
        raise FacesLeftError(written.target, verdict, fate)
    return verdict
