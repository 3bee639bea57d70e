"""The gate: a finished film gets its name only when nobody is found in it. Knows nothing of how it was made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from faceerase.configs.film import FilmConfig, PartConfig
from faceerase.errors import SourceError, VerificationError
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.report import Progress
from faceerase.streamer.seams import FrameSink, MaskEngine
from faceerase.streamer.stills.sink import PictureSink
from faceerase.streamer.verify.check import Finders, verify
from faceerase.streamer.verify.detector import FaceDetector
from faceerase.streamer.verify.verdict import FacesLeftError, Verdict


class Keepable(Protocol):
    """What can be kept under another name where it is not to be published."""

    @property
    def target(self) -> Path:
        """The name that it does not get."""
        ...

    def keep_as(self, name: Path) -> None:
        """Give it another name."""
        ...


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
    """Return under which name a film that did not pass, or its report, is kept."""
    return output.with_name(f"{output.stem}.rejected{output.suffix}")


def check(
    source: Path,
    stream: int | None,
    written: FilmSink | PictureSink,
    matte: FrameSink | None,
    finders: Finders,
    report: Callable[[Progress], None],
    part: PartConfig | None = None,
) -> Verdict:
    """Check a film that is finished but not published, and return the verdict.

    Args:
        source: what it was made of.
        stream: which video stream of that, by number; None: the main one, or pictures.
        written: the film.
        matte: the mask that was used, finished too, or None.
        finders: who looks.
        report: called after every frame.
        part: which part of the source it was made of.

    Raises:
        VerificationError: it is not whole.
        ModelError: a network failed.
    """
    try:
        hidden = matte.unpublished if matte else None
        return verify(source, written.unpublished, hidden, finders, report, stream, part)
    except SourceError as error:
        raise VerificationError(f"{written.target}: cannot be read again ({error})") from error


def let_pass(verdict: Verdict | None, film: Keepable, beside: Sequence[Keepable], keep: bool) -> None:
    """Do nothing for a film that passed, or was not checked (None); keep one with faces aside, or leave it hidden.

    Args:
        verdict: of the check.
        film: that was checked.
        beside: what is kept where the film is.
        keep: whether it is.

    Raises:
        FacesLeftError: somebody was found in it.
        SinkError: it could not be given the other name.
    """
    if verdict is None or verdict.passed:
        return
    for item in (film, *beside) if keep else ():
        item.keep_as(rejected_name(item.target))
    fate = f"kept as {rejected_name(film.target)}" if keep else "nothing was kept"
    raise FacesLeftError(film.target, verdict, fate)
