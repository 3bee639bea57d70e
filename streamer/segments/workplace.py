"""The hidden folder beside a result in which finished segments wait, and what makes them count as finished.

Its name holds the digest of all that decides the bits: the options, the network, the versions and, where ``--resume``
may find it again, the film's content. One run at a time works in it; a crashed one leaves it for that. Knows nothing of
frames.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from faceerase.configs.film import OF_THE_RUN, FilmConfig, VerifyConfig
from faceerase.errors import SinkError, SourceError
from faceerase.streamer.checksum import hash_of
from faceerase.streamer.hidden.half import HALF
from faceerase.streamer.hidden.register import PROCESS
from faceerase.streamer.lock_file import lock_file
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.sidecar.versions import describe_model, running_versions

SUFFIX = ".segments"
KEPT_OF_NAME = 40
KEPT_OF_DIGEST = 16
LOCK, PRIVATE = "lock", 0o600
_DIGITS = 5


def identity_of(source: Path | None, config: FilmConfig, engine: OnnxEngine, more: dict[str, Any]) -> str:
    """Return the digest of all that decides what comes out: hexadecimal.

    Args:
        source: the film; all of it is read. None: nothing is to be resumed, so that it need not be known.
        config: every option; how the result is checked and how work is shared out do not count.
        engine: the network, and what it really runs on.
        more: whatever else decides.

    Raises:
        SourceError: the film cannot be read.
    """
    unimportant = {**OF_THE_RUN, "look": OF_THE_RUN["look"] | {"model"}, "verify": set(VerifyConfig.model_fields)}
    options = config.model_dump(mode="json", exclude=unimportant)
    model = describe_model(engine)
    versions = running_versions().model_dump()
    values = {"options": options, "model": [model.sha256, model.provider], "versions": versions, **more}
    if source is not None:
        try:
            values["film"] = hash_of(source)
        except OSError as error:
            raise SourceError(f"{source}: cannot be read ({error.strerror})") from error
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


class Workplace:
    """The folder of one result."""

    def __init__(self, target: Path, identity: str, resume: bool) -> None:
        """Make it, or enter that of a run that did not end; what other runs left of this result is removed.

        Args:
            target: the result.
            identity: of what is made.
            resume: keep finished segments when the run ends early, and use those that are there.

        Raises:
            SinkError: another run is at it, or the place cannot be written to.
        """
        self._target, self._resume = target, resume
        name = f".{target.stem[:KEPT_OF_NAME]}.{identity[:KEPT_OF_DIGEST]}{SUFFIX}"
        self.path = target.with_name(name)
        try:
            for other in _left_behind(target):
                if other != self.path or not resume:
                    _remove_unless_used(other)
            self.path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise SinkError(f"{target}: cannot be written ({error.strerror})") from error
        lock = lock_file(self.path / LOCK, PRIVATE)
        if lock is None:
            raise SinkError(f"{target}: another run is making it; wait for that, or name another file")
        self._lock = lock
        if not resume:
            PROCESS.enter(self.path)  # an end at once leaves it only to be resumed

    def segment(self, number: int) -> Path:
        """Return where a segment lies when it is finished."""
        return self.path / f"{number:0{_DIGITS}d}.segment"

    def leave(self) -> None:
        """Go without a result: everything is removed, unless the run is to be resumed."""
        if self._resume:
            for half in self.path.glob(f"*{HALF}"):
                half.unlink(missing_ok=True)
            self._lock.release()  # last: whoever comes next has halves of his own
        else:
            self.remove()

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        PROCESS.strike(self.path)


def remove_left_behind(target: Path) -> None:
    """Remove the segments of a result that runs left which are no more; those of a living run stay."""
    for folder in _left_behind(target):
        _remove_unless_used(folder)


def _left_behind(target: Path) -> list[Path]:
    start = f".{target.stem[:KEPT_OF_NAME]}."
    length = len(start) + KEPT_OF_DIGEST + len(SUFFIX)
    return [
        path
        for path in target.parent.iterdir()
        if path.name.startswith(start) and path.name.endswith(SUFFIX) and len(path.name) == length and path.is_dir()
    ]


def _remove_unless_used(folder: Path) -> None:
    lock = lock_file(folder / LOCK, PRIVATE)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
