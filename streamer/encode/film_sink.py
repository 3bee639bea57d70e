"""A film file as a ``FrameSink``: encodes pictures at their own times, muxes the passengers, checks, and renames.

Nothing appears under the final name before it is whole. Knows nothing of networks or masks.
"""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.errors import SinkError, VerificationError
from faceerase.streamer.decode.source import FilmInfo
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.partial import PartialFile
from faceerase.streamer.encode.passengers import Passengers
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

MPEG_RANGE, JPEG_RANGE = 1, 2
UNSPECIFIED = 2


class FilmSink:
    """Writes one film."""

    def __init__(self, target: Path, info: FilmInfo, choice: EncoderChoice) -> None:
        """Open the partial file and the encoder.

        Raises:
            SinkError: the place cannot be written to, the container is unknown, or encoder and container don't go
                together.

        """
        self._choice = choice
        self._written = 0
        self._partial = PartialFile(target)
        self._passengers: Passengers | None = None
        try:
            self._container = _open(self._partial.path, target, info.time_base)
            self._stream = _add_picture(self._container, info, choice, target)
            self._passengers = Passengers(info.path, info.stream_index, self._container)
            self._container.start_encoding()
        except (av.error.FFmpegError, ValueError) as error:
            self.abandon()
            raise SinkError(f"{target}: {choice.encoder} does not go into this container ({_reason(error)})") from error
        except BaseException:
            self.abandon()
            raise

    def write(self, frame: Frame, matte: Matte) -> None:
        """Encode one frame.

        Raises:
            SinkError: the encoder or the disk refused.

        """
        del matte
        picture = frame.picture
        if picture.format.name != self._choice.pixel_format:
            picture = _convert(picture, self._choice)
        picture.pict_type = av.video.frame.PictureType.NONE  # the encoder chooses its own key frames
        picture.pts, picture.time_base = frame.pts, frame.time_base
        try:
            self._travel(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: frame {frame.index} not written ({_reason(error)})") from error
        self._written += 1

    def finish(self) -> Sequence[str]:
        """Flush, close, check and rename; return remarks for the report.

        Raises:
            SinkError: the encoder or the disk refused.
            VerificationError: the written file does not hold as many frames as were written.

        """
        assert self._passengers is not None
        remarks = [f"dropped: {text}" for text in self._passengers.dropped]
        try:
            self._travel(self._stream.encode(None))
            self._passengers.write_until(None)
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: not finished ({_reason(error)})") from error
        finally:
            self._passengers.close()
        self._check()
        self._partial.publish()
        return remarks

    def abandon(self) -> None:
        """Close everything and remove the partial."""
        if self._passengers is not None:
            self._passengers.close()
        container = getattr(self, "_container", None)
        if container is not None:
            # Half a file may not even close; it is removed next
            with suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
        self._partial.remove()

    def _travel(self, packets: "Sequence[Packet[VideoStream]]") -> None:
        assert self._passengers is not None
        for packet in packets:
            if packet.dts is not None:
                self._passengers.write_until(float(packet.dts * packet.time_base))
            self._container.mux(packet)

    def _check(self) -> None:
        with av.open(str(self._partial.path)) as written:
            stream = written.streams.video[0]
            found = sum(1 for packet in written.demux(stream) if packet.size)
        if found != self._written:
            raise VerificationError(
                f"{self._partial.target}: {self._written} frames written, {found} in the file; nothing was kept"
            )


def _open(path: Path, target: Path, time_base: Fraction) -> OutputContainer:
    options = {"fflags": "+bitexact"}
    if target.suffix.lower() in {".mp4", ".mov", ".m4v"}:
        # Without these the muxer rounds the source's times to scales of its own.
        ticks = str(time_base.denominator)
        options |= {"video_track_timescale": ticks, "movie_timescale": ticks, "movflags": "+faststart"}
    try:
        return av.open(str(path), "w", options=options)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise SinkError(f"{target}: no container of this kind ({_reason(error)}); try .mp4, .mov or .mkv") from error


def _add_picture(container: OutputContainer, info: FilmInfo, choice: EncoderChoice, target: Path) -> VideoStream:
    stream = container.add_stream(choice.encoder, rate=info.rate, options=dict(choice.options))
    if not isinstance(stream, VideoStream):
        raise SinkError(f"{target}: {choice.encoder} is not a video encoder")
    context = stream.codec_context
    context.width, context.height = info.width, info.height
    context.pix_fmt = choice.pixel_format
    stream.time_base = info.time_base
    context.time_base = info.time_base
    context.framerate = info.rate
    context.color_range = JPEG_RANGE if choice.full_range else (info.color_range or MPEG_RANGE)
    context.color_primaries = info.color_primaries
    context.color_trc = info.color_trc
    context.colorspace = info.colorspace
    if info.aspect:
        context.sample_aspect_ratio = info.aspect
    if info.rotation:
        stream.set_display_rotation(info.rotation)
    if target.suffix.lower() == ".avi":
        context.max_b_frames = 0  # AVI has no presentation times: nothing may be reordered
    return stream


def _convert(picture: av.VideoFrame, choice: EncoderChoice) -> av.VideoFrame:
    if picture.format.name.replace("yuvj", "yuv") == choice.pixel_format:
        # Same samples under a deprecated name: the full-range tag says the rest.
        source_range = destination_range = JPEG_RANGE
    else:
        source_range = destination_range = int(picture.color_range) or UNSPECIFIED
    return picture.reformat(format=choice.pixel_format, src_color_range=source_range, dst_color_range=destination_range)


def _reason(error: Exception) -> str:
    text = str(getattr(error, "strerror", None) or error)
    return text[:1].lower() + text[1:]
