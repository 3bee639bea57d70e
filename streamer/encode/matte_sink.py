"""The matte as a film or a picture: gray, 255 = erased, frame size, lossless; as a ``FrameSink``.

FFV1 in .mkv at the film's own times, or PNG: one picture or numbered ones. Knows nothing of how the matte came about.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import av
import cv2
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from faceerase.errors import ConfigError, SinkError, reason_of
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.partial import HiddenSink, PartialFile
from faceerase.streamer.encode.picture_encoding import Packets
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.stills.hidden import HiddenPictures
from faceerase.streamer.stills.place import pattern_of

ENCODER = "ffv1"


class MatteEncoding:
    """Mattes in, packets out."""

    def __init__(self, context: VideoCodecContext) -> None:
        self._context = context
        self._frames = 0

    def write(self, frame: Frame, matte: Matte) -> Packets:
        """Encode one matte.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        picture = av.VideoFrame.from_ndarray(matte.luma(), format="gray")
        picture.pts, picture.time_base = frame.pts, frame.time_base
        self._frames += 1
        return self._context.encode(picture)

    def finish(self) -> Packets:
        """Return all packets that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        return self._context.encode(None) if self._frames else ()


def matte_encoder(info: FilmInfo) -> VideoCodecContext:
    """Return an encoder that stands apart from any file, equal to that of a matte's film."""
    context = av.CodecContext.create(ENCODER, "w")
    assert isinstance(context, VideoCodecContext)
    _configure(context, info)
    context.framerate = info.rate
    return context


def _configure(context: VideoCodecContext, info: FilmInfo) -> None:
    context.width, context.height, context.pix_fmt = info.width, info.height, "gray"
    context.time_base = info.time_base
    context.flags |= Flags.global_header


class MatteFilm(HiddenSink):
    """A lossless gray film of the mattes."""

    def __init__(self, target: Path, info: FilmInfo) -> None:
        """Open the partial file.

        Raises:
            SinkError: the place cannot be written to.
        """
        self._partial = PartialFile(target)
        super().__init__(self._partial)
        try:
            self._container = av.open(self._partial.url, "w", options={"fflags": "+bitexact"})
            stream = self._container.add_stream(ENCODER, rate=info.rate)
            assert isinstance(stream, VideoStream)
            _configure(stream.codec_context, info)
            stream.time_base = info.time_base
            self._stream = stream
            self._encoding = MatteEncoding(stream.codec_context)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self._partial.remove()
            raise SinkError(f"{target}: the matte cannot be written ({error})") from error

    def write(self, frame: Frame, matte: Matte) -> None:
        """Encode one matte.

        Raises:
            SinkError: the disk refused.
        """
        try:
            self._travel(self._encoding.write(frame, matte))
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: matte of frame {frame.index} not written ({error})") from error

    def splice(self, packets: Packets) -> None:
        """Take packets that an equal encoder made.

        Raises:
            SinkError: the disk refused.
        """
        try:
            self._travel(packets)
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self.target}: the matte is not written ({reason_of(error)})") from error

    def finish(self) -> Sequence[str]:
        """Close.

        Raises:
            SinkError: the disk refused.
        """
        try:
            self._travel(self._encoding.finish())
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: the matte is not finished ({error})") from error
        return []

    def abandon(self) -> None:
        """Leave nothing behind."""
        # Half a file may not even close; it is removed next
        with suppress(av.error.FFmpegError, OSError, ValueError):
            self._container.close()
        super().abandon()

    def _travel(self, packets: Packets) -> None:
        for packet in packets:
            packet.stream = self._stream
        self._container.mux(packets)


class MattePicture(HiddenSink):
    """A PNG of the matte of a film of one frame, or a numbered sequence of them."""

    def __init__(self, target: Path, number_of: Callable[[Frame], int] = lambda frame: frame.index) -> None:
        """Make the hidden folder.

        Args:
            target: a file, or a pattern such as ``matte.%04d.png``.
            number_of: says the number of a frame's picture.

        Raises:
            SinkError: the place cannot be written to.
        """
        self._pattern = pattern_of(target)
        self._number_of = number_of
        self._pictures = HiddenPictures(target)
        super().__init__(self._pictures)

    def write(self, frame: Frame, matte: Matte) -> None:
        """Write one matte.

        Raises:
            ConfigError: this is the second frame, and a single file was named.
            SinkError: the disk refused.
        """
        target = self.target
        if self._pattern is None and self._pictures.names:
            raise ConfigError(
                f"{target}: a PNG holds the matte of one frame; name an .mkv, or a pattern such as "
                f"{target.stem}.%04d.png, for a film"
            )
        done, data = cv2.imencode(".png", matte.luma())
        if not done:
            raise SinkError(f"{target}: matte of frame {frame.index} cannot be encoded")
        name = self._pattern.name(self._number_of(frame)) if self._pattern else target.name
        self._pictures.put(name, data.tobytes())

    def finish(self) -> Sequence[str]:
        """Do nothing: a picture is whole when it is written."""
        return []


def open_matte(
    target: Path, info: FilmInfo, number_of: Callable[[Frame], int] = lambda frame: frame.index
) -> MatteFilm | MattePicture:
    """Return the sink for a matte by its suffix; ``number_of`` says the numbers of pictures.

    Raises:
        ConfigError: neither .mkv nor .png.
        SinkError: the place cannot be written to.
    """
    if target.suffix.lower() == ".mkv":
        return MatteFilm(target, info)
    if target.suffix.lower() == ".png":
        return MattePicture(target, number_of)
    raise ConfigError(f"--matte {target}: a matte is an .mkv (FFV1), or .png for pictures")
