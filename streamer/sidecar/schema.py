"""The report beside a film as a schema: these models are the format, ``docs/report.md`` describes it to people.

Keys are stable: within one version some may be added, none is renamed, removed or given another meaning. Knows nothing
of how any of it came about.
"""

from typing import Any, Literal

from faceerase.configs.base import Frozen

VERSION: Literal[1] = 1

BoxValues = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture as it is stored, before any rotation; clipped to it."""


class Versions(Frozen):
    """What ran."""

    faceerase: str
    python: str
    platform: str
    pyav: str
    ffmpeg: str
    ffmpeg_libraries: dict[str, str]
    onnxruntime: str
    opencv: str
    numpy: str


class ModelFacts(Frozen):
    """The network: ``file`` as it was given, the file's name alone for the shipped one."""

    name: str
    file: str
    shipped: bool
    sha256: str
    provider: str
    contract: dict[str, Any]


class Colour(Frozen):
    """Colour tags by FFmpeg's names; None: not tagged."""

    range: str | None
    primaries: str | None
    transfer: str | None
    matrix: str | None


class StreamFacts(Frozen):
    """One stream as its container and decoder describe it; None: not said, or not of this kind of stream.

    ``rate`` is frames or samples a second, ``time_base`` seconds a tick, both as fractions; ``frames`` the container's
    own count. ``rotation`` (degrees) and ``side_data`` are those of the main picture's first frame. Of the metadata the
    keys are named, never the values.
    """

    index: int
    type: str
    codec: str | None
    profile: str | None
    time_base: str | None
    rate: str | None
    frames: int | None
    start: float | None
    duration: float | None
    width: int | None = None
    height: int | None = None
    pixel_format: str | None = None
    aspect: str | None = None
    colour: Colour | None = None
    rotation: int | None = None
    side_data: tuple[str, ...] | None = None
    channels: str | None = None
    language: str | None
    disposition: tuple[str, ...]
    metadata_keys: tuple[str, ...]


class FilmFacts(Frozen):
    """A film file; ``main`` is the index of its main picture, ``time_code`` what it says of its first frame."""

    path: str
    format: str
    bytes: int
    start: float | None
    duration: float | None
    main: int
    time_code: str | None
    chapters: int
    metadata_keys: tuple[str, ...]
    streams: tuple[StreamFacts, ...]


class Counting(Frozen):
    """How time codes in this report count: at ``rate`` from ``first``, which is the film's own or 00:00:00:00."""

    rate: str
    drop_frame: bool
    first: str
    from_film: bool


class Stretch(Frozen):
    """From one frame to another, both included; times in seconds of presentation."""

    first_frame: int
    last_frame: int
    first_time: float
    last_time: float
    first_time_code: str
    last_time_code: str


class Track(Stretch):
    """One face, followed: ``frames`` in which it was erased, in ``seen`` of which it was seen, not bridged."""

    track: int
    frames: int
    seen: int


class Erased(Frozen):
    """One face in one frame; ``seen`` is false where it was concluded from the frames around."""

    track: int
    box: BoxValues
    score: float
    seen: bool


class FrameFacts(Frozen):
    """A frame in which something was erased; the others are not listed."""

    frame: int
    time: float
    time_code: str
    regions: tuple[Erased, ...]


class Finding(Stretch):
    """Somebody whom the check found in the result; ``inside``: where something was erased."""

    box: BoxValues
    inside: bool
    finder: str
    score: float


class Check(Frozen):
    """What the check of the result came to; ``shells`` and ``doubts`` are frames with finds that did not count."""

    passed: bool
    frames: int
    finders: tuple[str, ...]
    shells: int
    doubts: int
    findings: tuple[Finding, ...]


class Summary(Frozen):
    """The film in a few numbers; ``faces`` are counted anew in every frame."""

    frames: int
    frames_with_faces: int
    faces: int
    tracks: int
    erased_share: float
    encoder: str


class Cost(Frozen):
    """Wall-clock seconds, and how often the network was asked."""

    seconds: float
    frames_per_second: float
    tiles: int
    tiles_per_frame: float
    most_tiles: int
    candidates: int
    rejected: int


class Head(Frozen):
    """Everything but the frames, which are too many to hold."""

    report: Literal[1] = VERSION
    summary: Summary
    remarks: tuple[str, ...]
    lost: tuple[str, ...]
    check: Check | None
    cost: Cost
    source: FilmFacts
    result: FilmFacts
    matte: str | None
    versions: Versions
    model: ModelFacts
    configuration: dict[str, dict[str, Any]]
    counting: Counting
    tracks: tuple[Track, ...]


class Report(Head):
    """The whole report."""

    frames: tuple[FrameFacts, ...]
