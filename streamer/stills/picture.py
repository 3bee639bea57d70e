"""One picture file, read: its pixels as FFmpeg gives them, and what lies beside them. Knows nothing of sequences."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext

from faceerase.errors import SourceError, reason_of
from faceerase.streamer.decode.limits import most_pixels, too_many
from faceerase.streamer.decode.opening import refuse_no_file
from faceerase.streamer.stills import jpeg
from faceerase.streamer.stills.extras import Extras
from faceerase.streamer.stills.kinds import Kind, kind_of_data

INKS = 4

MOST_BYTES = 4 << 30
"""Of a picture file; it is read whole."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file.

    Attributes:
        kind: of file.
        pixels: as FFmpeg gave them.
        extras: what lies beside them.
        aspect: of a sample, None where the file does not say.
        damage: in words, or nothing.
    """

    kind: Kind
    pixels: av.VideoFrame
    extras: Extras
    aspect: Fraction | None
    damage: str


def read_picture(path: Path) -> Picture:
    """Return a picture file, decoded.

    Raises:
        SourceError: it is missing, unreadable, or no picture that is known; or nothing of it can be decoded.
    """
    data = read_bytes(path)
    kind = kind_of_data(data, path)
    extras = _extras(data, kind, path)
    if kind.decoder == "mjpeg" and jpeg.components(data) == INKS:
        raise SourceError(f"{path}: a picture of four inks (CMYK), for print; convert it to RGB first")
    pixels, aspect, damage = _decode(data, kind, path)
    if extras.missing:
        damage = f"cut off: {extras.missing} is not in it"
    return Picture(kind, pixels, extras, aspect, damage)


def likeness_of(path: Path) -> tuple[object, ...]:
    """Return what two pictures of one sequence have in common, from the header alone.

    Raises:
        SourceError: the file is missing, unreadable, or no picture that is known.
    """
    data = read_bytes(path)
    kind = kind_of_data(data, path)
    extras = _extras(data, kind, path)
    return kind.name, extras.shape, extras.orientation, extras.icc


def _extras(data: bytes, kind: Kind, path: Path) -> Extras:
    try:
        return kind.read(data)
    except (ValueError, IndexError, KeyError, OverflowError, struct.error) as error:
        raise SourceError(f"{path}: its header is damaged") from error


def read_bytes(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        SourceError: it is missing, empty, a folder, or must not be read.
    """
    refuse_no_file(path, "a picture")
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(f"{path}: a picture file of more than {MOST_BYTES >> 30} GiB")
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except PermissionError as error:
        raise SourceError(f"{path}: no permission to read it") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason_of(error)})") from error
    return data


def _decode(data: bytes, kind: Kind, path: Path) -> tuple[av.VideoFrame, Fraction | None, str]:
    """Decode strictly, and what cannot be decoded so as far as it goes."""
    reason = ""
    most = most_pixels(path)
    attempts: tuple[dict[str, str], ...] = ({"err_detect": "explode"}, {}) if kind.strict else ({},)
    for options in attempts:
        context = av.CodecContext.create(kind.decoder, "r")
        assert isinstance(context, VideoCodecContext)
        context.options = {**options, "max_pixels": str(most)}
        try:
            frames = [*context.decode(av.Packet(data)), *context.decode(None)]
        except av.error.FFmpegError as error:
            reason = reason_of(error)
            continue
        for pixels in frames:
            damage = "decoded with errors" if reason or pixels.is_corrupt else ""
            return pixels, context.sample_aspect_ratio or None, damage
    raise SourceError(f"{path}: cannot be decoded ({reason or 'no picture in it'}); {too_many(most)}")
