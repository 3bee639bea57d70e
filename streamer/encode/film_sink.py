"""A film file as a ``FrameSink``: encodes pictures at their own times, muxes the passengers, checks, and renames.

Nothing appears under the final name before it is whole. Knows nothing of networks or masks.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.errors import SinkError, VerificationError, reason_of
from faceerase.streamer.decode.source import FilmInfo
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.container import FrameCounter, Timing, open_container, timing_of
from faceerase.streamer.encode.partial import PartialFile
from faceerase.streamer.encode.passengers import Passengers
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

LIMITED_RANGE, JPEG_RANGE = 1, 2
BT709 = 1
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
        self._timing = timing_of(target, info.time_base, info.rate)
        self._counter = FrameCounter(info.rate, target) if self._timing.constant_rate else None
        self._partial = PartialFile(target)
        self._passengers: Passengers | None = None
        try:
            self._container = open_container(self._partial.url, target, info.time_base, info.audio_rates)
            self._stream = _add_picture(self._container, info, choice, target, self._timing)
            if info.stream_index >= 0:
                self._passengers = Passengers(info.path, info.stream_index, self._container)
            self._container.start_encoding()
        except (av.error.FFmpegError, ValueError) as error:
            self.abandon()
            raise SinkError(
                f"{target}: {choice.encoder} does not go into this container ({reason_of(error)})"
            ) from error
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
        if self._counter is not None:
            picture.pts = self._counter.count(frame.pts * frame.time_base)
            picture.time_base = self._timing.time_base
        try:
            self._travel(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: frame {frame.index} not written ({reason_of(error)})") from error
        self._written += 1

    def finish(self) -> Sequence[str]:
        """Flush, close and check; return remarks for the report.

        Raises:
            SinkError: the encoder or the disk refused.
            VerificationError: the written file does not hold as many frames as were written.
        """
        remarks = [f"dropped: {text}" for text in self._passengers.dropped] if self._passengers else []
        if self._counter is not None and self._counter.offset:
            remarks.append(f"start offset of {float(self._counter.offset):.3f} s lost: this container has none")
        try:
            self._travel(self._stream.encode(None))
            if self._passengers is not None:
                self._passengers.write_until(None)
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: not finished ({reason_of(error)})") from error
        finally:
            if self._passengers is not None:
                self._passengers.close()
        self._check()
        return remarks

    def publish(self) -> None:
        """Give the finished film its name.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._partial.publish()

    @property
    def unpublished(self) -> Path:
        """Where the film lies until it is published."""
        return self._partial.path

    @property
    def target(self) -> Path:
        """Where it will lie then."""
        return self._partial.target

    def keep_as(self, name: Path) -> None:
        """Give the finished film, which is not to be published, another name; ``abandon`` leaves it there.

        Raises:
            SinkError: the folder vanished or refuses.
        """
        self._partial.keep_as(name)

    def abandon(self) -> None:
        """Close everything and leave nothing behind."""
        if self._passengers is not None:
            self._passengers.close()
        container = getattr(self, "_container", None)
        if container is not None:
            # Half a file may not even close; it is removed next
            with suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
        self._partial.remove()

    def _travel(self, packets: "Sequence[Packet[VideoStream]]") -> None:
        for packet in packets:
            if self._passengers is not None and packet.dts is not None:
                self._passengers.write_until(float(packet.dts * packet.time_base))
            self._container.mux(packet)

    def _check(self) -> None:
        with av.open(self._partial.url) as written:
            stream = written.streams.video[0]
            found = sum(1 for packet in written.demux(stream) if packet.size)
        if found != self._written:
            raise VerificationError(
                f"{self._partial.target}: {self._written} frames written, {found} in the file; nothing was kept"
            )


def _add_picture(
    container: OutputContainer, info: FilmInfo, choice: EncoderChoice, target: Path, timing: Timing
) -> VideoStream:
    options = dict(choice.options)
    if timing.constant_rate:
        options["bf"] = "0"  # without presentation times nothing may be reordered
    stream = container.add_stream(choice.encoder, rate=info.rate, options=options)
    if not isinstance(stream, VideoStream):
        raise SinkError(f"{target}: {choice.encoder} is not a video encoder")
    context = stream.codec_context
    context.width, context.height = info.width, info.height
    context.pix_fmt = choice.pixel_format
    stream.time_base = timing.time_base
    context.time_base = timing.time_base
    context.framerate = info.rate
    context.color_range = JPEG_RANGE if choice.full_range else _range_of(info, choice)
    context.color_primaries = info.color_primaries
    context.color_trc = info.color_trc
    context.colorspace = BT709 if _leaves_rgb(info.planar_format, choice) else info.colorspace
    if info.aspect:
        context.sample_aspect_ratio = info.aspect
    if info.rotation:
        stream.set_display_rotation(info.rotation)
    return stream


def _leaves_rgb(planar_format: str, choice: EncoderChoice) -> bool:
    """Return whether RGB is encoded as YUV, as somebody asked for; it becomes BT.709 of limited range then."""
    return av.VideoFormat(planar_format).is_rgb and not av.VideoFormat(choice.pixel_format).is_rgb


def _range_of(info: FilmInfo, choice: EncoderChoice) -> int:
    return LIMITED_RANGE if _leaves_rgb(info.planar_format, choice) else info.color_range


def _convert(picture: av.VideoFrame, choice: EncoderChoice) -> av.VideoFrame:
    if _leaves_rgb(picture.format.name, choice):
        made = picture.reformat(
            format=choice.pixel_format, dst_colorspace=BT709, src_color_range=JPEG_RANGE,
            dst_color_range=LIMITED_RANGE, threads=1,
        )  # fmt: skip
        made.colorspace, made.color_range = BT709, LIMITED_RANGE
        return made
    if picture.format.name.replace("yuvj", "yuv") == choice.pixel_format:
        # Same samples under a deprecated name: the full-range tag says the rest.
        source_range = destination_range = JPEG_RANGE
    else:
        source_range = destination_range = int(picture.color_range) or UNSPECIFIED
    return picture.reformat(
        format=choice.pixel_format, src_color_range=source_range, dst_color_range=destination_range, threads=1
    )
