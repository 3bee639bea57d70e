"""The sound for containers that begin everything at 0 and know no gaps (AVI, MXF): laid so that it stays in step.

Uncompressed sound is cut, or filled with silence, to the sample; other sound goes by whole packets, and what that does
to it is said, or refused. Knows nothing of pictures.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from faceerase.errors import SinkError
from faceerase.streamer.decode.part import Cut, excerpt, shifted

_PCM = re.compile(r"pcm_s(16|24|32)[lb]e")


class _Track(Protocol):
    def place(self, packet: "Packet[Stream]") -> Iterator["Packet[Stream]"]:
        """Yield what stands for a packet."""

    def end(self, length: Fraction | None) -> Iterator["Packet[Stream]"]:
        """Yield what is still needed, to a length in seconds where one is given."""

    def remarks(self) -> list[str]:
        """Say what was changed."""


class FromZero:
    """Gives the packets of a film's sound for such a container."""

    def __init__(self, cut: Cut, length: Fraction | None, target: Path) -> None:
        """Take down what is to be laid.

        Args:
            cut: what of the film is taken; its shift is the time of the first frame.
            length: of the picture in seconds, where the sound must be as long; None: as long as it is.
            target: for messages.
        """
        self._cut, self._length, self._target = cut, length, target
        self._tracks: dict[int, _Track] = {}

    def __call__(self, container: InputContainer, streams: list[Stream]) -> Iterator["Packet[Stream]"]:
        """Yield the packets of streams, the first of each sound at 0.

        Raises:
            SinkError: a compressed sound begins so late that it would be heard before its picture.
        """
        self._tracks = {
            stream.index: _Pcm(stream) if _PCM.fullmatch(stream.codec_context.name) else _Coded(stream, self._target)
            for stream in streams
            if isinstance(stream, AudioStream)
        }
        for packet in excerpt(container, streams, self._cut):
            track = self._tracks.get(packet.stream.index)
            if track is None:
                yield packet
            else:
                yield from track.place(packet)
        for track in self._tracks.values():
            yield from track.end(self._length)

    @property
    def remarks(self) -> list[str]:
        """What was changed, complete once all packets were taken."""
        return [
            f"stream {index} (audio): {text}; this container begins at the first frame and knows no gaps"
            for index, track in self._tracks.items()
            for text in track.remarks()
        ]


class _Pcm:
    """Samples one after the other."""

    def __init__(self, stream: AudioStream) -> None:
        self._stream, self._rate = stream, stream.rate
        bits = _PCM.fullmatch(stream.codec_context.name)
        assert bits is not None
        self._block = int(bits[1]) // 8 * stream.channels
        # The source's ticks may be coarser than samples: what lies within one is no gap.
        self._slack = max(Fraction(1), (stream.time_base or Fraction(1, self._rate)) * self._rate)
        self._at = self._cut_off = self._filled = self._beyond = 0

    def place(self, packet: "Packet[Stream]") -> Iterator["Packet[Stream]"]:
        data = bytes(packet)
        missing = round((packet.pts or 0) * packet.time_base * self._rate) - self._at
        if missing > self._slack:
            yield from self._silence(missing)
        elif -missing > self._slack:
            over = min(len(data) // self._block, -missing)
            self._cut_off += over
            data = data[over * self._block :]
        if data:
            yield self._packet(data)

    def end(self, length: Fraction | None) -> Iterator["Packet[Stream]"]:
        if length is not None:
            self._beyond = max(0, self._at - round(length * self._rate))
            yield from self._silence(round(length * self._rate) - self._at)

    def remarks(self) -> list[str]:
        told = (
            (self._cut_off, "of sound left out"),
            (self._filled, "of silence put in"),
            (self._beyond, "of sound behind the last frame left out"),
        )
        return [f"{samples / self._rate:.3f} s {text}" for samples, text in told if samples]

    def _silence(self, samples: int) -> Iterator["Packet[Stream]"]:
        self._filled += max(0, samples)
        while samples > 0:
            yield self._packet(bytes(min(samples, self._rate) * self._block))
            samples -= self._rate

    def _packet(self, data: bytes) -> "Packet[Stream]":
        laid: Packet[Stream] = av.Packet(data)
        laid.stream, laid.time_base = self._stream, Fraction(1, self._rate)
        laid.pts = laid.dts = self._at
        laid.duration = len(data) // self._block
        self._at += laid.duration
        return laid


class _Coded:
    """Whole packets; the first is the one that begins nearest to the first frame."""

    def __init__(self, stream: AudioStream, target: Path) -> None:
        self._target, self._index = target, stream.index
        # Taken down now: a stream of a closed container reads freed memory.
        self._slack = max(Fraction(1, stream.rate), stream.time_base or Fraction(0))
        self._begins: Fraction | None = None
        self._early = 0

    def place(self, packet: "Packet[Stream]") -> Iterator["Packet[Stream]"]:
        time, lasts = (packet.pts or 0) * packet.time_base, (packet.duration or 0) * packet.time_base
        if self._begins is None and time + lasts / 2 < 0:
            self._early += 1
            return
        if self._begins is None and time > lasts:
            raise SinkError(
                f"{self._target}: stream {self._index} (audio) begins {float(time):.3f} s after the picture, "
                "and in this container everything begins at 0; name an .mp4, .mov or .mkv"
            )
        if self._begins is None:
            self._begins = time
        yield shifted(packet, self._begins)

    def end(self, length: Fraction | None) -> Iterator["Packet[Stream]"]:
        del length
        return iter(())

    def remarks(self) -> list[str]:
        told = [f"packets before the first frame left out ({self._early})"] if self._early else []
        begins = self._begins or Fraction(0)
        if abs(begins) > self._slack:
            late = "later" if begins < 0 else "earlier"
            told.append(f"heard {abs(float(begins)) * 1000:.1f} ms {late} against the picture")
        return told
