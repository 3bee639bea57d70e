"""From what a person names to jobs: inputs found, options of rows laid over those of the command, results named.

Knows nothing of what was done before, or of workers.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faceerase.cli.film_flags import read_options
from faceerase.cli.film_tables import tables_of
from faceerase.configs.batch import BatchConfig
from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ConfigError
from faceerase.streamer.batch.inputs.discovery import Filters, Found, discover, remarks_of
from faceerase.streamer.batch.inputs.job_list import LISTS, Row, read_lines, read_list
from faceerase.streamer.batch.inputs.naming import FALLBACK, inside, name_of
from faceerase.streamer.batch.job import Job
from faceerase.streamer.stills.kinds import kind_of_name

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says of all films.

    Attributes:
        folder: that results go to.
        filters: on names.
        batch: how results are named.
        film: options of the film command line by their names in Python.
        mattes: whether masks are written too.
        reports: whether reports are written too.
    """

    folder: Path
    filters: Filters
    batch: BatchConfig
    film: Mapping[str, Any]
    mattes: bool
    reports: bool


@dataclass(slots=True)
class Wanted:
    """The jobs, each once, and what is to be said of how they were found."""

    jobs: list[Job] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def wanted(inputs: Sequence[str], wishes: Wishes) -> Wanted:
    """Return the jobs that inputs mean.

    Raises:
        ConfigError: a job list or an option in it is wrong.
        SourceError: a folder cannot be read.
    """
    rows: list[Row] = []
    for text in inputs:
        if text == STANDARD_INPUT:
            rows += read_lines(sys.stdin)
        elif Path(text).suffix.lower() in LISTS and Path(text).is_file():
            rows += read_list(Path(text))
        else:
            rows.append(Row(text, text))
    maker = job_maker(wishes)
    jobs: list[Job] = []
    named: dict[str, Job] = {}
    others: list[Path] = []
    faults = []
    for row in rows:
        try:
            seen = discover(row.input, wishes.filters, wishes.folder)
            others += seen.others
            if row.output is not None and len(seen.found) > 1:
                raise ConfigError(f"{row.where}: output: one name for {len(seen.found)} sources; leave it out")
            for one in seen.found:
                job = maker(one, row)
                if named.get(job.name) != job:  # named twice, as a file and in its folder, say: once is enough
                    named.setdefault(job.name, job)
                    jobs.append(job)
        except ConfigError as error:
            faults.append(str(error))
    if faults:
        more = f"; and {len(faults) - 5} more mistakes" if len(faults) > 5 else ""
        raise ConfigError("; ".join(faults[:5]) + more)
    return Wanted(jobs, [*remarks_of(others), *_moved(jobs, wishes.batch)])


def job_maker(wishes: Wishes) -> Callable[[Found, Row], Job]:
    """Return what makes a job of something found and the row that names it."""
    known: dict[str, tuple[dict[str, Any], FilmConfig]] = {}  # by what the row says: lists may have equal names

    def make(found: Found, row: Row) -> Job:
        key = repr(row.options)
        if key not in known:
            options = read_options(row.options, row.where)
            known[key] = options, _resolved({**wishes.film, **options}, row)
        said, config = known[key]
        given = row.output
        name = inside(given, row.where) if given else name_of(found, wishes.batch.suffix, wishes.batch.container)
        output = wishes.folder / name
        matte, report = said.get("matte"), said.get("report")
        if matte is None and wishes.mattes:
            ending = ".png" if kind_of_name(output) else ".mkv"
            matte = name.with_name(f"{name.stem}.matte{ending}")
        if report is None and wishes.reports:
            report = name.with_name(f"{name.stem.replace('%', '')}.report.json")
        beside = [inside(str(one), row.where) if one is not None else None for one in (matte, report)]
        paths = [wishes.folder / one if one is not None else None for one in beside]
        return Job(name.as_posix(), found.source, output, paths[0], paths[1], config)

    return make


def _resolved(values: Mapping[str, Any], row: Row) -> FilmConfig:
    config, purpose = values.get("config"), values.get("purpose")
    try:
        resolved = load_film_config(Path(config) if config is not None else None, tables_of(values), purpose)
    except ConfigError as error:
        raise ConfigError(f"{row.where}: {error}" if row.options else str(error)) from error
    if (resolved.verify.detector or resolved.verify.keep_rejected) and not resolved.verify.enabled:
        raise ConfigError(f"{row.where}: --detector and --keep-rejected belong to --verify, which is off")
    return resolved


def _moved(jobs: Iterable[Job], batch: BatchConfig) -> list[str]:
    moved = [job.source.name for job in jobs if job.output.suffix == FALLBACK != job.source.suffix.lower()]
    if not moved or batch.container is not None:
        return []
    shown = ", ".join(moved[:3]) + (", …" if len(moved) > 3 else "")
    return [f"no films are written to the containers of {shown}: they become {FALLBACK} (--container names another)"]
