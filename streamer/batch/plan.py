"""What of a batch is to be done, and why: what is missing, failed, or no longer what it was. Reads, writes nothing."""

from dataclasses import dataclass
from typing import Literal

from faceerase.errors import ModelError, reason_of
from faceerase.streamer.batch.job import Job, identity_of
from faceerase.streamer.batch.record.fingerprint import same
from faceerase.streamer.batch.record.ledger import Entry, Ledger
from faceerase.streamer.stills.place import files_of

Why = Literal[
    "new",
    "missing",
    "damaged or edited",
    "other source",
    "other options",
    "other network",
    "failed before",
    "interrupted before",
    "asked for",
]


@dataclass(frozen=True, slots=True)
class Planned:
    """A job, why it is to be done (None: it is done already), and what is known of it."""

    job: Job
    why: Why | None
    entry: Entry | None
    refused: str | None = None
    """Why it is not to be begun all the same."""
    rehash: bool = False
    """Whether files were read whole for this, and are to be if it is judged again."""


def judge(job: Job, ledger: Ledger, overwrite: bool = False, rehash: bool = False) -> Planned:
    """Return whether a job is to be done, and why.

    Args:
        job: a film.
        ledger: of the batch's folder.
        overwrite: do it in any case, and replace what no batch made.
        rehash: read source and results whole even where sizes and times are what they were.

    Raises:
        ModelError: a network cannot be read.
        SinkError: the ledger cannot be read.
    """
    entry = ledger.read(job.name)
    if overwrite:
        return Planned(job, "asked for", entry)
    if entry is None:
        there = next((path for path in job.results.values() if files_of(path)), None)
        text = f"{there}: exists already, and no batch made it; give --overwrite, or name another folder"
        return Planned(job, "new", None, text if there is not None else None)
    return Planned(job, _why(job, entry, rehash), entry, rehash=rehash)


def _why(job: Job, entry: Entry, rehash: bool) -> Why | None:
    if entry.state != "done":
        return "failed before" if entry.state == "failed" else "interrupted before"
    for kind, known in entry.results.items():
        path = job.results.get(kind)
        files = files_of(path) if path is not None else []
        if path is not None and not files:
            return "missing"
        if path is not None and not same(known, files, rehash):
            return "damaged or edited"
    try:
        identity = identity_of(job)
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read ({reason_of(error)})") from error
    if identity != entry.identity:
        networks = [{**one, "look": {**one.get("look", {}), "model": None}} for one in (identity, entry.identity)]
        return "other network" if networks[0] == networks[1] else "other options"
    if entry.input is None or not same(entry.input, files_of(job.source), rehash):
        return "other source"
    return None
