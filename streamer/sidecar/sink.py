"""The report beside a film as a ``FrameSink``: written as the frames pass, joined at the end, named with the film.

Frames go line by line into a nameless file, so that a long film costs disk and not memory; at the end they follow the
head, which is what a person reads first. Knows nothing of encoders or networks.
"""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.partial import HiddenSink, PartialFile
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.report import FilmReport
from faceerase.streamer.sidecar.codes import codes_of
from faceerase.streamer.sidecar.films import describe_film
from faceerase.streamer.sidecar.frames import FrameLog
from faceerase.streamer.sidecar.outcome import check_of, cost_of, summary_of
from faceerase.streamer.sidecar.schema import Erased, FrameFacts, Head
from faceerase.streamer.sidecar.versions import describe_model, resolved, running_versions
from faceerase.streamer.verify.gate import rejected_name


class ReportSink(HiddenSink):
    """Writes one report."""

    def __init__(self, target: Path, info: FilmInfo, config: FilmConfig, engine: OnnxEngine) -> None:
        """Open the partial file, and describe what is known beforehand.

        Raises:
            ConfigError: the target is no .json.
            SourceError: the film cannot be read.
            SinkError: the place cannot be written to.
        """
        if target.suffix.lower() != ".json":
            raise ConfigError(f"--report {target}: a report is a .json")
        self._info = info
        self._configuration = resolved(config)
        self._model = describe_model(engine)
        self._source = describe_film(info.path, info.path, info.stream_index)
        self._codes = codes_of(info.rate, self._source.time_code, info.cut.skipped)
        self._log = FrameLog(self._codes)
        self._listed = 0
        self._outcome: tuple[FilmReport, Path] | None = None
        self._partial = PartialFile(target)
        super().__init__(self._partial)
        try:
            self._lines = tempfile.TemporaryFile(dir=target.parent)  # noqa: SIM115 - closed by finish and abandon
        except OSError as error:
            self._partial.remove()
            raise SinkError(f"{target}: cannot be written ({error.strerror})") from error

    def write(self, frame: Frame, matte: Matte) -> None:
        """Note what was erased in a frame.

        Raises:
            SinkError: the disk refused.
        """
        self._list(self._log.take(frame, matte))

    def note(self, number: int, time: Fraction, regions: tuple[Erased, ...]) -> None:
        """Note what was erased in a frame that passed elsewhere; the film's first one comes first.

        Raises:
            SinkError: the disk refused.
        """
        self._list(self._log.note(number, time, regions))

    def _list(self, facts: FrameFacts | None) -> None:
        if facts is None:
            return
        line = f"{',' if self._listed else ''}\n  {facts.model_dump_json()}"
        try:
            self._lines.write(line.encode())
        except OSError as error:
            raise SinkError(f"{self._partial.target}: frame {facts.frame} not noted ({error.strerror})") from error
        self._listed += 1

    def tell(self, outcome: FilmReport, written: Path) -> None:
        """Say, before ``finish``, what came of the film, and where it lies until it is published."""
        self._outcome = (outcome, written)

    def finish(self) -> Sequence[str]:
        """Join what is known and the frames.

        Raises:
            SourceError: the written film cannot be read.
            SinkError: the disk refused.
        """
        assert self._outcome is not None, "told before it is finished"
        head = self._head(*self._outcome).model_dump_json(indent=1)
        try:
            with self._partial.path.open("wb") as file:
                file.write(head.removesuffix("\n}").encode() + b',\n "frames": [')
                self._lines.seek(0)
                shutil.copyfileobj(self._lines, file)
                file.write(b"\n ]\n}\n" if self._listed else b"]\n}\n")
        except OSError as error:
            raise SinkError(f"{self._partial.target}: the report is not finished ({error.strerror})") from error
        self._lines.close()
        return []

    def abandon(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):  # closing writes what was not written yet, perhaps to a full disk
            self._lines.close()
        super().abandon()

    def _head(self, outcome: FilmReport, written: Path) -> Head:
        tracks = self._log.tracks()
        verdict = outcome.verified
        passed = verdict is None or verdict.passed
        result = describe_film(written, outcome.output if passed else rejected_name(outcome.output))
        start = result.streams[result.main].start or 0.0
        return Head(
            summary=summary_of(outcome, tracks),
            remarks=(*outcome.remarks, *([self._codes.remark] if self._codes.remark else [])),
            lost=outcome.lost,
            check=None if verdict is None else check_of(verdict, self._info, self._codes, start),
            cost=cost_of(outcome),
            source=self._source,
            result=result,
            matte=str(outcome.matte) if outcome.matte is not None else None,
            versions=running_versions(),
            model=self._model,
            configuration=self._configuration,
            counting=self._codes.facts(),
            tracks=tracks,
        )
