"""The options of a film that say what comes out, and where to. Knows nothing of what is done with them."""

from pathlib import Path
from typing import Annotated

import typer

from faceerase.configs import film

_PANEL = "What comes out"
_ENCODE = film.EncodeConfig()
_STREAMS = film.StreamsConfig()

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
        help="Where the clean film goes: .mp4, .m4v, .mov, .mkv, .webm, .avi, .ts, .m2ts or .mxf; or pictures: .jpg, "
        ".png, .tif, .webp, .dpx or .exr (shot.%04d.png for several, a folder for a folder).",
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

Report = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        rich_help_panel=_PANEL,
        help="Also write what happened (.json): versions, network, options, streams in and out, what was dropped or "
        "lost, every face with its time codes and places, the cost.",
    ),
]

From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="TIME",
        rich_help_panel=_PANEL,
        help="Take the film from this moment on: seconds (12.5), HH:MM:SS.mmm, or HH:MM:SS:FF at the film's rate "
        "(;FF: drop-frame), counted from its first frame. The result begins at 0.",
    ),
]

To = Annotated[
    str | None,
    typer.Option("--to", metavar="TIME", rich_help_panel=_PANEL, help="Take the film until before this moment."),
]

Codec = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_PANEL,
        help="Encoder: auto (the source's own codec where it can be kept, else H.264 or H.265), h264, hevc, av1, "
        "vp9, prores, dnxhr, ffv1, mjpeg, … 'faceerase doctor' lists them. h264_nvenc, hevc_nvenc and av1_nvenc are a "
        f"card's; without it the same codec is encoded by software. (default: {_ENCODE.codec})",
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

SmartCopy = Annotated[
    bool | None,
    typer.Option(
        "--smart-copy",
        show_default=False,
        rich_help_panel=_PANEL,
        help="Where nothing is erased and the codec stays, copy what is coded already: ProRes, DNxHR, FFV1 and MJPEG "
        "frame by frame, H.264 and H.265 by closed groups of pictures. What was copied, and why the rest was not, is "
        "said.",
    ),
]

VideoStream = Annotated[
    str | None,
    typer.Option(
        metavar="N|all",
        rich_help_panel=_PANEL,
        help="Which video stream of INPUT is anonymised, by its number in the file, or each of them; none is copied "
        f"as it is. (default: {_STREAMS.video})",
    ),
]

Audio = Annotated[
    film.Audio | None,
    typer.Option(
        rich_help_panel=_PANEL, help=f"Sound: copied packet by packet, or left out. (default: {_STREAMS.audio})"
    ),
]

KeepMetadata = Annotated[
    bool | None,
    typer.Option(
        "--keep-metadata",
        show_default=False,
        rich_help_panel=_PANEL,
        help="Keep titles, places, dates, devices and other tags, and the titles of chapters: they can name people.",
    ),
]

KeepData = Annotated[
    bool | None,
    typer.Option(
        "--keep-data",
        show_default=False,
        rich_help_panel=_PANEL,
        help="Keep data streams (GPS and other telemetry) where OUTPUT can hold them.",
    ),
]

StrictStreams = Annotated[
    bool | None,
    typer.Option(
        "--strict-streams",
        show_default=False,
        rich_help_panel=_PANEL,
        help="Begin nothing if a stream, chapters or the time code would be left out (exit code 4).",
    ),
]

Overwrite = Annotated[bool, typer.Option("--overwrite", rich_help_panel=_PANEL, help="Replace an existing OUTPUT.")]
