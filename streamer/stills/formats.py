"""In which pixel format a picture file holds pictures of another, and how they get there.

A picture file is written where somebody named it: what it cannot hold is converted, and said. Knows nothing of files.
"""

from collections.abc import Sequence

import av
import numpy as np
from av.video.plane import VideoPlane
from av.video.reformatter import Interpolation

from faceerase.errors import SinkError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.planes import FLOAT_BITS

RGB, BT709, UNSPECIFIED, BT601, SMPTE170M = 0, 1, 2, 5, 6
LIMITED, FULL = 1, 2
EXACT = (
    Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP
)
"""swscale's own choice repeats chroma samples; so it comes to what libjpeg makes of a JPEG, to 2 of 255."""

HD_LINES = 720
"""From this height on, YUV that does not say its matrix is BT.709, as players take it."""

LIMITED_KINDS = frozenset({"libwebp"})
"""Encoders whose YUV is of limited range; that of the others is of full range, as in JPEG. Both are BT.601."""


def nearest_format(wanted: str, formats: Sequence[str], encoder: str) -> tuple[str, str]:
    """Return the format of an encoder that keeps the most of a planar format, and what is not kept, in words.

    Raises:
        SinkError: one is of floats, the other of whole numbers: light and what a screen shows.
    """
    source = av.VideoFormat(wanted)
    targets = [av.VideoFormat(name) for name in formats if not name.startswith("yuvj") and name not in _TINY]
    fitting = [target for target in targets if _is_float(target) == _is_float(source)]
    if not fitting:
        raise SinkError(
            f"{encoder} cannot hold {wanted}: floats of light are not made into whole numbers here, nor the other way; "
            f"name {'an .exr' if _is_float(source) else 'a .png, .tif or .dpx'}"
        )
    best = min(fitting, key=lambda target: (*_losses(source, target), *_waste(source, target)))
    shallower, alpha, colour, chroma, kind = _losses(source, best)
    words = [
        *(["fewer bits"] if shallower else []),
        *(["no alpha"] if alpha else []),
        *(["no colour"] if colour else []),
        *(["less chroma"] if chroma else []),
        *(["RGB and YUV are converted"] if kind else []),
    ]
    return best.name, f"pixel format {wanted} encoded as {best.name}: {', '.join(words)}" if words else ""


_TINY = frozenset({"pal8", "monob", "monow"})


def _is_float(pixel_format: av.VideoFormat) -> bool:
    return pixel_format.components[0].bits == FLOAT_BITS


def _is_gray(pixel_format: av.VideoFormat) -> bool:
    return len(pixel_format.components) <= 2


def _has_alpha(pixel_format: av.VideoFormat) -> bool:
    return len(pixel_format.components) in (2, 4)


def _losses(source: av.VideoFormat, target: av.VideoFormat) -> tuple[int, bool, bool, int, bool]:
    chroma = target.chroma_width(64) * target.chroma_height(64) - source.chroma_width(64) * source.chroma_height(64)
    gray = _is_gray(source) or _is_gray(target)
    return (
        max(0, source.components[0].bits - target.components[0].bits),
        _has_alpha(source) and not _has_alpha(target),
        _is_gray(target) and not _is_gray(source),
        max(0, -chroma) if not gray else 0,
        source.is_rgb != target.is_rgb and not gray,
    )


def _waste(source: av.VideoFormat, target: av.VideoFormat) -> tuple[bool, bool, int, int, bool]:
    return (
        _is_gray(source) != _is_gray(target),
        _has_alpha(target) and not _has_alpha(source),
        target.components[0].bits - source.components[0].bits,
        target.chroma_width(64) * target.chroma_height(64),
        target.name != source.name,
    )


def bare(picture: av.VideoFrame, info: FilmInfo, pixel_format: str, encoder: str) -> av.VideoFrame:
    """Return a picture in the format of an encoder, without anything beside its pixels.

    What FFmpeg hangs on a frame (EXIF with its thumbnail, say) its PNG encoder would write into the file.
    """
    source, target = av.VideoFormat(picture.format.name.replace("yuvj", "yuv")), av.VideoFormat(pixel_format)
    is_yuv = not target.is_rgb and not _is_gray(target)
    destination = LIMITED if is_yuv and encoder in LIMITED_KINDS else FULL
    # To swscale and players gray is of full range, whatever it says.
    origin = FULL if info.full_range or _is_gray(source) else LIMITED
    matrix = _matrix(info)
    other_values = origin != destination or (is_yuv and matrix != BT601)
    if source.name != target.name or (other_values and not source.is_rgb and info.codec != encoder):
        picture = picture.reformat(
            format=pixel_format,
            src_colorspace=matrix if not source.is_rgb else None,
            dst_colorspace=BT601 if is_yuv else None,
            src_color_range=origin,
            dst_color_range=destination,
            interpolation=EXACT,
            threads=1,
        )
    made = av.VideoFrame(picture.width, picture.height, pixel_format)
    for mine, theirs in zip(made.planes, picture.planes, strict=True):
        _copy_rows(theirs, mine)
    made.color_range = destination
    made.color_primaries, made.color_trc = info.color_primaries, info.color_trc
    made.colorspace = BT601 if is_yuv else RGB if target.is_rgb else UNSPECIFIED
    return made


def _matrix(info: FilmInfo) -> int:
    """Return the matrix of a film's YUV, as swscale counts them."""
    if info.colorspace in (RGB, UNSPECIFIED):
        return BT709 if info.height >= HD_LINES else BT601
    return BT601 if info.colorspace == SMPTE170M else info.colorspace


def _copy_rows(source: VideoPlane, target: VideoPlane) -> None:
    def rows(plane: VideoPlane) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        size = plane.line_size * plane.height
        return np.frombuffer(memoryview(plane), np.uint8, size).reshape(plane.height, plane.line_size)

    width = min(source.line_size, target.line_size)
    rows(target)[:, :width] = rows(source)[:, :width]
