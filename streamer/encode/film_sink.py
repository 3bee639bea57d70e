"""A film file as a ``FrameSink``: encodes pictures at their own times, muxes the passengers, checks, and renames.

Nothing appears under the final name before it is whole. Knows nothing of networks or masks.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from faceerase.configs.film import StreamsConfig
from faceerase.errors import SinkError, SourceError, VerificationError, reason_of
from faceerase.streamer.decode.info import FilmInfo, probe
from faceerase.streamer.decode.part import excerpt
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.container import open_container, refuse_unheld, timing_of
from faceerase.streamer.encode.copying.smart_copy import SmartCopy
from faceerase.streamer.encode.counting import at_even_rate, first_time, sound_for
from faceerase.streamer.encode.kept import not_kept
from faceerase.streamer.encode.partial import HiddenSink, PartialFile
from faceerase.streamer.encode.passengers import USUAL, Passengers
from faceerase.streamer.encode.picture_encoding import Packets, PictureEncoding
from faceerase.streamer.encode.picture_track import PictureTrack
from faceerase.streamer.encode.roster import Beside
from faceerase.streamer.encode.sound_track import SoundTrack
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte


class FilmSink(HiddenSink):
    """Writes one film."""

    def __init__(
        self,
        target: Path,
        info: FilmInfo,
        choice: EncoderChoice,
        streams: StreamsConfig = USUAL,
        beside: Sequence[Beside] | None = (),
        channels: int | None = None,
    ) -> None:
        """Open the partial file and the encoder.

        Args:
            target: the name that the film gets in the end.
            info: what it is made of.
            choice: how its picture is encoded.
            streams: what becomes of all that is beside the picture.
            beside: further pictures of the film, anonymised already, that go into it too; None: the picture goes alone.
            channels: of sound that is heard beside it (``hear``), at the one rate that ``info`` names; None: none is.

        Raises:
            SinkError: the place cannot be written to, the container is unknown, encoder and container don't go
                together, or the other streams don't go into it as ``streams`` asks.
        """
        refuse_unheld(target, choice.encoder)
        original, info = info, at_even_rate(info, target)
        self._info, encoded = info, choice
        self._spliced = 0
        timing = timing_of(target, info.time_base, info.rate)
        self._from_zero = sound_for(info, target) if timing.constant_rate else None
        self._beside = beside or ()
        self._partial = PartialFile(target)
        super().__init__(self._partial)
        self._passengers: Passengers | None = None
        self._copy: SmartCopy | None = None
        self._sound: SoundTrack | None = None
        try:
            self._container = open_container(self._partial.url, target, info.time_base, info.audio_rates)
            if choice.smart_copy:
                self._copy = SmartCopy(original, choice, self._container.format.name)
                choice = self._copy.choice
            tag = self._copy.tag if self._copy is not None else None
            self._track = PictureTrack(self._container, info, choice, target, timing, tag)
            if beside is not None:
                select = self._from_zero or partial(excerpt, cut=info.cut)
                self._passengers = Passengers(
                    info.path, info.stream_index, self._container, streams, beside, select, info.cut
                )
            if channels is not None:
                (rate,) = info.audio_rates
                self._sound = SoundTrack(self._container, channels, rate)
            self._container.start_encoding()
            if self._copy is not None:
                self._copy.begin(self._track, timing)
        except (av.error.FFmpegError, ValueError) as error:
            self.abandon()
            raise SinkError(
                f"{target}: {choice.encoder} does not go into this container ({reason_of(error)})"
            ) from error
        except BaseException:
            self.abandon()
            raise
        self._encoding = PictureEncoding(self._track, encoded, timing, target, copy=self._copy)

    @property
    def counted(self) -> FilmInfo:
        """What the film is made of, with the rate at which its container counts."""
        return self._info

    def write(self, frame: Frame, matte: Matte) -> None:
        """Encode one frame.

        Raises:
            SinkError: the encoder or the disk refused.
        """
        self._travel(self._encoding.write(frame, matte))

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Encode the sound that follows, (channels, n) from -1 to 1; the first begins at time 0.

        Raises:
            SinkError: the encoder or the disk refused.
        """
        assert self._sound is not None, "it was said that there is sound"
        try:
            packets = self._sound.encode(samples)
        except (av.error.FFmpegError, ValueError) as error:
            raise SinkError(f"{self.target}: sound not written ({reason_of(error)})") from error
        self._travel(packets)

    def splice(self, packets: Packets, frames: int) -> None:
        """Take the packets of ``frames`` pictures that an equal encoder made elsewhere.

        Raises:
            SinkError: the disk refused.
        """
        for packet in packets:
            packet.stream = self._track.stream
        self._travel(packets)
        self._spliced += frames

    def finish(self) -> Sequence[str]:
        """Flush, close and check; return remarks for the report.

        Raises:
            SinkError: the encoder or the disk refused.
            VerificationError: the written file does not hold as many frames as were written.
        """
        remarks: list[str] = []
        offset = self._encoding.offset
        if self._spliced and self._from_zero is not None:
            offset = first_time(self._info)
        if offset:
            remarks.append(f"start offset of {float(offset):.3f} s lost: this container has none")
        try:
            self._travel(self._encoding.finish())
            if self._sound is not None:
                self._travel(self._sound.encode(None))
            if self._passengers is not None:
                self._passengers.write_until(None)
            self._container.close()
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: not finished ({reason_of(error)})") from error
        if self._passengers is not None:
            remarks += self._passengers.remarks
            self._passengers.close()
            remarks += self._from_zero.remarks if self._from_zero is not None else []
        if self._copy is not None:
            self._copy.close()
            remarks.append(self._copy.check(self._partial.path, self._partial.target))
        try:
            missing = self._check()
        except (av.error.FFmpegError, OSError) as error:
            raise SinkError(f"{self._partial.target}: cannot be read again ({reason_of(error)})") from error
        return [*remarks, *missing, *not_kept(self._info, self._look_again())]

    def abandon(self) -> None:
        """Close everything and leave nothing behind."""
        if self._copy is not None:
            self._copy.close()
        if self._passengers is not None:
            self._passengers.close()
        container = getattr(self, "_container", None)
        if container is not None:
            # Half a file may not even close; it is removed next
            with suppress(av.error.FFmpegError, OSError, ValueError):
                container.close()
        super().abandon()

    def _travel(self, packets: "Packets | Sequence[Packet[AudioStream]]") -> None:
        try:
            for packet in packets:
                if packet.dts is not None and self._passengers is not None:
                    self._passengers.write_until(float(packet.dts * packet.time_base))
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SinkError(f"{self.target}: not written ({reason_of(error)})") from error

    def _look_again(self) -> FilmInfo:
        try:
            return probe(self._partial.path, frames=1)
        except SourceError as error:
            raise VerificationError(f"{self._partial.target}: cannot be read again ({error}); nothing kept") from error

    def _check(self) -> list[str]:
        expected = [self._encoding.frames + self._spliced, *(item.frames for item in self._beside)]
        with av.open(self._partial.url) as written:
            missing = self._passengers.missing_in(written, self._partial.target) if self._passengers is not None else []
            if self._sound is not None and self._sound.begun and not written.streams.audio:
                raise VerificationError(f"{self._partial.target}: its sound is not in the file; nothing was kept")
            videos = written.streams.video[: len(expected)]
            numbers = Counter(packet.stream.index for packet in written.demux(videos) if packet.size)
            found = [numbers[stream.index] for stream in videos]
        if found != expected:
            raise VerificationError(
                f"{self._partial.target}: {_sum(expected)} frames written, {_sum(found)} in the file; nothing was kept"
            )
        return missing


def _sum(frames: Sequence[int]) -> str:
    return " + ".join(map(str, frames))
