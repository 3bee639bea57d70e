"""The options of ``faceerase live``. Knows nothing of what is done with them."""

from pathlib import Path
from typing import Annotated

import typer

from faceerase.configs import film, live

_WHERE, _FOUND, _OUT, _RUNS = "What is looked through", "What is found", "Where it is shown", "How it runs"
_LOOK, _MASK, _SERVE = live.LiveLookConfig(), live.LiveMaskConfig(), live.ServeConfig()

Camera = Annotated[
    str | None,
    typer.Option(
        metavar="CAMERA",
        rich_help_panel=_WHERE,
        help="A camera's number (0), its device (/dev/video0), a URL (rtsp, http), or a film that stands in for one. "
        f"(default: {live.CameraConfig().source})",
    ),
]

List = Annotated[
    bool,
    typer.Option("--list", rich_help_panel=_WHERE, help="Name the cameras and microphones that are here, and end."),
]

Size = Annotated[
    str | None, typer.Option(metavar="WxH", rich_help_panel=_WHERE, help="Ask the camera for this size: 1280x720.")
]

Rate = Annotated[
    float | None,
    typer.Option(metavar="N", rich_help_panel=_WHERE, help="Ask the camera for so many a second."),
]

CameraOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        rich_help_panel=_WHERE,
        help="Another option of FFmpeg for the camera (input_format=mjpeg); may be given several times.",
    ),
]

Loop = Annotated[bool, typer.Option("--loop", rich_help_panel=_WHERE, help="Begin a film again when it is over.")]

Reconnect = Annotated[
    bool,
    typer.Option(
        "--reconnect", rich_help_panel=_WHERE, help="Wait for a camera or microphone that was unplugged to come back."
    ),
]

MinFace = Annotated[
    float | None,
    typer.Option(
        metavar="PX",
        rich_help_panel=_FOUND,
        help="Height of the smallest face to find while there is time, in pixels of the camera. "
        f"(default: {_LOOK.min_face:g})",
    ),
]

LeastRate = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        rich_help_panel=_FOUND,
        help=f"Pictures a second below which less is looked at, and covers get wider. (default: {_LOOK.least_rate:g})",
    ),
]

Margin = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        rich_help_panel=_FOUND,
        help=f"How far covers reach beyond what was found, as a share of its radius. (default: {_MASK.margin:g})",
    ),
]

NoWindow = Annotated[bool, typer.Option("--no-window", rich_help_panel=_OUT, help="Open no window.")]

Serve = Annotated[
    str | None,
    typer.Option(
        metavar="[ADDRESS:]PORT",
        rich_help_panel=_OUT,
        help="Show it on a page, for browsers on this machine (127.0.0.1:8080; port 0: any free one), instead of in a "
        "window. Needs the extra 'live'.",
    ),
]

Host = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        rich_help_panel=_OUT,
        help="With --serve: let other machines see the page at this address of yours (0.0.0.0: all of them); a token "
        "is made and asked for. There is no encryption: only in networks that you trust.",
    ),
]

Split = Annotated[
    bool,
    typer.Option(
        "--split", rich_help_panel=_OUT, help="With --serve, on this machine only: offer the raw picture beside."
    ),
]

Record = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        rich_help_panel=_OUT,
        help="Record what is shown, at the times of the clock (.mp4, .mov, .mkv); whole, or not there.",
    ),
]

RecordTo = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER",
        rich_help_panel=_OUT,
        help="Where recordings go that are begun on the page.",
        show_default=True,
    ),
]

Microphone = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=_OUT,
        help="Record this microphone too: 'default', one that --list names, or a file whose sound stands in for one. "
        "Voices stay as they are. (default: no sound)",
    ),
]

VirtualCamera = Annotated[
    bool,
    typer.Option(
        "--virtual-camera",
        rich_help_panel=_OUT,
        help="Be a camera that other programs can choose (pyvirtualcam and its driver must be installed).",
    ),
]

Seconds = Annotated[
    float | None, typer.Option(metavar="S", min=0.0, rich_help_panel=_RUNS, help="End after so many seconds.")
]

Method = Annotated[
    film.Method | None,
    typer.Option(
        rich_help_panel=_OUT,
        help=f"What stands where a face was: filled from its surroundings, blurred, squares, or black. "
        f"(default: {film.EraseConfig().method})",
    ),
]

JsonLines = Annotated[
    bool,
    typer.Option("--json", rich_help_panel=_RUNS, help="How it goes, with latencies, as JSON lines on stdout."),
]
