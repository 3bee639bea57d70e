"""Where the chroma samples of a film lie between its luma samples. Knows nothing of samples.

FFmpeg knows it and PyAV does not tell; but the Matroska muxer writes it down. So a file without frames is written in
memory, of a stream like the film's, and read. (FFmpeg could print it too; but PyAV listens under Python's lock, in the
threads of decoders, and whoever closes one that wants to print then waits for ever.)
"""

import io

import av
from av.video.stream import VideoStream

UNSPECIFIED = "unspecified"

PLACES = {(1, 2): "left", (2, 2): "center", (1, 1): "topleft", (2, 1): "top"}
"""FFmpeg's names for what Matroska can say: 1 = with the left or upper luma sample, 2 = half way to the next."""

COLOUR, HORIZONTAL, VERTICAL = b"\x55\xb0", b"\x55\xb7", b"\x55\xb8"


def subsamples_both_ways(pixel_format: str) -> bool:
    """Whether a format is 4:2:0 or coarser, so that there is a question at all."""
    shape = av.VideoFormat(pixel_format)
    return shape.chroma_width(64) < 64 and shape.chroma_height(64) < 64


def chroma_location(stream: VideoStream, pixel_format: str) -> str | None:
    """Return where chroma lies in an open stream, by FFmpeg's name; None where nobody says it.

    ``UNSPECIFIED`` for formats in which there is only one place.
    """
    if not subsamples_both_ways(pixel_format):
        return UNSPECIFIED
    written = io.BytesIO()
    try:
        with av.open(written, "w", format="matroska") as container:
            container.add_stream_from_template(stream, opaque=True)
            container.start_encoding()
    except (av.error.FFmpegError, ValueError):
        return None
    colour = written.getvalue().partition(COLOUR)[2]
    return PLACES.get((_small_number(colour, HORIZONTAL), _small_number(colour, VERTICAL)))


def _small_number(elements: bytes, identity: bytes) -> int:
    """Return the value of an element of one byte, 0 where it is not there."""
    content = elements.partition(identity + b"\x81")[2]
    return content[0] if content else 0
