"""The streams that travel along: which are copied, which are dropped and why; copied as packets, bit for bit.

Every picture is anonymised or dropped, never copied. Reads the source a second time, so that it keeps its own pace.
Knows nothing of frames or encoders.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from faceerase.errors import SinkError
from faceerase.streamer.decode.opening import is_cover, open_film
from faceerase.streamer.encode.holds import holds_sound

SUBTITLES_FOR = {
    "mov_text": frozenset({"mp4", "mov"}),
    "subrip": frozenset({"matroska"}),
    "ass": frozenset({"matroska"}),
    "webvtt": frozenset({"matroska", "webm"}),
}
"""Subtitle codecs that may be copied, and the containers that hold them; picture subtitles are pictures."""


Select = Callable[[InputContainer, list[Stream]], "Iterator[Packet[Stream]]"]
"""Gives the packets of some streams that are copied, at the times that they are to have."""


def everything(container: InputContainer, streams: list[Stream]) -> "Iterator[Packet[Stream]]":
    """Give all packets as they are."""
    return container.demux(streams)


class Passengers:
    """The copied streams of one film on their way into an output."""

    def __init__(self, source: Path, main_index: int, output: OutputContainer, select: Select = everything) -> None:
        """Give the output a stream for each one that is copied; ``select`` says which packets of them are.

        Raises:
            SourceError: the source cannot be read again.
            SinkError: an audio stream does not fit into the output's container.
        """
        self.dropped: list[str] = []
        self.copied: list[str] = []
        self._streams: dict[int, Stream] = {}
        self._output = output
        self._select = select
        self._container = open_film(source)
        try:
            for stream in self._container.streams:
                if stream.index != main_index:
                    self._take(stream)
            chapters = len(self._container.chapters())
            if chapters:
                self.dropped.append(f"{chapters} chapters: their titles can name people")
        except BaseException:
            self.close()
            raise
        self._packets = self._read()
        self._next: Packet[Stream] | None = next(self._packets, None)

    def write_until(self, seconds: float | None) -> None:
        """Write the packets that come before a moment of the film, or all that are left."""
        while self._next is not None:
            packet = self._next
            stamp = packet.dts if packet.dts is not None else packet.pts
            if seconds is not None and stamp is not None and float(stamp * packet.time_base) >= seconds:
                return
            packet.stream = self._streams[packet.stream.index]
            self._output.mux(packet)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Close the source."""
        self._container.close()

    def _take(self, stream: Stream) -> None:
        label = _label(stream)
        if isinstance(stream, AudioStream):
            try:
                if not holds_sound(self._output.format.name, _codec(stream), stream.rate):
                    raise ValueError("16 or 24 bit PCM of 48 kHz only")
                self._add(stream)
            except (av.error.FFmpegError, ValueError) as error:
                raise SinkError(
                    f"{self._output.name}: the container cannot hold {label}; name an .mkv instead"
                ) from error
        elif stream.type == "subtitle" and self._output.format.name in SUBTITLES_FOR.get(_codec(stream), frozenset()):
            self._add(stream)
        else:
            reason = {
                "video": "cover picture" if is_cover(stream) else "further video stream",
                "subtitle": "subtitles that this container cannot hold as they are",
                "attachment": "attachment",
            }.get(stream.type, "data stream")
            self.dropped.append(f"{label}: {reason}")
            return
        self.copied.append(label)

    def _add(self, stream: Stream) -> None:
        added = self._output.add_stream_from_template(stream, opaque=True)
        added.time_base = stream.time_base
        added.metadata.update({key: value for key, value in stream.metadata.items() if key.lower() == "language"})
        added.disposition = stream.disposition
        self._streams[stream.index] = added

    def _read(self) -> "Iterator[Packet[Stream]]":
        chosen = [stream for stream in self._container.streams if stream.index in self._streams]
        if not chosen:
            return
        packets = self._select(self._container, chosen)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.EOFError):
                return
            except av.error.FFmpegError:
                # What cannot be read of the picture is reported by the source; the sound ends where the file ends.
                return
            # Flushing packets are empty; a missing DTS alone means nothing (Matroska's first key frame has none).
            if packet.size:
                yield packet


def _codec(stream: Stream) -> str:
    context = stream.codec_context
    # The codec, not its decoder: FFmpeg decodes "subrip" with "srt".
    return str(context.codec.canonical_name) if context is not None else stream.type


def _label(stream: Stream) -> str:
    language = stream.metadata.get("language")
    codec = "" if stream.type == "data" else f" {_codec(stream)}"
    return f"stream {stream.index} ({stream.type}{codec}{f', {language}' if language and language != 'und' else ''})"
