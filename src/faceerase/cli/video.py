"""``faceerase video`` and ``faceerase-video``: one film in, one clean film out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from faceerase.cli.outcome import LOST_FRAMES, outcome, stderr
from faceerase.cli.progress import emit, film_progress
from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ConfigError, SinkError, SourceError
from faceerase.log import get_logger
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.report import FilmReport

_log = get_logger(__name__)
_DEFAULT = FilmConfig()


class Method(StrEnum):
    """What stands where a face was."""

    inpaint = "inpaint"
    blur = "blur"
    mosaic = "mosaic"
    solid = "solid"


class Rule(StrEnum):
    """How the map becomes a mask."""

    hysteresis = "hysteresis"
    histogram = "histogram"
    otsu = "otsu"
    fixed = "fixed"


class ProviderChoice(StrEnum):
    """What the network runs on."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


def video(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="The film to anonymise.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUTPUT",
            help="Where the clean film goes: .mp4, .mov, .mkv, .avi or .ts.",
            show_default=False,
        ),
    ],
    method: Annotated[
        Method | None,
        typer.Option(
            help=f"What stands where a face was: filled from its surroundings, blurred, squares, or black. "
            f"(default: {_DEFAULT.erase.method})",
            rich_help_panel="What comes out",
        ),
    ] = None,
    matte: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            rich_help_panel="What comes out",
            help="Also write the mask that was used: gray, 255 = erased, frame size, lossless "
            "(FFV1 in .mkv; .png for a film of one frame).",
        ),
    ] = None,
    codec: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel="What comes out",
            help="Encoder: auto (H.264 at the source's bit depth and chroma, H.265 where H.264 cannot), h264, hevc, "
            f"ffv1, prores, … 'faceerase doctor' lists them. (default: {_DEFAULT.encode.codec})",
        ),
    ] = None,
    crf: Annotated[
        int | None,
        typer.Option(
            metavar="0-63",
            rich_help_panel="What comes out",
            help=f"Quality of H.264, H.265, AV1 and VP9; smaller is better. (default: {_DEFAULT.encode.crf})",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", rich_help_panel="What comes out", help="Replace an existing OUTPUT.")
    ] = False,
    min_face: Annotated[
        float | None,
        typer.Option(
            metavar="PX",
            rich_help_panel="What is found",
            help="Height of the smallest face to find, in pixels of the film. Halving it costs about four times "
            f"the time. (default: {_DEFAULT.look.min_face:g})",
        ),
    ] = None,
    threshold_rule: Annotated[
        Rule | None,
        typer.Option(
            rich_help_panel="What is found",
            help="How the network's map becomes a mask. hysteresis: certain pixels and the likely ones that touch "
            "them; histogram: the seed's rule, relative to the map's range; otsu; fixed. (default: the model's own)",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            rich_help_panel="What is found",
            help="Probability from which a face counts as certain; the relative rules mask nothing in a frame that "
            "never reaches it. Smaller finds more, and more that is no face. (default: the model's own)",
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="ONNX",
            rich_help_panel="The network",
            help="Another network, exported with 'faceerase export'. (default: the shipped unet-lite)",
        ),
    ] = None,
    provider: Annotated[
        ProviderChoice | None,
        typer.Option(
            rich_help_panel="The network",
            help=f"auto is CUDA where it really works, else the CPU. (default: {_DEFAULT.look.provider})",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            metavar="TILES",
            rich_help_panel="The network",
            help=f"Tiles per run of the network. (default: {_DEFAULT.look.batch_size})",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML", rich_help_panel="How it runs", help="A file with any of these options; flags win over it."
        ),
    ] = None,
    json_lines: Annotated[
        bool,
        typer.Option("--json", rich_help_panel="How it runs", help="Progress and result as JSON lines on stdout."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", rich_help_panel="How it runs", help="Log every step; tracebacks for errors.")
    ] = False,
) -> None:
    """Make everybody in a film unrecognisable; leave everything else as it was.

    Every frame is looked at. Each face is erased and filled in; frames, times, colours, bit depth and sound stay the
    film's own. OUTPUT appears when it is whole and checked, or not at all.

    Exit codes: 0 done · 1 done, but frames of the source were lost · 2 usage or configuration · 3 the input cannot be
    read · 4 the output cannot be written or encoded · 5 model, provider or memory · 6 the check of the result failed ·
    130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP.
    """  # fmt: skip
    flags: dict[str, dict[str, Any]] = {
        "look": {"min_face": min_face, "model": model, "provider": provider, "batch_size": batch_size},
        "mask": {"rule": threshold_rule, "threshold": threshold},
        "erase": {"method": method},
        "encode": {"codec": codec, "crf": crf},
    }
    with outcome(debug):
        resolved = load_film_config(config, flags)
        _log.info("configuration: %s", resolved.model_dump_json())
        check_paths(source, output, matte, overwrite)
        engine = OnnxEngine(
            resolved.look.model, resolved.look.provider, resolved.look.threads, resolved.look.batch_size
        )
        with film_progress(source.name, json_lines) as show:
            report = anonymise(source, output, matte, resolved, engine, show)
        if json_lines:
            emit("done", configuration=resolved.model_dump(mode="json"), **report.to_dict())
        else:
            _summarise(report)
        if report.lost:
            raise typer.Exit(LOST_FRAMES)


def check_paths(source: Path, output: Path, matte: Path | None, overwrite: bool) -> None:
    """Refuse, before any work, what would end badly.

    Raises:
        SourceError: the source is missing.
        ConfigError: input and output are one file, or an output exists and ``overwrite`` was not given.
        SinkError: the folder of an output is missing.
    """
    if not source.exists():
        raise SourceError(f"{source}: no such file")
    taken = [source.resolve()]
    for target in [output] if matte is None else [output, matte]:
        if target.resolve() in taken or (target.exists() and target.samefile(source)):
            raise ConfigError(f"{target}: named twice; input, output and matte must be different files")
        taken.append(target.resolve())
        if not target.parent.is_dir():
            raise SinkError(f"{target}: there is no folder {target.parent}")
        if target.is_dir():
            raise SinkError(f"{target}: a folder; name a file")
        if target.exists() and not overwrite:
            raise ConfigError(f"{target}: exists already; name another, or give --overwrite")


def _summarise(report: FilmReport) -> None:
    speed = report.frames / max(1e-6, report.seconds)
    stderr.print(
        f"[bold green]{escape(str(report.output))}[/]: {report.frames} frames, "
        f"faces erased in {report.frames_with_regions} of them "
        f"({report.erased_share:.1%} of all pixels); {report.encoder}; network on {report.provider}; "
        f"{report.seconds:.1f} s, {speed:.1f} frames/s"
    )
    for remark in report.remarks:
        stderr.print(f"  note: {remark}", markup=False)
    for lost in report.lost:
        stderr.print(f"  lost: {lost}", markup=False, style="red")
    if report.lost:
        stderr.print("[red]Frames of the source are missing in the result (exit code 1).[/]")
