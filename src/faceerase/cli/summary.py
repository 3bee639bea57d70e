"""What a person is told when a film is done, or was checked: a few lines, or one of JSON for the verdict."""

from rich.console import Console
from rich.markup import escape

from faceerase.cli.outcome import stderr
from faceerase.cli.progress import emit
from faceerase.streamer.report import FilmReport
from faceerase.streamer.verify.check import NETWORK
from faceerase.streamer.verify.verdict import Verdict

SHOWN_SPANS = 20


def summarise(report: FilmReport) -> None:
    """Say on stderr what happened to a film."""
    speed = report.frames / max(1e-6, report.seconds)
    looks = report.looks
    stderr.print(
        f"[bold green]{escape(str(report.output))}[/]: {report.frames} frames, "
        f"faces erased in {report.frames_with_regions} of them "
        f"({report.erased_share:.1%} of all pixels); {report.encoder}; network on {report.provider}, "
        f"{looks.tiles / max(1, report.frames):.1f} tiles a frame (at most {report.most_tiles}), "
        f"{looks.rejected} of {looks.candidates} candidates rejected at a second look; "
        f"{report.seconds:.1f} s, {speed:.1f} frames/s"
    )
    for remark in report.remarks:
        stderr.print(f"  note: {remark}", markup=False)
    for lost in report.lost:
        stderr.print(f"  lost: {lost}", markup=False, style="red")
    if report.lost:
        stderr.print(
            "[red]Frames of the source are missing, or damaged, in the result (exit code 1 unless --allow-damaged).[/]"
        )
    if report.verified is not None:
        tell_verdict(report.verified, as_json=False)


def tell_verdict(verdict: Verdict, as_json: bool, console: Console = stderr) -> None:
    """Say what a check came to: a JSON line, or a few lines on a console."""
    if as_json:
        emit("verified", **verdict.to_dict())
        return
    alone = verdict.finders == (NETWORK,)
    if verdict.passed:
        by = " and ".join(verdict.finders)
        weak = "; without an independent detector (--detector) this is the weaker half of the check" if alone else ""
        console.print(f"verified: nothing found in {verdict.frames} frames by {by}{weak}", markup=False)
    for span in verdict.spans[:SHOWN_SPANS]:
        console.print(f"  found: {span}", markup=False)
    if len(verdict.spans) > SHOWN_SPANS:
        console.print(f"  … and {len(verdict.spans) - SHOWN_SPANS} more (all of them with --json)", markup=False)
    if verdict.shells:
        console.print(
            f"  note: in {verdict.shells} frames the network takes something for a face of which nothing is left "
            "(hair around a fill, say)",
            markup=False,
        )
    if verdict.doubts:
        console.print(
            f"  note: in {verdict.doubts} frames the network takes something for a face that it took for none in the "
            "source",
            markup=False,
        )
