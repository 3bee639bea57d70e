"""``faceerase video`` and ``faceerase-video``: one film in, one clean film out."""

from pathlib import Path
from typing import Annotated, Any

import typer

from faceerase.cli.choices import Method, ProviderChoice, PurposeChoice, Rule, Scan
from faceerase.cli.outcome import LOST_FRAMES, outcome
from faceerase.cli.paths import check_paths
from faceerase.cli.progress import emit, film_progress
from faceerase.cli.summary import summarise, tell_verdict
from faceerase.cli.verify import DETECTOR_HELP
from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.verify.gate import rejected_name
from faceerase.streamer.verify.verdict import FacesLeftError

_log = get_logger(__name__)
_DEFAULT = FilmConfig()
_DETECTOR = DETECTOR_HELP[0].lower() + DETECTOR_HELP[1:]


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
            help="Encoder: auto (the source's own codec where it can be kept, else H.264 or H.265), h264, hevc, av1, "
            f"vp9, prores, dnxhr, ffv1, mjpeg, … 'faceerase doctor' lists them. (default: {_DEFAULT.encode.codec})",
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
    purpose: Annotated[
        PurposeChoice | None,
        typer.Option(
            "--for",
            rich_help_panel="What comes out",
            help="Encoder settings for a purpose: delivery (H.264), mezzanine (ProRes), archive (FFV1, lossless).",
        ),
    ] = None,
    bitrate: Annotated[
        str | None,
        typer.Option(metavar="8M", rich_help_panel="What comes out", help="Bits a second, instead of --crf."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", rich_help_panel="What comes out", help="The encoder's own preset (H.264: slow, fast, …)."
        ),
    ] = None,
    pix_fmt: Annotated[
        str | None,
        typer.Option(
            "--pix-fmt",
            metavar="NAME",
            rich_help_panel="What comes out",
            help="Pixel format of the result, by FFmpeg's name. (default: the source's)",
        ),
    ] = None,
    encoder_option: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder-option",
            metavar="K=V",
            rich_help_panel="What comes out",
            help="An option of the encoder, by FFmpeg's name; may be given more than once.",
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
    scan: Annotated[
        Scan | None,
        typer.Option(
            rich_help_panel="What is found",
            help="thorough: everywhere in every frame; balanced: everywhere every quarter of a second and around known "
            f"faces in every frame; fast: everywhere every half second. (default: {_DEFAULT.look.scan})",
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
    verify: Annotated[
        bool | None,
        typer.Option(
            "--verify/--no-verify",
            show_default=False,
            rich_help_panel="The check of the result",
            help="Read the encoded result again and look for faces in it; where one is found, nothing appears under "
            f"OUTPUT, and the exit code is 6. (default: {'on' if _DEFAULT.verify.enabled else 'off'})",
        ),
    ] = None,
    detector: Annotated[
        Path | None,
        typer.Option(metavar="ONNX", rich_help_panel="The check of the result", help=f"With --verify: {_DETECTOR}"),
    ] = None,
    keep_rejected: Annotated[
        bool,
        typer.Option(
            "--keep-rejected",
            rich_help_panel="The check of the result",
            help="With --verify: keep a film in which faces were found, as NAME.rejected.SUFFIX beside OUTPUT.",
        ),
    ] = False,
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
        "look": {
            "scan": scan,
            "min_face": min_face,
            "model": model,
            "provider": provider,
            "batch_size": batch_size,
        },
        "mask": {"rule": threshold_rule, "threshold": threshold},
        "erase": {"method": method},
        "encode": {"codec": codec, "crf": crf, "bitrate": bitrate, "preset": preset, "pix_fmt": pix_fmt},
        "verify": {"enabled": verify, "detector": detector, "keep_rejected": keep_rejected or None},
    }
    with outcome(debug):
        if encoder_option:
            flags["encode"]["options"] = _pairs(encoder_option)
        resolved = load_film_config(config, flags, purpose.value if purpose else None)
        _log.info("configuration: %s", resolved.model_dump_json())
        if (detector or keep_rejected) and not resolved.verify.enabled:
            raise ConfigError("--detector and --keep-rejected belong to --verify, which is off")
        keeps = resolved.verify.enabled and resolved.verify.keep_rejected
        check_paths(source, output, matte, rejected_name(output) if keeps else None, overwrite)
        engine = OnnxEngine(
            resolved.look.model, resolved.look.provider, resolved.look.threads, resolved.look.batch_size
        )
        try:
            with film_progress(source.name, json_lines) as show:
                report = anonymise(source, output, matte, resolved, engine, show)
        except FacesLeftError as error:
            tell_verdict(error.verdict, json_lines)
            raise
        if json_lines:
            emit("done", configuration=resolved.model_dump(mode="json"), **report.to_dict())
        else:
            summarise(report)
        if report.lost:
            raise typer.Exit(LOST_FRAMES)


def _pairs(options: list[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise ConfigError(f"--encoder-option {name}{equals}{value}: not of the form NAME=VALUE")
    return {name: value for name, _, value in pairs}
