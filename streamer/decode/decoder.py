"""Which decoder a film's picture goes through: FFmpeg's own, or one that also reads the alpha beside it.

Knows nothing of times or of what becomes of the pictures.
"""

import av
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

READS_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders of codecs whose alpha lies in a picture of its own, which FFmpeg's own decoders pass over."""


def decoder_of(stream: VideoStream) -> VideoCodecContext:
    """Return a decoder for a stream's packets, the empty one at the end included."""
    own = stream.codec_context
    name = READS_ALPHA.get(own.codec.canonical_name)
    says_so = any(key.lower() == "alpha_mode" and value == "1" for key, value in stream.metadata.items())
    if name is None or not says_so:
        own.thread_type = "AUTO"
        return own
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = own.extradata
    return decoder
