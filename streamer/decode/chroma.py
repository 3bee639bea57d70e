"""Where the chroma samples of a film lie between its luma samples: asked of the bitstream, for PyAV does not tell.

FFmpeg's ``trace_headers`` prints every element of the headers of H.264, H.265 and AV1. Knows nothing of samples.
"""

from pathlib import Path

import av
from av import logging as av_logging
from av.bitstream import BitStreamFilterContext

from faceerase.streamer.decode.opening import main_video, open_film

UNSPECIFIED = "unspecified"

H26X = ("left", "center", "topleft", "top", "bottomleft", "bottom")
"""Names of FFmpeg for chroma_sample_loc_type 0 to 5 (H.264 and H.265, annex E)."""

AV1 = (UNSPECIFIED, "left", "topleft")
"""The same for chroma_sample_position (AV1, 6.4.2)."""

ELEMENTS = {
    "h264": ("chroma_sample_loc_type_top_field", H26X),
    "hevc": ("chroma_sample_loc_type_top_field", H26X),
    "av1": ("chroma_sample_position", AV1),
}  # fmt: skip

BY_STANDARD = {"mpeg1video": "center", "mpeg2video": "left", "mpeg4": "left", "mjpeg": "center"}
"""Codecs whose standard leaves no choice."""


def subsamples_both_ways(pixel_format: str) -> bool:
    """Whether a format is 4:2:0 or coarser, so that there is a question at all."""
    shape = av.VideoFormat(pixel_format)
    return shape.chroma_width(64) < 64 and shape.chroma_height(64) < 64


def chroma_location(path: Path, codec: str, pixel_format: str) -> str | None:
    """Return where chroma lies, by FFmpeg's name, or ``UNSPECIFIED``; None where it cannot be asked.

    Args:
        path: a film.
        codec: of its main picture, FFmpeg's canonical name.
        pixel_format: of its pictures.

    Raises:
        SourceError: it cannot be read.
    """
    if not subsamples_both_ways(pixel_format):
        return UNSPECIFIED
    if codec not in ELEMENTS:
        return BY_STANDARD.get(codec)
    element, names = ELEMENTS[codec]
    value = _first_value(path, element)
    return names[value] if value is not None and value < len(names) else UNSPECIFIED


def _first_value(path: Path, element: str) -> int | None:
    before = av_logging.get_level()
    with open_film(path) as container:
        stream = main_video(container, path)
        av_logging.set_level(av_logging.INFO)
        try:
            with av_logging.Capture(local=True) as printed:
                tracer = BitStreamFilterContext("trace_headers", stream)  # which prints what stands before the packets
                packet = next(packet for packet in container.demux(stream) if packet.size)
                tracer.filter(packet)
        except (av.error.FFmpegError, StopIteration):
            return None
        finally:
            av_logging.set_level(before)
    for _, _, line in printed:
        words = line.split()
        if element in words:
            return int(words[-1])
    return None
