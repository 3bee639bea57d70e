"""``faceerase verify``: is anybody still to be seen in a result? A thin shell over streamer/verify."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from faceerase.cli.outcome import outcome
from faceerase.cli.progress import film_progress
from faceerase.cli.result_options import From, To
from faceerase.cli.search_options import DETECTOR_HELP
from faceerase.cli.summary import tell_verdict
from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.stages import criteria_of
from faceerase.streamer.verify.check import verify as check
from faceerase.streamer.verify.gate import finders_of
from faceerase.streamer.verify.verdict import FacesLeftError

_DEFAULT = FilmConfig()


def verify(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="The film that went in.", show_default=False)],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="What came out of it.", show_default=False)],
    matte: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The mask that was used; without it, what differs counts as erased."),
    ] = None,
    video_stream: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Which video stream of SOURCE, by its number. (default: the main one)"),
    ] = None,
    detector: Annotated[Path | None, typer.Option(metavar="ONNX", help=DETECTOR_HELP)] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="ONNX", help="Another network. (default: the shipped unet-lite)")
    ] = None,
    min_face: Annotated[
        float | None,
        typer.Option(
            metavar="PX",
            help=f"Height of the smallest face that the network looks for. (default: {_DEFAULT.look.min_face:g})",
        ),
    ] = None,
    begin: From = None,
    end: To = None,
    json_lines: Annotated[bool, typer.Option("--json", help="Progress and verdict as JSON lines on stdout.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Read a result again beside its source and say who can still be seen in it, where and when.

    The network looks as 'faceerase video' does; what it missed then it misses again, so give an independent --detector
    too. A find of the network counts where nothing was erased, or where what was erased is still like what was there;
    a find of the detector where it finds a face in the same place of SOURCE.

    Exit codes: 0 nothing found · 2 usage or configuration · 3 a film cannot be read · 5 model, provider or memory · 6 a
    face was found, or the two films do not belong together · 130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    flags: dict[str, dict[str, Any]] = {
        "look": {"min_face": min_face, "model": model},
        "part": {"begin": begin, "end": end},
        "verify": {"detector": detector},
    }
    with outcome(debug, kept="the check is not finished"):
        config = load_film_config(None, flags)
        look = config.look
        engine = OnnxEngine(look.model, look.provider, look.threads, look.batch_size)
        finders = finders_of(config, engine, criteria_of(config, engine.contract))
        with film_progress(output.name, json_lines) as show:
            verdict = check(source, output, matte, finders, show, video_stream, config.part)
        tell_verdict(verdict, json_lines, Console(highlight=False, soft_wrap=True))
        if not verdict.passed:
            raise FacesLeftError(output, verdict)
