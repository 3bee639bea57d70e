"""What the results of a batch are called, and that no two are called alike. Knows nothing of options."""

import os
from collections.abc import Iterable
from pathlib import Path

from faceerase.errors import ConfigError
from faceerase.streamer.batch.inputs.discovery import Found
from faceerase.streamer.batch.job import Job
from faceerase.streamer.batch.record.ledger import FOLDER, LOGS
from faceerase.streamer.encode.holds import FORMATS
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.place import files_of

FALLBACK = ".mkv"
"""Container of results whose source is in one that is read but not written (MPEG program streams, WMV, …)."""

SHOWN = 5


def name_of(found: Found, suffix: str = "", container: str | None = None) -> Path:
    """Return the name of a result, from the batch's folder on.

    Args:
        found: the source.
        suffix: put between name and extension.
        container: of films (``mkv``); None: the source's own, where films are written to it.
    """
    own = found.name.suffix
    if kind_of_name(found.name) is None:
        if container is not None:
            own = f".{container}"
        elif own.lower() not in FORMATS:
            own = FALLBACK
    return found.name.with_name(f"{found.name.stem}{suffix}{own}")


def inside(name: str, where: str) -> Path:
    """Return an output that somebody named, from the batch's folder on.

    Raises:
        ConfigError: it leads out of that folder.
    """
    path = Path(os.path.normpath(name))
    if path.is_absolute() or path.parts[:1] in ((), ("..",)):
        raise ConfigError(f"{where}: {name}: does not lie in the folder of the batch; name a path from there on")
    return path


def refuse_clashes(jobs: Iterable[Job], folder: Path) -> None:
    """Refuse, before any work, results that would share a name, or replace a source or the batch's own files.

    Raises:
        ConfigError: naming them.
    """
    jobs = list(jobs)
    own = {path: "the batch's own" for path in (folder / "batch.json", folder / "batch.csv")}
    sources = {_known(path): job.source for job in jobs for path in (job.source, *files_of(job.source))}
    taken: dict[str, str] = {_known(path): said for path, said in own.items()}
    faults = []
    for job in jobs:
        for path in job.results.values():
            known = _known(path)
            if known in sources:
                faults.append(f"{path} would replace the source {sources[known]}; name another folder, or --suffix")
            elif known in taken:
                faults.append(f"{path} would be written twice: from {taken[known]}, from {job.source}")
            elif path.relative_to(folder).parts[0] in (FOLDER, LOGS):
                faults.append(f"{path} would lie in {FOLDER} or {LOGS}, which are the batch's own")
            taken.setdefault(known, str(job.source))
    if faults:
        more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise ConfigError("; ".join(faults[:SHOWN]) + more)


def _known(path: Path) -> str:
    return os.path.normcase(path.resolve())
