"""``batch.json`` and ``batch.csv``: what became of a batch, beside its results. Described in docs/batch.md."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from faceerase import __version__
from faceerase.streamer.batch.record.ledger import write_whole
from faceerase.streamer.batch.record.outcome import Outcome, Record

JSON_NAME, CSV_NAME = "batch.json", "batch.csv"
SCHEMA = 1
COLUMNS = (
    "output", "source", "status", "why", "frames", "faces", "tracks", "lost", "seconds", "source_sha256",
    "output_sha256", "error", "exit_code",
)  # fmt: skip


def write_report(folder: Path, outcome: Outcome) -> None:
    """Write both files; each is there whole, or the older one is.

    Raises:
        SinkError: they cannot be written.
    """
    values = {
        "schema": SCHEMA,
        "faceerase": __version__,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(outcome.seconds, 3),
        "workers": outcome.workers,
        "threads": outcome.threads,
        "counts": dict(outcome.counts),
        "remarks": outcome.remarks,
        "jobs": [record_values(record) for record in outcome.records],
    }
    write_whole(folder / JSON_NAME, json.dumps(values, indent=1) + "\n")
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**record_values(one), "lost": len(one.entry.lost) if one.entry else 0} for one in outcome.records)
    write_whole(folder / CSV_NAME, table.getvalue())


def record_values(record: Record) -> dict[str, Any]:
    """Return what became of a job as plain values."""
    job, entry = record.planned.job, record.entry
    values: dict[str, Any] = {
        "output": job.name,
        "source": str(job.source),
        "status": record.status,
        "why": record.planned.why,
    }
    if entry is None:
        return values
    hashes = {kind: one.sha256 for kind, one in entry.results.items()}
    return values | {
        "frames": entry.frames,
        "faces": entry.faces,
        "tracks": entry.tracks,
        "lost": list(entry.lost),
        "remarks": list(entry.remarks),
        "seconds": entry.work_seconds,
        "encoder": entry.encoder,
        "provider": entry.provider,
        "source_sha256": entry.input.sha256 if entry.input else None,
        "output_sha256": hashes.get("output"),
        "hashes": hashes,
        "error": entry.error or None,
        "exit_code": entry.exit_code,
        "made_by": entry.version,
        "finished": entry.time or None,
    }
