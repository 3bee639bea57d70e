"""Frames in, packets out: pictures made ready for one encoder, at the times that their container counts.

A packet comes one frame late: by then it is known how long its picture is shown. Knows nothing of files.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.errors import SinkError, reason_of
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.container import FrameCounter, Timing
from faceerase.streamer.encode.copying.smart_copy import SmartCopy
from faceerase.streamer.encode.durations import Durations
from faceerase.streamer.encode.picture_track import PictureTrack
from faceerase.streamer.encode.pixels import convert
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

Packets = Sequence["Packet[VideoStream]"]


class PictureEncoding:
    """Encodes the frames of a film, or of a segment of it."""

    def __init__(
        self,
        track: PictureTrack,
        choice: EncoderChoice,
        timing: Timing,
        target: Path,
        first: Fraction | None = None,
        copy: SmartCopy | None = None,
    ) -> None:
        """Begin.

        Args:
            track: the opened encoder.
            choice: how it encodes.
            timing: how the container counts time.
            target: for messages.
            first: the time of the film's first frame, where that is not among these.
            copy: copies what need not be encoded.
        """
        self._track, self._choice, self._timing, self._target, self._copy = track, choice, timing, target, copy
        rate = 1 / timing.time_base
        self._counter = FrameCounter(rate, target, first) if timing.constant_rate else None
        self._durations = Durations()
        self._held: Packets = ()
        self.frames = 0

    @property
    def offset(self) -> Fraction:
        """What the container cannot hold of the first frame's time, in seconds."""
        return self._counter.offset if self._counter is not None else Fraction(0)

    def write(self, frame: Frame, matte: Matte) -> Packets:
        """Encode one frame; return packets that are ready.

        Raises:
            SinkError: the encoder refused, or the frame is not where the container wants it.
        """
        picture = convert(frame.picture, self._choice)
        picture.pict_type = av.video.frame.PictureType.NONE  # the encoder chooses its own key frames
        picture.pts, picture.time_base = frame.pts, frame.time_base
        if self._counter is not None:
            picture.pts = self._counter.count(frame.pts * frame.time_base)
            picture.time_base = self._timing.time_base
        try:
            if self._counter is None:
                self._durations.shown(frame.pts, frame.picture.duration)
            ready = self._let_go()  # now that it is known how long the frame before was shown
            copy = self._copy
            self._held = self._track.encode(picture) if copy is None else copy.write(frame, matte, picture)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SinkError(f"{self._target}: frame {frame.index} not written ({reason_of(error)})") from error
        self.frames += 1
        return ready

    def followed_by(self, frame: Frame) -> None:
        """Say which frame, that is not encoded here, comes after the last one."""
        if self._counter is None:
            self._durations.shown(frame.pts, 0)

    def finish(self) -> Packets:
        """Return all packets that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        self._durations.ended()
        if self.frames:  # some encoders cannot end before they have begun
            last = self._track.encode(None) if self._copy is None else self._copy.finish()
            self._held = [*self._held, *last]
        return self._let_go()

    def _let_go(self) -> Packets:
        ready, self._held = self._held, ()
        for packet in ready:
            self._durations.tell(packet)
        return ready
