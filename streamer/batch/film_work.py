"""A whole film as a unit of work: anonymised where it is to lie, with a log of its own, and fingerprinted.

Knows nothing of other films, or of what is noted where.
"""

import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from faceerase import __version__
from faceerase.errors import SinkError, SourceError, reason_of
from faceerase.log import ROOT
from faceerase.streamer.batch.job import Job
from faceerase.streamer.batch.record.fingerprint import Fingerprint, fingerprint
from faceerase.streamer.checksum import hash_of, stamp_of
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.report import FilmReport
from faceerase.streamer.segments.workplace import remove_left_behind
from faceerase.streamer.stills.place import files_of
from faceerase.streamer.workers.seam import Tell, Tools

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a film: what happened, what went in, what came out (by kind), and the worker's seconds in all."""

    report: FilmReport
    input: Fingerprint
    results: dict[str, Fingerprint]
    seconds: float


@dataclass(frozen=True, slots=True)
class FilmWork:
    """A film to be anonymised; ``log`` is where its log goes."""

    job: Job
    log: Path

    @property
    def name(self) -> str:
        """That of the output."""
        return self.job.name

    def do(self, tools: Tools, tell: Tell) -> Finished:
        """Anonymise it.

        Raises:
            SourceError: it cannot be read, or was written to meanwhile.
            FaceEraseError: as ``anonymise_film`` does.
        """
        started, job = time.monotonic(), self.job
        for path in (*job.results.values(), self.log):
            _make_folder(path.parent)
        with _logged(self.log):
            _log.info("faceerase %s, process %d: %s -> %s", __version__, os.getpid(), job.source, job.output)
            _log.info("configuration: %s", job.config.model_dump_json())
            before = _read(job.source)
            # A batch shares its workers out among films; a film has no more of them inside.
            alone = job.config.model_copy(update={"segments": job.config.segments.model_copy(update={"workers": 1})})
            done = anonymise_film(job.source, job.output, job.matte, alone, tools.engine(alone.look), tell, job.report)
            if _stamp(job.source) != before.stamp:
                for path in job.results.values():
                    for file in files_of(path):
                        file.unlink(missing_ok=True)
                raise SourceError(f"{job.source}: was written to while it was read; nothing was kept")
            results = {kind: fingerprint(files_of(path)) for kind, path in job.results.items()}
            _tell_log(done)
        return Finished(done, before, results, time.monotonic() - started)

    def clear(self, pid: int) -> None:
        """Remove what a process that was ended left; finished segments stay where ``resume`` asks for it."""
        del pid  # locks tell who is no more
        clear_leftovers(self.job.results.values())
        if not self.job.config.segments.resume and self.job.output.parent.is_dir():
            remove_left_behind(self.job.output)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}: cannot be made ({reason_of(error)})") from error


def _read(source: Path) -> Fingerprint:
    files = _there(source)
    try:
        return fingerprint(files, hash_of)  # segments ask for it again
    except OSError as error:
        raise SourceError(f"{source}: cannot be read ({reason_of(error)})") from error


def _stamp(source: Path) -> str:
    try:
        return stamp_of(_there(source))
    except OSError as error:
        raise SourceError(f"{source}: cannot be read any more ({reason_of(error)})") from error


def _there(source: Path) -> Sequence[Path]:
    files = files_of(source)
    if not files:
        raise SourceError(f"{source}: no such file")
    return files


def _tell_log(done: FilmReport) -> None:
    _log.info(
        "done: %d frames, faces in %d of them, %s, network on %s, %.1f s",
        done.frames, done.frames_with_regions, done.encoder, done.provider, done.seconds,
    )  # fmt: skip
    for remark in done.remarks:
        _log.info("note: %s", remark)
    for lost in done.lost:
        _log.warning("lost: %s", lost)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send everything that is said meanwhile to a log file: our loggers, and what libraries print.

    Raises:
        SinkError: it cannot be written.
    """
    try:
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise SinkError(f"{path}: the log cannot be written ({reason_of(error)})") from error
    logger = logging.getLogger(ROOT)
    handler = logging.StreamHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = logger.level
    with file:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        streams = [(stream.fileno(), os.dup(stream.fileno())) for stream in (sys.__stdout__, sys.__stderr__) if stream]
        for number, _ in streams:
            os.dup2(file.fileno(), number)
        try:
            yield
        except Exception:
            handler.stream.write(traceback.format_exc())
            raise
        finally:
            for number, kept in streams:
                os.dup2(kept, number)
                os.close(kept)
            logger.setLevel(level)
            logger.removeHandler(handler)
