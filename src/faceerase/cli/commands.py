"""The commands, put together. Knows nothing of what they do."""

import typer

from faceerase import __version__
from faceerase.cli.batch import batch
from faceerase.cli.bench import bench
from faceerase.cli.data import app as data
from faceerase.cli.doctor import doctor
from faceerase.cli.judge import evaluate
from faceerase.cli.learn import export, train
from faceerase.cli.live import live
from faceerase.cli.verify import verify
from faceerase.cli.video import video

app = typer.Typer(
    name="faceerase",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
video_app = typer.Typer(
    name="faceerase-video", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"faceerase {__version__}")
        raise typer.Exit


@app.callback()
def _faceerase(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say which version."),
) -> None:
    del version


app.command()(video)
app.command()(batch)
app.command()(verify)
app.command()(live)
app.command()(doctor)
app.command()(bench)
app.add_typer(data, name="data")
app.command()(train)
app.command()(export)
app.command()(evaluate)
video_app.command()(video)
