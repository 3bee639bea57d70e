"""Encoders that are part of an NVIDIA card (NVENC): whether one works here, and which encoder takes its place.

FFmpeg lists them everywhere; only opening one tells. Knows nothing of containers or frames.
"""

from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext

from faceerase.errors import reason_of

SOFTWARE = {"h264_nvenc": "libx264", "hevc_nvenc": "libx265", "av1_nvenc": "libsvtav1"}
"""Encoders on a card, and the one of the same codec that every machine has."""

TAKEN = frozenset({"yuv420p", "nv12", "p010le", "nv16", "p210le", "yuv444p"})
"""Pixel formats that such an encoder keeps sample by sample: of those of 16 bits it keeps ten, RGB it makes YUV of."""

ANY_SIZE = (256, 256)
"""Where the picture's is not known: larger than the smallest that a card takes."""


def refusal(encoder: str, pixel_format: str = "yuv420p", size: tuple[int, int] = (0, 0)) -> str | None:
    """Return why an encoder on a card does not take pictures of a format and size here; None: it does.

    Args:
        encoder: of ``SOFTWARE``.
        pixel_format: that goes into it.
        size: width and height; (0, 0): any.
    """
    try:
        context = av.CodecContext.create(encoder, "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = size if all(size) else ANY_SIZE
        context.pix_fmt = pixel_format
        context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
        context.open()
    except av.error.PermissionError as error:
        return f"no NVIDIA card or driver answers ({reason_of(error)})"
    except (av.error.FFmpegError, OSError, ValueError) as error:
        return reason_of(error)
    return None
