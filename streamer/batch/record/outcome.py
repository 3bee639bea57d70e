"""What became of a batch, as values: one record for each job, and the counts of all. Knows nothing of files."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from faceerase.streamer.batch.plan import Planned
from faceerase.streamer.batch.record.ledger import Entry

Status = Literal[
    "done", "lost frames", "failed", "up to date", "up to date, lost frames", "in hand elsewhere", "interrupted",
    "not started",
]  # fmt: skip

NOT_WELL: frozenset[Status] = frozenset({"lost frames", "failed", "up to date, lost frames", "not started"})
"""What makes a batch end with exit code 1."""


LOST: frozenset[Status] = frozenset({"lost frames", "up to date, lost frames"})
"""What of it does not where damaged films are allowed."""


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a job, and what is known of it."""

    planned: Planned
    status: Status
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all of them, in the order of the plan, and how it was done."""

    records: tuple[Record, ...]
    workers: int
    threads: int
    seconds: float
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[Status]:
        """How many jobs ended how."""
        return Counter(record.status for record in self.records)

    @property
    def well(self) -> bool:
        """Whether every film is done, without a lost frame that is not allowed, or in good hands."""
        return not any(_is_bad(record) for record in self.records)

    @property
    def frames(self) -> int:
        """Written in this run."""
        return sum(one.entry.frames for one in self.records if one.entry and one.status in ("done", "lost frames"))


def _is_bad(record: Record) -> bool:
    allowed = record.status in LOST and record.planned.job.config.decode.allow_damaged
    return record.status in NOT_WELL and not allowed


def standing(entry: Entry) -> Status:
    """Return how a job stands that is done already."""
    return "up to date, lost frames" if entry.lost else "up to date"
