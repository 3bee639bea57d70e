"""What is compared of two films, read with PyAV alone, apart from the program's own code. Knows nothing of tables."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from zlib import crc32

import av
import numpy as np

EQUAL, NOTHING = "=", "–"
HDR = {"MASTERING_DISPLAY_METADATA": "mastering display", "CONTENT_LIGHT_LEVEL": "light level"}


@dataclass(frozen=True)
class Sound:
    """One audio stream; ``start`` in seconds."""

    codec: str
    language: str
    start: Fraction
    tick: Fraction
    data: bytes

    def same(self, other: "Sound") -> bool:
        """Whether it is the same, at the same time to half a tick of either."""
        late = abs(self.start - other.start) * 2 > max(self.tick, other.tick)
        return (self.language, self.data) == (other.language, other.data) and not late

    def differs(self, other: "Sound") -> str:
        """Return how, in a few words."""
        if (self.codec, self.language) != (other.codec, other.language):
            return f"{self} → {other}"
        if self.data != other.data:
            return f"{self}: {len(self.data)} → {len(other.data)} bytes"
        return f"{self}: {float(other.start - self.start) * 1000:+.1f} ms"

    def __str__(self) -> str:
        return f"{self.codec}{f' {self.language}' if self.language else ''}"


@dataclass(frozen=True)
class Facts:
    """What is compared of a film."""

    codec: str
    base: Fraction
    times: tuple[Fraction, ...]
    size: str
    format: str
    colour: str
    shape: str
    hdr: str
    sounds: tuple[Sound, ...]
    words: tuple[str, ...]
    time_code: str
    chapters: tuple[str, ...]
    attached: tuple[str, ...]


def read(path: Path) -> Facts:
    with av.open(str(path)) as film:
        video = film.streams.video[0]
        pictures = list(film.decode(video))
        first = pictures[0]
        side = {data.type.name: bytes(data) for data in first.side_data}
        code = [
            value
            for tags in (film.metadata, *(stream.metadata for stream in film.streams))
            for key, value in tags.items()
            if key.lower() == "timecode"
        ]
        chapters = [f"{float(one['start'] * one['time_base']):.3f}" for one in film.chapters()]
        packets = _packets(path)
        colour = (first.color_range, first.color_primaries, first.color_trc, first.colorspace)
        return Facts(
            codec=f"{video.codec_context.codec.canonical_name} {video.profile or ''}".strip(),
            base=video.time_base,
            # AVI stores no presentation times.
            times=tuple((p.dts if film.format.name == "avi" else p.pts) * p.time_base for p in pictures),
            size=f"{first.width}×{first.height}",
            format=first.format.name.replace("yuvj", "yuv"),
            colour=" ".join(str(int(tag)) for tag in colour),
            shape=f"{video.sample_aspect_ratio or 1} {int(first.rotation)}°",
            hdr=", ".join(f"{HDR[name]} {_light(name, data)}" for name, data in side.items() if name in HDR),
            sounds=tuple(_sound(stream, packets[stream.index]) for stream in film.streams.audio),
            words=tuple(
                f"{stream.codec_context.codec.canonical_name} {stream.metadata.get('language', '')} "
                f"{len(packets[stream.index])}"
                for stream in film.streams.subtitles
            ),
            time_code=code[0] if code else "",
            chapters=tuple(chapters),
            attached=tuple(s.metadata.get("mimetype", "") for s in film.streams if s.type == "attachment"),
        )


def _light(name: str, data: bytes) -> str:
    """Name exact values, however a file reduces the fractions that they are."""
    if name == "MASTERING_DISPLAY_METADATA":
        *parts, primaries, luminance = struct.unpack("=22i", data)
        values = [Fraction(one, other or 1) for one, other in zip(parts[::2], parts[1::2], strict=True)]
        data = repr((values, primaries, luminance)).encode()
    return f"{crc32(data):08x}"


def _packets(path: Path) -> dict[int, list[tuple[Fraction, bytes]]]:
    with av.open(str(path)) as film:
        found: dict[int, list[tuple[Fraction, bytes]]] = {stream.index: [] for stream in film.streams}
        for packet in film.demux([s for s in film.streams if s.type in {"audio", "subtitle"}] or None):
            if packet.size and packet.stream.type in {"audio", "subtitle"}:
                found[packet.stream.index].append(((packet.pts or 0) * packet.time_base, bytes(packet)))
    return found


def _sound(stream: Any, packets: list[tuple[Fraction, bytes]]) -> Sound:
    # In transport streams AAC carries the head of ADTS before each packet.
    data = b"".join(data[7:] if data[:2] in (b"\xff\xf1", b"\xff\xf9") else data for _, data in packets)
    language = stream.metadata.get("language", "").replace("und", "")
    start = packets[0][0] if packets else Fraction(0)
    return Sound(stream.codec_context.codec.canonical_name, language, start, stream.time_base, data)


def compare(before: Facts, after: Facts) -> dict[str, str]:
    """Return each column: EQUAL, NOTHING (neither has any), or what differs."""
    late = max(abs(one - other) for one, other in zip(before.times, after.times, strict=False)) / after.base
    # MXF is never without a time code.
    code = "" if not before.time_code and after.time_code == "00:00:00:00" else after.time_code
    values = {
        "codec": (before.codec, after.codec),
        "frames": (str(len(before.times)), str(len(after.times))),
        "size": (before.size, after.size),
        "format": (before.format, after.format),
        "colour": (before.colour, after.colour),
        "shape": (before.shape, after.shape),
        "HDR": (before.hdr, after.hdr),
        "subtitles": (", ".join(before.words), ", ".join(after.words)),
        "time code": (before.time_code, code),
        "chapters": (" ".join(before.chapters), " ".join(after.chapters)),
        "attached": (", ".join(before.attached), ", ".join(after.attached)),
    }
    columns = {
        name: f"{one or 'none'} → {other or 'none'}" if one != other else EQUAL if one else NOTHING
        for name, (one, other) in values.items()
    }
    columns["pts error"] = f"{float(late):.2f}" if late > Fraction(1, 2) else EQUAL
    if len(before.sounds) != len(after.sounds):
        columns["audio"] = f"{len(before.sounds)} → {len(after.sounds)} streams"
    else:
        pairs = [(one, other) for one, other in zip(before.sounds, after.sounds, strict=True) if not one.same(other)]
        same = EQUAL if before.sounds else NOTHING
        columns["audio"] = ", ".join(one.differs(other) for one, other in pairs) or same
    return columns


def unmasked_differs(source: Path, result: Path, matte: Path) -> bool:
    """Return whether any sample outside the matte differs; both in planar formats of the same layout."""
    with av.open(str(source)) as one, av.open(str(result)) as two, av.open(str(matte)) as mask:
        for before, after, erased in zip(*(film.decode(video=0) for film in (one, two, mask)), strict=True):
            hidden = erased.to_ndarray() > 0
            for plane, other in zip(before.planes, after.planes, strict=True):
                samples = [_samples(each, before.format.components[0].bits) for each in (plane, other)]
                rows, columns = samples[0].shape
                down, across = round(before.height / rows), round(before.width / columns)
                if (samples[0] != samples[1])[~hidden[::down, ::across]].any():
                    return True
    return False


def _samples(plane: Any, depth: int) -> Any:
    dtype = np.dtype("<u2") if depth > 8 else np.dtype(np.uint8)
    return np.frombuffer(bytes(plane), dtype).reshape(plane.height, -1)[:, : plane.width]
