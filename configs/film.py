"""How a film is anonymised: every option of the runtime, its default and its range, as one frozen value.

Precedence: this schema < a configuration file < the command line. Knows nothing of files or networks.
"""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from faceerase.configs.base import Frozen, laid_over, read_toml, validate
from faceerase.contract import ThresholdRule

HERE = Path(__file__).resolve().parent

Scan = Literal["thorough", "balanced", "fast"]
Method = Literal["inpaint", "blur", "mosaic", "solid"]
Provider = Literal["auto", "cpu", "cuda", "tensorrt"]

Decoder = Literal["auto", "cpu", "cuda"]

_TILES: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=1, le=1024)])


def _batch_size(value: object) -> int | Literal["auto"]:
    if value == "auto":
        return "auto"
    try:
        return _TILES.validate_python(value)
    except ValidationError as error:  # of a union, pydantic would tell the mistakes in every member
        raise PydanticCustomError("batch_size", "a whole number of 1 to 1024, or auto") from error


BatchSize = Annotated[int | Literal["auto"], PlainValidator(_batch_size)]
"""Tiles per run of the network; ``auto``: as many as suit what it runs on."""

Audio = Literal["keep", "drop"]

Purpose = Literal["delivery", "mezzanine", "archive"]
"""What a result is for; each has a file of options beside this one."""

SHIPPED_MODEL = HERE.parent / "models" / "weights" / "unet-lite-int8.onnx"
"""The default network, in 8-bit integers, for CPUs."""

SHIPPED_WHOLE = SHIPPED_MODEL.with_name("unet-lite.onnx")
"""The network that it was made of, in single precision: for graphics cards, and to go on training from."""


class DecodeConfig(Frozen):
    """How the source is read.

    ``rate`` is that of numbered pictures, in pictures a second (``24``, ``23.976``, ``24000/1001``): how faces are
    followed from one to the next, and how fast a film of them runs. ``decoder`` is what decodes films: ``cuda`` a card
    (NVDEC), ``auto`` a card whose pictures are the same bits as the software's, each the software where it does not.
    ``allow_damaged``: lost frames are told, but the exit code stays 0. ``allow_url``: a source may be an address (http,
    https), which is fetched first.
    """

    decoder: Decoder = "cpu"
    rate: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}(\.[0-9]{1,6}|/[1-9][0-9]{0,5})?$")] = "24"
    allow_damaged: bool = False
    allow_url: bool = False

    @property
    def picture_rate(self) -> Fraction:
        """The rate as a fraction; 23.976, 29.97 and their like are what they stand for (24000/1001, …)."""
        said = Fraction(self.rate)
        whole = round(said * 1001 / 1000)
        ntsc = Fraction(whole * 1000, 1001)
        return ntsc if "." in self.rate and abs(said - ntsc) < Fraction(1, 200) else said


class LookConfig(Frozen):
    """What is looked at, and with what.

    ``scan``: ``thorough`` looks everywhere in every frame, ``balanced`` everywhere every quarter of a second and around
    known faces in every frame, ``fast`` everywhere every half second. ``min_face`` is the height in source pixels of
    the smallest face to be found; ``threads`` of the network on the CPU, 0 = one per core; ``batch_size`` in tiles:
    ``auto`` is what the memory of a card allows, and 2 on the CPU. ``model_sha256`` is the checksum that the model
    file must have; None: any.
    """

    model: Path = SHIPPED_MODEL
    model_sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    provider: Provider = "auto"
    scan: Scan = "balanced"
    min_face: Annotated[float, Field(ge=4, le=4096)] = 16
    batch_size: BatchSize = "auto"
    threads: Annotated[int, Field(ge=0, le=256)] = 0


class MaskConfig(Frozen):
    """How a map becomes a mask.

    ``rule`` and ``threshold`` are the model's own where None. ``margin`` is how far a region grows beyond what was
    found, as a share of its mean radius.
    """

    rule: ThresholdRule | None = None
    threshold: Annotated[float, Field(gt=0)] | None = None
    margin: Annotated[float, Field(ge=0, le=2)] = 0.08


class EraseConfig(Frozen):
    """What stands where a face was."""

    method: Method = "inpaint"


class EncodeConfig(Frozen):
    """How the result is encoded.

    ``codec`` is an encoder or family of FFmpeg (``auto``: the source's own where there is an encoder for it and the
    container holds it, else H.264 or H.265). ``crf`` counts for encoders that know it and where no ``bitrate`` is given
    (bits a second, ``8M``). ``preset`` is the encoder's own; ``pix_fmt`` None: that of the source. ``options`` are
    passed to the encoder last. ``threads`` is part of the result: other counts give other bits. ``smart_copy`` copies
    what is coded already where nothing is erased and the codec stays.
    """

    codec: Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")] = "auto"
    crf: Annotated[int, Field(ge=0, le=63)] = 18
    preset: Annotated[str, Field(pattern=r"^[a-z0-9_\-]+$")] | None = None
    bitrate: Annotated[str, Field(pattern=r"^[1-9][0-9]*[kM]?$")] | None = None
    pix_fmt: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = None
    options: dict[str, str] = Field(default_factory=dict)
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    smart_copy: bool = False


class StreamsConfig(Frozen):
    """What is beside the main picture, and what becomes of it.

    ``video`` is the stream that is anonymised, by its number in the file (``main``: the first default one; ``all``:
    each one); the others are dropped. ``data`` keeps data
    streams (telemetry: places), ``metadata`` tags and titles of chapters that may name people, places and devices.
    ``strict``: nothing may be left out that was not asked to be.
    """

    video: Annotated[int, Field(ge=0)] | Literal["main", "all"] = "main"
    audio: Audio = "keep"
    data: bool = False
    metadata: bool = False
    strict: bool = False

    @property
    def number(self) -> int | None:
        """Of the picture that is anonymised first; None: the main one."""
        return self.video if isinstance(self.video, int) else None


Moment = Annotated[str, BeforeValidator(str)]
"""Seconds, ``HH:MM:SS.mmm``, or a time code ``HH:MM:SS:FF`` (``;FF``: drop-frame), from the film's first frame."""


class PartConfig(Frozen):
    """Which part of the film is taken: frames that are shown from ``begin`` on and before ``end``; None: all of it."""

    begin: Moment | None = None
    end: Moment | None = None


class VerifyConfig(Frozen):
    """Whether and how the encoded result is looked at again before it gets its name.

    ``detector`` is a model file of OpenCV's ``FaceDetectorYN``, which looks beside the network; ``keep_rejected`` keeps
    a film in which faces were found, under another name.
    """

    enabled: bool = False
    detector: Path | None = None
    keep_rejected: bool = False


class SegmentsConfig(Frozen):
    """How a long film is cut, and what becomes of finished segments when a run ends early.

    ``seconds`` is how long a segment is at least; it is part of the result: other lengths give other bits. With
    ``resume`` finished segments are kept, and used by the next run. ``workers`` are processes that work at segments
    side by side (``auto``: as many as there are cores, and room in memory for); they change no bit of the result.

    ``cluster`` is the address of a Ray cluster whose workers do that instead (``host:port``, ``auto``), at most
    ``cluster_workers`` for one film (None: as many as there is room for), each with ``cluster_gpus`` cards: a share of
    one, or several.
    """

    seconds: Annotated[float, Field(ge=0.04, le=3600)] = 20
    resume: bool = False
    workers: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = 1
    cluster: Annotated[str, Field(min_length=1)] | None = None
    cluster_workers: Annotated[int, Field(ge=1)] | None = None
    cluster_gpus: Annotated[float, Field(ge=0, le=64)] = 0


OF_THE_RUN = {
    "decode": {"allow_damaged", "allow_url"},
    "look": {"threads", "model_sha256"},
    "segments": {"resume", "workers", "cluster", "cluster_workers", "cluster_gpus"},
}
"""Options, by table, that change no bit of a result: who does the work, what is allowed, what is only checked."""


class FilmConfig(Frozen):
    """Everything that decides what comes out for a given film."""

    decode: DecodeConfig = DecodeConfig()
    look: LookConfig = LookConfig()
    mask: MaskConfig = MaskConfig()
    erase: EraseConfig = EraseConfig()
    encode: EncodeConfig = EncodeConfig()
    streams: StreamsConfig = StreamsConfig()
    part: PartConfig = PartConfig()
    verify: VerifyConfig = VerifyConfig()
    segments: SegmentsConfig = SegmentsConfig()


def load_film_config(path: Path | None, flags: dict[str, dict[str, Any]], purpose: Purpose | None = None) -> FilmConfig:
    """Return the schema's defaults, changed by the file of a purpose, by a file of the user's, by flags.

    Args:
        path: a TOML file with the tables ``decode``, ``look``, ``mask``, ``erase``, ``encode``, ``streams``, ``part``,
            ``verify``, ``segments``, or None.
        flags: the same tables; None values count as not given.
        purpose: what the result is for, or None.

    Raises:
        ConfigError: the file is missing or not TOML, a key is unknown, or a value is out of range.
    """
    of_purpose = read_toml(HERE / f"{purpose}.toml") if purpose is not None else {}
    given = read_toml(path) if path is not None else {}
    validate(FilmConfig, given, str(path))
    return validate(FilmConfig, laid_over(of_purpose, given, flags), "options")
