"""The options of a film that say what is found, by which network, how it is checked and how it runs.

Knows nothing of what is done with them.
"""

from pathlib import Path
from typing import Annotated

import typer

from faceerase import contract
from faceerase.configs import film

DETECTOR_HELP = (
    "A model file of OpenCV's FaceDetectorYN, which then looks for faces beside the network; from OpenCV's model zoo "
    "(github.com/opencv/opencv_zoo): face_detection_yunet_2023mar.onnx."
)

_LOOK = film.LookConfig()
_DETECTOR = DETECTOR_HELP[0].lower() + DETECTOR_HELP[1:]

Rate = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        rich_help_panel="What is found",
        help="Pictures a second of a numbered sequence (24, 23.976, 24000/1001): how faces are followed through it, "
        f"and how fast a film made of it runs. (default: {film.DecodeConfig().rate})",
    ),
]

AllowDamaged = Annotated[
    bool | None,
    typer.Option(
        "--allow-damaged",
        show_default=False,
        rich_help_panel="How it runs",
        help="Exit with 0, not 1, although frames of a damaged INPUT are lost. They are named all the same.",
    ),
]

AllowUrl = Annotated[
    bool | None,
    typer.Option(
        "--allow-url",
        show_default=False,
        rich_help_panel="How it runs",
        help="INPUT may be an address (http, https), which is fetched first, into a private folder beside OUTPUT. "
        "Without this no network connection is opened, whatever a file says.",
    ),
]

MinFace = Annotated[
    float | None,
    typer.Option(
        metavar="PX",
        rich_help_panel="What is found",
        help="Height of the smallest face to find, in pixels of the film. Halving it costs about four times "
        f"the time. (default: {_LOOK.min_face:g})",
    ),
]

Scan = Annotated[
    film.Scan | None,
    typer.Option(
        rich_help_panel="What is found",
        help="thorough: everywhere in every frame; balanced: everywhere every quarter of a second and around known "
        f"faces in every frame; fast: everywhere every half second. (default: {_LOOK.scan})",
    ),
]

ThresholdRule = Annotated[
    contract.ThresholdRule | None,
    typer.Option(
        rich_help_panel="What is found",
        help="How the network's map becomes a mask. hysteresis: certain pixels and the likely ones that touch "
        "them; histogram: the seed's rule, relative to the map's range; otsu; fixed. (default: the model's own)",
    ),
]

Threshold = Annotated[
    float | None,
    typer.Option(
        metavar="P",
        rich_help_panel="What is found",
        help="Probability from which a face counts as certain; the relative rules mask nothing in a frame that "
        "never reaches it. Smaller finds more, and more that is no face. (default: the model's own)",
    ),
]

Model = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        rich_help_panel="The network",
        help="Another network, exported with 'faceerase export'. (default: the shipped unet-lite)",
    ),
]

ModelSha256 = Annotated[
    str | None,
    typer.Option(
        "--model-sha256",
        metavar="HEX",
        rich_help_panel="The network",
        help="Run only if the model file has this SHA-256.",
    ),
]

Provider = Annotated[
    film.Provider | None,
    typer.Option(
        rich_help_panel="The network",
        help="auto is CUDA where it really works, else the CPU; tensorrt builds an engine first, and keeps it. "
        f"(default: {_LOOK.provider})",
    ),
]

BatchSize = Annotated[
    str | None,
    typer.Option(
        metavar="TILES|auto",
        rich_help_panel="The network",
        help="Tiles per run of the network; auto is what the memory of a card allows, and 2 on the CPU. "
        f"(default: {_LOOK.batch_size})",
    ),
]

Decoder = Annotated[
    film.Decoder | None,
    typer.Option(
        rich_help_panel="How it runs",
        help="What decodes a film: cpu: FFmpeg; cuda: an NVIDIA card; auto: a card whose first pictures are the same "
        "bits as FFmpeg's. Where the card does not do, FFmpeg does, and says why. "
        f"(default: {film.DecodeConfig().decoder})",
    ),
]

Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        rich_help_panel="The network",
        help="Threads of the network on the CPU; 0: one per core. The result does not depend on it. "
        f"(default: {_LOOK.threads})",
    ),
]

Verify = Annotated[
    bool | None,
    typer.Option(
        "--verify/--no-verify",
        show_default=False,
        rich_help_panel="The check of the result",
        help="Read the encoded result again and look for faces in it; where one is found, nothing appears under "
        f"OUTPUT, and the exit code is 6. (default: {'on' if film.VerifyConfig().enabled else 'off'})",
    ),
]

Detector = Annotated[
    Path | None,
    typer.Option(metavar="ONNX", rich_help_panel="The check of the result", help=f"With --verify: {_DETECTOR}"),
]

KeepRejected = Annotated[
    bool,
    typer.Option(
        "--keep-rejected",
        rich_help_panel="The check of the result",
        help="With --verify: keep a film in which faces were found, as NAME.rejected.SUFFIX beside OUTPUT.",
    ),
]

Config = Annotated[
    Path | None,
    typer.Option(
        metavar="TOML", rich_help_panel="How it runs", help="A file with any of these options; flags win over it."
    ),
]

Resume = Annotated[
    bool | None,
    typer.Option(
        "--resume",
        show_default=False,
        rich_help_panel="How it runs",
        help="Keep the finished segments of a run that ends early, hidden beside OUTPUT, and go on from those that are "
        "there. The result is the same, to the bit.",
    ),
]

Workers = Annotated[
    str | None,
    typer.Option(
        metavar="N|auto",
        rich_help_panel="How it runs",
        help="Processes that work at segments of a long film side by side; auto: as many as there are cores, and room "
        f"in memory for. Changes no bit of the result. (default: {film.SegmentsConfig().workers})",
    ),
]

Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="auto|HOST:PORT",
        rich_help_panel="How it runs",
        help="Let the workers of a Ray cluster work at segments (extra 'cluster'), instead of --workers: of the "
        "cluster that this machine is part of, or of the one with this head. Changes no bit of the result.",
    ),
]

ClusterWorkers = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        rich_help_panel="How it runs",
        help="Workers of the cluster for one film, at most. (default: as many as there is room for)",
    ),
]

ClusterGpus = Annotated[
    float | None,
    typer.Option(
        metavar="F",
        rich_help_panel="How it runs",
        help="GPUs of each worker of the cluster; 0.25: four workers share one. "
        f"(default: {film.SegmentsConfig().cluster_gpus:g})",
    ),
]

Segment = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        rich_help_panel="How it runs",
        help="How long the segments are into which a long film is cut, at least; other lengths give other bits. "
        f"(default: {film.SegmentsConfig().seconds:g})",
    ),
]

JsonLines = Annotated[
    bool,
    typer.Option("--json", rich_help_panel="How it runs", help="Progress and result as JSON lines on stdout."),
]

Debug = Annotated[
    bool, typer.Option("--debug", rich_help_panel="How it runs", help="Log every step; tracebacks for errors.")
]
