"""One film, picture or sequence of a batch, and all that decides what comes out of it. Knows nothing of workers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faceerase.configs.film import OF_THE_RUN, FilmConfig
from faceerase.streamer.checksum import hash_of


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with one source.

    Attributes:
        name: of the output, from the batch's folder on, with ``/``: unlike that of every other job of the folder.
        source: a film, a picture, or a pattern of numbered pictures; may be missing, which then is this job's failure.
        output: where the result goes.
        matte: where the mask that was used goes, or None.
        report: where the report beside the result goes (.json), or None.
        config: every option.
    """

    name: str
    source: Path
    output: Path
    matte: Path | None
    report: Path | None
    config: FilmConfig

    @property
    def results(self) -> dict[str, Path]:
        """Everything that is written, by what it is."""
        paths = {"output": self.output, "matte": self.matte, "report": self.report}
        return {key: path for key, path in paths.items() if path is not None}


def identity_of(job: Job) -> dict[str, Any]:
    """Return what a result depends on beside its source: every option, and networks by what is in their files.

    Not what changes no bit (``OF_THE_RUN``).

    Raises:
        OSError: a model file cannot be read.
    """
    values = job.config.model_dump(mode="json", exclude=OF_THE_RUN)
    values["look"]["model"] = hash_of(job.config.look.model)
    if job.config.verify.detector is not None:
        values["verify"]["detector"] = hash_of(job.config.verify.detector)
    return values | {key: path.name for key, path in job.results.items() if key != "output"}
