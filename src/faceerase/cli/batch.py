"""``faceerase batch``: many films, by several workers; what is done already is left alone."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from faceerase.cli import batch_options as options
from faceerase.cli import search_options as search
from faceerase.cli.batch_jobs import Wanted, Wishes, job_maker, wanted
from faceerase.cli.batch_summary import summarise_batch, tell_plan
from faceerase.cli.batch_views import batch_view
from faceerase.cli.film_flags import with_film_options
from faceerase.cli.film_tables import workers_of
from faceerase.cli.outcome import outcome, stderr
from faceerase.configs.base import validate
from faceerase.configs.batch import BatchConfig
from faceerase.errors import ConfigError, ModelError, SinkError, SourceError, reason_of
from faceerase.streamer.batch.estimate import estimate
from faceerase.streamer.batch.film_work import Finished
from faceerase.streamer.batch.inputs.discovery import Found, discover, filters_of
from faceerase.streamer.batch.inputs.job_list import Row
from faceerase.streamer.batch.inputs.naming import refuse_clashes
from faceerase.streamer.batch.inputs.watch import listing_of
from faceerase.streamer.batch.inputs.watch import watch as complete_files
from faceerase.streamer.batch.plan import Planned, judge
from faceerase.streamer.batch.record.ledger import Ledger
from faceerase.streamer.batch.record.outcome import Outcome, Record
from faceerase.streamer.batch.record.report import write_report
from faceerase.streamer.batch.run import BatchRun, Ended, Happening
from faceerase.streamer.workers.processes import ProcessExecutor
from faceerase.streamer.workers.seam import Tools
from faceerase.streamer.workers.shares import Shares, shares

NOT_ALL_WELL = 1
REPORT_EVERY_SECONDS = 10


@with_film_options
def batch(
    context: typer.Context,
    output: options.Output,
    inputs: options.Inputs = None,
    watch: options.Watch = None,
    settle: options.Settle = None,
    include: options.Include = None,
    exclude: options.Exclude = None,
    suffix: options.Suffix = None,
    container: options.Container = None,
    mattes: options.Mattes = False,
    reports: options.Reports = False,
    overwrite: options.Overwrite = False,
    rehash: options.Rehash = False,
    dry_run: options.DryRun = False,
    fail_fast: options.FailFast = False,
    workers: options.Workers = None,
    threads: options.Threads = None,
    attempts: options.Attempts = None,
    json_lines: search.JsonLines = False,
    debug: search.Debug = False,
) -> None:
    """Anonymise many films and pictures into one folder; leave alone what is done already.

    One bad file never stops the others. Run again, it does what is missing, failed, or no longer what it was: other
    source, options or network, a result that was damaged, edited or deleted. DIR gets batch.json, batch.csv and a log
    for each film (batch-logs). All options of 'faceerase video' that say what is found and what comes out count for
    every film; a row of a job list may say otherwise.

    Exit codes: 0 all done · 1 a film failed or lost frames · 2 usage or configuration · 3 INPUTS hold nothing · 4 DIR
    cannot be written to · 5 the model cannot be read · 130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    with outcome(debug, kept="what is done is kept; run it again to go on"):
        given = {"workers": workers_of(workers), "threads": threads, "attempts": attempts, "suffix": suffix,
                 "container": container, "fail_fast": fail_fast, "settle": settle}  # fmt: skip
        config = validate(BatchConfig, {key: value for key, value in given.items() if value is not None}, "options")
        if bool(inputs) == (watch is not None):
            raise ConfigError("name INPUTS, or a folder with --watch; one of the two")
        wishes = Wishes(output, filters_of(include or (), exclude or ()), config, dict(context.params), mattes, reports)
        ledger = Ledger(output)
        if watch is not None:
            if dry_run or overwrite:
                raise ConfigError("--watch: not with --dry-run or --overwrite")
            run = _Run(wishes, ledger, shares(config.workers, config.threads, 0), json_lines, ())
            run.carry_out(_watched(watch, wishes, ledger), None)
            return
        found = wanted(inputs or (), wishes)
        planned = _planned(found, ledger, overwrite, rehash)
        todo = [one for one in planned if one.why is not None]
        share = shares(config.workers, config.threads, len(todo))
        if dry_run:
            with stderr.status("a second of each film is tried …") as said:
                guesses = estimate(
                    [one.job for one in todo],
                    Tools(share.threads),
                    lambda done: said.update(f"a second of each film is tried … {done} of {len(todo)}"),
                )
            tell_plan(planned, guesses, share.workers, json_lines)
            return
        _Run(wishes, ledger, share, json_lines, found.remarks).carry_out(iter(planned), planned)


def _planned(found: Wanted, ledger: Ledger, overwrite: bool, rehash: bool) -> list[Planned]:
    if not found.jobs:
        text = "no film or picture in what was named (the folder of results is left out)"
        raise SourceError("; ".join([text, *found.remarks]))
    refuse_clashes(found.jobs, ledger.folder)
    for model in {job.config.look.model for job in found.jobs}:
        if not model.is_file():
            raise ModelError(f"{model}: no such model file")
    planned = [judge(job, ledger, overwrite, rehash) for job in found.jobs]
    refused = [one.refused for one in planned if one.refused is not None]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise ConfigError(f"{refused[0]}{more}")
    return planned


def _watched(folder: Path, wishes: Wishes, ledger: Ledger) -> Iterator[Planned | None]:
    """Yield what appears in a folder, for ever."""
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder")
    maker, sources = job_maker(wishes), dict[str, Path]()
    row, batch_config = Row(str(folder), str(folder)), wishes.batch

    known: tuple[list[tuple[Path, int, int]], Sequence[Found]] = [], ()

    def look() -> Sequence[Found]:
        nonlocal known
        listing = listing_of(folder)
        if listing != known[0]:  # to find sequences, pictures are opened: only when there is news
            known = listing, discover(str(folder), wishes.filters, wishes.folder).found
        return known[1]

    for found in complete_files(look, batch_config.settle, batch_config.every):
        if found is None:
            yield None
            continue
        job = maker(found, row)
        other = sources.setdefault(job.name, job.source)
        if other != job.source:
            text = f"{job.output} would be written twice: from {other}, from {job.source}; rename one"
            yield Planned(replace(job, name=f"{job.name} ({job.source.name})"), "new", None, text)
        else:
            yield judge(job, ledger)


class _Run:
    """A run, shown, and reported at its end, however that comes."""

    def __init__(self, wishes: Wishes, ledger: Ledger, share: Shares, as_json: bool, remarks: Sequence[str]) -> None:
        self._wishes = wishes
        self._ledger = ledger
        self._share = share
        self._as_json = as_json
        self._remarks = tuple(remarks)
        self._started = self._reported = time.monotonic()

    def carry_out(self, planned: Iterator[Planned | None], every: Sequence[Planned] | None) -> None:
        """Do what is planned; ``every`` of it, where that is known beforehand."""
        try:
            self._ledger.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SinkError(f"{self._ledger.folder}: cannot be made ({reason_of(error)})") from error
        config = self._wishes.batch
        total = len(every) if every is not None else None
        with batch_view(total, self._as_json) as show:
            run = BatchRun(
                self._ledger, self._showing(show, lambda: run), attempts=config.attempts, fail_fast=config.fail_fast
            )
            try:
                run.run(planned, ProcessExecutor[Finished](self._share.workers, self._share.threads))
            finally:
                ended = self._outcome(run, every or ())
                write_report(self._ledger.folder, ended)
                summarise_batch(ended, self._as_json)
        if not ended.well:
            raise typer.Exit(NOT_ALL_WELL)

    def _showing(self, show: Callable[[Happening], None], run: Callable[[], BatchRun]) -> Callable[[Happening], None]:
        def shown(happening: Happening) -> None:
            show(happening)
            now = time.monotonic()
            if isinstance(happening, Ended) and now - self._reported >= REPORT_EVERY_SECONDS:
                self._reported = now
                write_report(self._ledger.folder, self._outcome(run(), ()))

        return shown

    def _outcome(self, run: BatchRun, every: Sequence[Planned]) -> Outcome:
        known = {record.planned.job.name: record for record in run.records}
        for item in every:
            known.setdefault(item.job.name, Record(item, "not started", item.entry))
        ordered = {item.job.name: known[item.job.name] for item in every} or known
        seconds = time.monotonic() - self._started
        return Outcome(tuple(ordered.values()), self._share.workers, self._share.threads, seconds, self._remarks)
