"""Which decoder a film's picture goes through: FFmpeg's own, or one that also reads the alpha beside it.

Knows nothing of times or of what becomes of the pictures.
"""

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from faceerase.streamer.decode.limits import MOST_PIXELS

READS_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders of codecs whose alpha lies in a picture of its own, which FFmpeg's own decoders pass over."""

WAIT_FOR_EVER = frozenset({"hevc"})
"""Codecs whose frame threads, in FFmpeg 8, can wait for each other for ever on damaged films."""


def decoder_of(stream: VideoStream) -> VideoCodecContext:
    """Return a decoder for a stream's packets, the empty one at the end included."""
    own = stream.codec_context
    if not reads_alpha(stream):
        own.thread_type = "SLICE" if own.codec.canonical_name in WAIT_FOR_EVER else "AUTO"
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
