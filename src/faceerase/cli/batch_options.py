"""The options of a batch beside those of its films. Knows nothing of what is done with them."""

from pathlib import Path
from typing import Annotated

import typer

from faceerase.configs.batch import BatchConfig

_DEFAULT = BatchConfig()
_WHICH = "Which films"
_RESULTS = "What comes out"
_RUN = "How it runs"

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUTS",
        show_default=False,
        help="Films, pictures, numbered sequences; folders (all in them and below, the tree is mirrored); globs "
        "('cards/**/*.mov'); job lists (.csv, .json, .toml); - for paths on standard input, one a line.",
    ),
]

Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="DIR", help="The folder that the results go to.", show_default=False),
]

Watch = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        rich_help_panel=_WHICH,
        help="Watch a folder and take what appears in it once it is complete, until Ctrl-C; instead of INPUTS.",
    ),
]

Settle = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        rich_help_panel=_WHICH,
        help="With --watch: how long a file must have kept its size and time to count as complete. "
        f"(default: {_DEFAULT.settle:g})",
    ),
]

Include = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        rich_help_panel=_WHICH,
        help="Take only what a pattern matches, as in .gitignore (*.mov, day1/); may be given more than once.",
    ),
]

Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", rich_help_panel=_WHICH, help="Leave out what a pattern matches; the same."),
]

Suffix = Annotated[
    str | None,
    typer.Option(metavar="TEXT", rich_help_panel=_RESULTS, help="Put into each name: a.mov becomes aTEXT.mov."),
]

Container = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_RESULTS,
        help="Container of films: mp4, mov, mkv, … (default: the source's own where films are written to it, else mkv)",
    ),
]

Mattes = Annotated[
    bool,
    typer.Option(
        "--mattes", rich_help_panel=_RESULTS, help="Also write the mask that was used for each: NAME.matte.mkv (.png)."
    ),
]

Reports = Annotated[
    bool,
    typer.Option(
        "--reports",
        rich_help_panel=_RESULTS,
        help="Also write what happened in each of them: NAME.report.json.",
    ),
]

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        rich_help_panel=_RESULTS,
        help="Do everything anew, and replace files that no batch made.",
    ),
]

Rehash = Annotated[
    bool,
    typer.Option(
        "--rehash",
        rich_help_panel=_RUN,
        help="Read sources and results whole to see whether they changed, even where sizes and times did not.",
    ),
]

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        rich_help_panel=_RUN,
        help="Only say what would be done, why, and about how long it will take; a second of some films is tried.",
    ),
]

FailFast = Annotated[
    bool,
    typer.Option(
        "--fail-fast", rich_help_panel=_RUN, help="Begin nothing more after a failure; what is in hand is finished."
    ),
]

Workers = Annotated[
    str | None,
    typer.Option(
        metavar="N|auto",
        rich_help_panel=_RUN,
        help="How many films at once, each in a process of its own; auto: one a core, as far as memory reaches. "
        f"Changes no bit of any result. (default: {_DEFAULT.workers})",
    ),
]

Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N", rich_help_panel=_RUN, help="Cores of each worker. (default: all cores, shared out among workers)"
    ),
]

Attempts = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        rich_help_panel=_RUN,
        help="How often a film is begun whose worker is killed or crashes each time; then it is named as failed. "
        f"(default: {_DEFAULT.attempts})",
    ),
]
