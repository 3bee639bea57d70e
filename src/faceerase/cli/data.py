"""``faceerase data prepare``: a thin shell over models/data. Needs no torch."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from faceerase.cli.outcome import outcome, stderr
from faceerase.cli.progress import emit

if TYPE_CHECKING:
    from faceerase.models.data.prepare import PrepareReport

SHOWN_FAULTS = 5

app = typer.Typer(help="Photos to learn from.", no_args_is_help=True)


@app.callback()
def data() -> None:
    """Photos to learn from."""


@app.command()
def prepare(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder in the WIDER FACE or Pascal VOC layout.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PACK", help="Where the packed photos go.")],
    max_side: Annotated[int, typer.Option(metavar="PX", min=64, help="Shrink larger photos to this.")] = 1024,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the 85/15 split, where only one split is given.")] = 0,
    face_class: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A VOC class that means a face; may be given again.")
    ] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="The report as one JSON line on stdout.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Check annotated photos and pack them, gray and decoded, for training.

    Missing and unreadable pictures, boxes outside and the like are counted and named, and left out. Where only one
    split is given, 85 % of the photos go to training and 15 % to validation, near-duplicates to one side.
    """
    with outcome(debug):
        from faceerase.models.data.prepare import PrepareOptions
        from faceerase.models.data.prepare import prepare as run_prepare

        options = PrepareOptions(max_side, seed, tuple(face_class)) if face_class else PrepareOptions(max_side, seed)
        with Progress(console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
            task = bar.add_task("photos", total=None)
            report = run_prepare(source, output, options, lambda done, of: bar.update(task, completed=done, total=of))
        if json_lines:
            emit("prepared", pack=str(output), **_as_json(report))
        else:
            _print(report, output)


def _as_json(report: "PrepareReport") -> dict[str, object]:
    return {
        "photos": report.photos,
        "faces": report.faces,
        "ignored": report.ignored,
        "masks": report.masks,
        "split_drawn": report.drawn,
        "near_duplicates": report.alike,
        "faults": list(report.faults),
    }


def _print(report: "PrepareReport", output: Path) -> None:
    table = Table("", "train", "val", title=str(output))
    for name, counts in (("photos", report.photos), ("faces", report.faces), ("ignore regions", report.ignored)):
        table.add_row(name, str(counts["train"]), str(counts["val"]))
    Console().print(table)
    split = "drawn here, 85/15, near-duplicates on one side" if report.drawn else "as given"
    stderr.print(f"split {split}; {report.masks} pixel masks; {report.alike} photos with a near-duplicate")
    for kind, count in report.fault_counts().items():
        stderr.print(f"[yellow]{count} × {kind}[/]", highlight=False)
        for fault in [fault for fault in report.faults if fault.startswith(f"{kind}: ")][:SHOWN_FAULTS]:
            stderr.print(f"    {fault.removeprefix(f'{kind}: ')}", highlight=False, markup=False)
        if count > SHOWN_FAULTS:
            stderr.print(f"    … and {count - SHOWN_FAULTS} more (all of them with --json)")
