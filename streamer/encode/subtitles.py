"""Text subtitles from one kind to another, through FFmpeg's own decoders and encoders.

Knows nothing of when a line is muxed.
"""

from fractions import Fraction

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

MILLISECONDS = Fraction(1, 1000)


class TextConverter:
    """Turns the packets of one text stream into those of another kind; ``failed`` counts lines that are damaged."""

    def __init__(self, source: SubtitleStream, codec: str, output: OutputContainer) -> None:
        """Give the output a stream of a kind of text.

        Raises:
            ValueError: the output does not hold it.
        """
        self.failed = 0
        decoder = source.codec_context
        decoder.open(strict=False)  # the header that the encoder needs is there once the decoder is open
        added = output.add_stream(codec)
        assert isinstance(added, SubtitleStream)
        added.codec_context.subtitle_header = decoder.subtitle_header
        added.time_base = added.codec_context.time_base = source.time_base or MILLISECONDS
        self.stream: Stream = added
        self._decoder, self._encoder = decoder, added.codec_context

    def convert(self, packet: "Packet[Stream]") -> "Packet[Stream] | None":
        """Return the packet in the other kind, at the same time; None where it shows nothing."""
        try:
            shown = self._decoder.decode2(packet)
            if shown is None or not len(shown):
                return None  # in MP4 the gaps between lines are packets too
            written = self._encoder.encode_subtitle(shown)
        except av.error.FFmpegError:
            self.failed += 1
            return None
        written.pts = written.dts = packet.pts
        written.duration, written.time_base = packet.duration, packet.time_base
        return written
