"""Which decoder a film's picture goes through: FFmpeg's own, or one that also reads the alpha beside it.

Knows nothing of times or of what becomes of the pictures.
"""

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from faceerase.streamer.decode.limits import MOST_PIXELS

READS_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders of codecs whose alpha lies in a picture of its own, which FFmpeg's own decoders pass over."""

ONE_PICTURE_A_PACKET = frozenset({"h264", "hevc", "av1", "vp9", "ffv1", "prores", "dnxhd", "mjpeg", "mpeg2video"})
"""Codecs of which every packet holds one picture to be shown; decoders can drop damaged ones without an error.

Of others an error is all that tells of a loss. PyAV passes over an error that comes with pictures, and over pictures
behind it at the film's end; both happen with frame threads, so that those codecs get none.
"""

ONE_PICTURE_UNLESS_EMPTY = frozenset({"mpeg4", "msmpeg4v2", "msmpeg4v3", "h263", "flv1"})
EMPTY_BYTES = 8
"""The same, but that a packet of so few bytes may say that nothing is shown: MPEG-4's pictures that are not coded."""

WAIT_FOR_EVER = frozenset({"hevc"})
"""Codecs whose frame threads, in FFmpeg 8, can wait for each other for ever on damaged films."""


def decoder_of(stream: VideoStream) -> VideoCodecContext:
    """Return a decoder for a stream's packets, the empty one at the end included."""
    own = stream.codec_context
    if not reads_alpha(stream):
        own.thread_type = "AUTO" if own.codec.canonical_name in ONE_PICTURE_A_PACKET - WAIT_FOR_EVER else "SLICE"
        own.options = {**own.options, "max_pixels": str(MOST_PIXELS)}
        return own
    decoder = av.CodecContext.create(READS_ALPHA[own.codec.canonical_name], "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = own.extradata
    decoder.options = {"max_pixels": str(MOST_PIXELS)}
    return decoder


def reads_alpha(stream: VideoStream) -> bool:
    """Whether a stream has alpha in a picture of its own, which only some decoders read."""
    says_so = any(key.lower() == "alpha_mode" and value == "1" for key, value in stream.metadata.items())
    return says_so and stream.codec_context.codec.canonical_name in READS_ALPHA
