"""The picture of a film that is written: one encoder, opened, and its stream in a container.

Where the stream is to say more than its encoder can tell it, it is made like a template, and the encoder stands apart.
Knows nothing of files, times or what is in the pictures.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import av
from av.codec.context import Flags
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from faceerase.errors import SinkError
from faceerase.streamer.decode.chroma import UNSPECIFIED, subsamples_both_ways
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.container import Timing
from faceerase.streamer.encode.fields import with_fields
from faceerase.streamer.encode.light import template, with_light
from faceerase.streamer.encode.pixels import BT709, JPEG_RANGE, LIMITED_RANGE, leaves_rgb

UNORDERED = 2
"""Pictures that are too few to be reordered."""

TAGS = {("hevc", "mp4"): "hvc1", ("hevc", "mov"): "hvc1"}
"""What a codec is called in a container, where FFmpeg's own choice (hev1) is one that some players do not know."""

TOLD = (
    "extradata", "codec_tag", "width", "height", "pix_fmt", "framerate", "sample_aspect_ratio", "color_range",
    "color_primaries", "color_trc", "colorspace", "field_order", "reorder_depth", "level", "profile",
)  # fmt: skip
"""What an encoder tells its stream, where the stream was not made for it."""


class PictureTrack:
    """Encodes pictures into packets of its stream."""

    def __init__(
        self,
        container: OutputContainer,
        info: FilmInfo,
        choice: EncoderChoice,
        target: Path,
        timing: Timing,
        tag: str | None = None,
    ) -> None:
        """Open the encoder, and give the container its stream; ``tag`` is what the codec is called there.

        Raises:
            SinkError: this is no encoder of pictures.
            ValueError, av.error.FFmpegError: the container does not hold the codec, or the encoder refuses.
        """
        self._pictures = 0
        options = dict(choice.options)
        if timing.constant_rate:
            options["bf"] = "0"  # without presentation times nothing may be reordered
        if info.chroma_location not in (None, UNSPECIFIED) and subsamples_both_ways(choice.pixel_format):
            options = {"chroma_sample_location": info.chroma_location, **options}
        options = with_fields(choice.encoder, options, info.field_order)
        options = with_light(choice.encoder, options, info.light)
        codec = str(av.Codec(choice.encoder, "w").canonical_name)
        tag = tag or TAGS.get((codec, container.format.name))
        self._info, self._choice, self._timing, self._tag, self._options = info, choice, timing, tag, options
        shape = template(codec, info.width, info.height, info.light)
        if shape is None:
            stream = container.add_stream(choice.encoder, rate=info.rate, options=options)
            if not isinstance(stream, VideoStream):
                raise SinkError(f"{target}: {choice.encoder} is not a video encoder")
            self.stream: VideoStream = stream
            self._context = self.stream.codec_context
            _configure(self._context, info, choice, timing, tag)
        else:
            with closing(shape):
                self.stream = container.add_stream_from_template(shape.streams.video[0], opaque=True)
            self._context = context = self._apart()
            for name in TOLD:
                value = getattr(context, name)
                if value is not None:
                    setattr(self.stream.codec_context, name, value)
        self.stream.time_base = timing.time_base
        if info.display_matrix is not None:
            self.stream.set_display_matrix(info.display_matrix)

    def encode(self, picture: av.VideoFrame | None) -> "Sequence[Packet[VideoStream]]":
        """Return the packets that a picture brings about; None: all that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        self._pictures += picture is not None
        packets = self._context.encode(picture)
        for packet in packets:
            packet.stream = self.stream
            if self._pictures <= UNORDERED and self._context.name == "libx265":
                packet.dts = packet.pts  # x265 gives one that was never set
        return packets

    def renew(self) -> None:
        """Take a new, equal encoder in the place of one that gave its last packets: its first picture is a key frame.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        self._context = self._apart()

    @property
    def header(self) -> bytes:
        """What the encoder says before its first packet (FFmpeg's extradata), perhaps nothing."""
        return self._context.extradata or b""

    @property
    def reorder_depth(self) -> int:
        """By how many pictures decoding runs ahead of showing."""
        # FFmpeg's wrapper of x265 does not tell, but the header that it writes does
        decoder = av.CodecContext.create(str(self._context.codec.canonical_name), "r")
        decoder.extradata = self._apart(Flags.global_header).extradata
        decoder.open()
        assert isinstance(decoder, VideoCodecContext)
        return max(self._context.reorder_depth, decoder.reorder_depth)

    def _apart(self, flags: int = 0) -> VideoCodecContext:
        context = av.CodecContext.create(self._choice.encoder, "w")
        assert isinstance(context, VideoCodecContext)
        _configure(context, self._info, self._choice, self._timing, self._tag)
        context.options = self._options
        # The stream knows whether its container wants headers apart
        context.flags |= flags | self.stream.codec_context.flags & Flags.global_header
        context.open()
        return context


def _configure(
    context: VideoCodecContext, info: FilmInfo, choice: EncoderChoice, timing: Timing, tag: str | None
) -> None:
    if tag is not None:
        context.codec_tag = tag
    context.width, context.height = info.width, info.height
    context.pix_fmt = choice.pixel_format
    context.time_base = timing.time_base
    context.framerate = info.rate
    films = leaves_rgb(info.planar_format, choice)
    context.color_range = JPEG_RANGE if choice.full_range else LIMITED_RANGE if films else info.color_range
    context.color_primaries = info.color_primaries
    context.color_trc = info.color_trc
    context.colorspace = BT709 if films else info.colorspace
    context.field_order = info.field_order
    if info.aspect:
        context.sample_aspect_ratio = info.aspect
