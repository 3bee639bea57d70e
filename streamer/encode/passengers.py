"""The streams that travel along with the picture: copied as packets, bit for bit, or text converted to other text.

Reads the source a second time, so that it keeps its own pace. Who travels is decided in ``roster``. Knows nothing of
frames or encoders.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from faceerase.configs.film import StreamsConfig
from faceerase.streamer.decode.opening import open_film
from faceerase.streamer.encode.arrival import what_is_missing
from faceerase.streamer.encode.labels import label_film
from faceerase.streamer.encode.roster import Passage, draw_up, label, refuse_if_strict
from faceerase.streamer.encode.subtitles import TextConverter

USUAL = StreamsConfig()


class Passengers:
    """The copied streams of one film on their way into an output."""

    def __init__(self, source: Path, main_index: int, output: OutputContainer, config: StreamsConfig = USUAL) -> None:
        """Give the output, which holds the picture, a stream for each one that travels.

        Raises:
            SourceError: the source cannot be read again.
            SinkError: an audio stream does not fit into the output's container, or something is left out that
                ``config`` does not allow.
        """
        self.copied: list[str] = []
        self._streams: dict[int, Stream] = {}
        self._converters: dict[int, TextConverter] = {}
        self._carried: set[int] = set()
        self._converted: list[str] = []
        self._output = output
        self._container = open_film(source)
        try:
            picture = self._container.streams[main_index]
            assert isinstance(picture, VideoStream)
            roster = draw_up(self._container, picture, output.format.name, config)
            refuse_if_strict(roster.left, config)
            self.dropped = [str(item) for item in roster.left]
            for passage in roster.passages:
                self._take(passage)
            labelled = label_film(self._container, output, picture, self._streams, roster, config.metadata)
            self._promise, self._remarks = labelled.promise, labelled.remarks
        except BaseException:
            self.close()
            raise
        self._packets = self._read()
        self._next: Packet[Stream] | None = next(self._packets, None)

    @property
    def remarks(self) -> list[str]:
        """What was dropped, converted or taken off; complete once everything is written."""
        damaged = [
            f"{label(self._container.streams[index])}: {converter.failed} lines could not be read"
            for index, converter in self._converters.items()
            if converter.failed
        ]
        return [*(f"dropped: {text}" for text in self.dropped), *self._converted, *self._remarks, *damaged]

    def write_until(self, seconds: float | None) -> None:
        """Write the packets that come before a moment of the film, or all that are left."""
        while self._next is not None:
            packet = self._next
            stamp = packet.dts if packet.dts is not None else packet.pts
            if seconds is not None and stamp is not None and float(stamp * packet.time_base) >= seconds:
                return
            self._write(packet)
            self._next = next(self._packets, None)

    def missing_in(self, written: InputContainer) -> list[str]:
        """Return remarks on what a finished output does not hold of what it was given.

        Raises:
            VerificationError: a stream that had packets is not there.
        """
        streams = tuple(
            replace(promised, carried=index in self._carried or promised.kind == "attachment")
            for index, promised in zip(self._streams, self._promise.streams, strict=True)
        )
        return what_is_missing(written, replace(self._promise, streams=streams))

    def close(self) -> None:
        """Close the source."""
        self._container.close()

    def _take(self, passage: Passage) -> None:
        stream = passage.stream
        if passage.converted is not None:
            assert isinstance(stream, SubtitleStream)
            converter = TextConverter(stream, passage.converted, self._output)
            self._converters[stream.index], self._streams[stream.index] = converter, converter.stream
            self._converted.append(f"{label(stream)}: converted to {passage.converted}")
        elif isinstance(stream, AttachmentStream):
            name, kind = stream.metadata.get("filename", "font"), stream.mimetype or "application/octet-stream"
            self._streams[stream.index] = self._output.add_attachment(name, kind, stream.data)
        else:
            added = self._output.add_stream_from_template(stream, opaque=True)
            added.metadata.clear()  # of data streams it brings them along
            added.time_base = stream.time_base
            self._streams[stream.index] = added
        self.copied.append(label(stream))

    def _write(self, packet: "Packet[Stream]") -> None:
        index = packet.stream.index
        converter = self._converters.get(index)
        out = packet if converter is None else converter.convert(packet)
        if out is None:
            return
        out.stream = self._streams[index]
        self._carried.add(index)
        self._output.mux(out)

    def _read(self) -> "Iterator[Packet[Stream]]":
        chosen = [stream for stream in self._container.streams if stream.index in self._streams]
        chosen = [stream for stream in chosen if stream.type != "attachment"]
        if not chosen:
            return
        packets = self._container.demux(chosen)
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
