"""The options of a film that say what comes out, and where to. Knows nothing of what is done with them."""

from pathlib import Path
from typing import Annotated

import typer

from faceerase.configs import film

_PANEL = "What comes out"
_ENCODE = film.EncodeConfig()

Source = Annotated[
    Path,
    typer.Argument(
        metavar="INPUT",
        help="The film, picture, numbered sequence (shot.%04d.dpx) or folder of pictures to anonymise.",
        show_default=False,
    ),
]

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="OUTPUT",
        help="Where the clean film goes: .mp4, .mov, .mkv, .avi or .ts; or pictures: .jpg, .png, .tif, .webp, .dpx or "
        ".exr (shot.%04d.png for several, a folder for a folder).",
        show_default=False,
    ),
]

Method = Annotated[
    film.Method | None,
    typer.Option(
        help=f"What stands where a face was: filled from its surroundings, blurred, squares, or black. "
        f"(default: {film.EraseConfig().method})",
        rich_help_panel=_PANEL,
    ),
]

Matte = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        rich_help_panel=_PANEL,
        help="Also write the mask that was used: gray, 255 = erased, frame size, lossless "
        "(FFV1 in .mkv; .png for a picture, m.%04d.png for several, a folder for a folder).",
    ),
]

Codec = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_PANEL,
        help="Encoder: auto (the source's own codec where it can be kept, else H.264 or H.265), h264, hevc, av1, "
        f"vp9, prores, dnxhr, ffv1, mjpeg, … 'faceerase doctor' lists them. (default: {_ENCODE.codec})",
    ),
]

Crf = Annotated[
    int | None,
    typer.Option(
        metavar="0-63",
        rich_help_panel=_PANEL,
        help=f"Quality of H.264, H.265, AV1 and VP9; smaller is better. (default: {_ENCODE.crf})",
    ),
]

Purpose = Annotated[
    film.Purpose | None,
    typer.Option(
        "--for",
        rich_help_panel=_PANEL,
        help="Encoder settings for a purpose: delivery (H.264), mezzanine (ProRes), archive (FFV1, lossless).",
    ),
]

Bitrate = Annotated[
    str | None,
    typer.Option(metavar="8M", rich_help_panel=_PANEL, help="Bits a second, instead of --crf."),
]

Preset = Annotated[
    str | None,
    typer.Option(metavar="NAME", rich_help_panel=_PANEL, help="The encoder's own preset (H.264: slow, fast, …)."),
]

PixFmt = Annotated[
    str | None,
    typer.Option(
        "--pix-fmt",
        metavar="NAME",
        rich_help_panel=_PANEL,
        help="Pixel format of the result, by FFmpeg's name. (default: the source's)",
    ),
]

EncoderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--encoder-option",
        metavar="K=V",
        rich_help_panel=_PANEL,
        help="An option of the encoder, by FFmpeg's name; may be given more than once.",
    ),
]

Overwrite = Annotated[bool, typer.Option("--overwrite", rich_help_panel=_PANEL, help="Replace an existing OUTPUT.")]
