"""The streams that travel along with the picture: copied as packets, bit for bit, or text converted to other text.

Reads the source a second time, so that it keeps its own pace. Who travels is decided in ``roster``. Knows nothing of
frames or encoders.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from faceerase.configs.film import StreamsConfig
from faceerase.streamer.decode.opening import open_film
from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.encode.arrival import what_is_missing
from faceerase.streamer.encode.labels import label_film
from faceerase.streamer.encode.packets import Numbered, Select, everything, in_time, moment_of, packets_of, with_dts
from faceerase.streamer.encode.room import add_sound
from faceerase.streamer.encode.roster import Beside, Passage, draw_up, label, refuse_if_strict
from faceerase.streamer.encode.subtitles import TextConverter

USUAL = StreamsConfig()


class Passengers:
    """The copied streams of one film on their way into an output."""

    def __init__(
        self,
        source: Path,
        main_index: int,
        output: OutputContainer,
        config: StreamsConfig = USUAL,
        beside: Sequence[Beside] = (),
        select: Select = everything,
        cut: Cut = WHOLE,
    ) -> None:
        """Give the output, which holds the picture, a stream for each one that travels.

        Args:
            source: the film.
            main_index: its stream that is the picture.
            output: where they travel to.
            config: what is asked for.
            beside: further pictures of the film that were anonymised; they travel too.
            select: gives the packets that are copied, at the times that they are to have.
            cut: what of the film is taken.

        Raises:
            SourceError: the source cannot be read again.
            SinkError: an audio stream does not fit into the output's container, or something is left out that
                ``config`` does not allow.
        """
        self.copied: list[str] = []
        self._streams: dict[int, Stream] = {}
        self._converters: dict[int, TextConverter] = {}
        self._carried: Counter[int] = Counter()
        self._converted: list[str] = []
        self._output = output
        self._select = select
        self._container = open_film(source)
        self._beside: dict[int, InputContainer] = {}
        try:
            for item in beside:
                self._beside[item.stream] = open_film(item.path)
            picture = self._container.streams[main_index]
            assert isinstance(picture, VideoStream)
            roster = draw_up(self._container, picture, output.format.name, config, self._beside.keys(), cut)
            refuse_if_strict(roster.left, config)
            self.dropped = [str(item) for item in roster.left]
            for passage in roster.passages:
                self._take(passage)
            labelled = label_film(self._container, output, picture, self._streams, roster, config.metadata, cut)
            self._promise, self._remarks = labelled.promise, labelled.remarks
        except BaseException:
            self.close()
            raise
        self._packets = self._read()
        self._next = next(self._packets, None)

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
            index, packet = self._next
            moment = moment_of(packet)
            if seconds is not None and moment is not None and moment >= seconds:
                return
            self._write(index, packet)
            self._next = next(self._packets, None)

    def missing_in(self, written: InputContainer, target: Path) -> list[str]:
        """Return remarks on what a finished output, to be called ``target``, does not hold of what it was given.

        Raises:
            VerificationError: a stream that had packets is not there.
        """
        streams = tuple(
            replace(promised, carried=index in self._carried or promised.kind == "attachment")
            for index, promised in zip(self._streams, self._promise.streams, strict=True)
        )
        return what_is_missing(written, replace(self._promise, streams=streams), target)

    def close(self) -> None:
        """Close what is read."""
        for container in (self._container, *self._beside.values()):
            container.close()

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
            if stream.index in self._beside:
                stream = self._beside[stream.index].streams.video[0]
            added: Stream
            if isinstance(stream, AudioStream):
                added = add_sound(self._output, stream)
            else:
                added = self._output.add_stream_from_template(stream, opaque=True)
            if isinstance(added, VideoStream):
                added.codec_context.framerate = stream.average_rate or added.codec_context.framerate
                added.codec_context.codec_tag = stream.codec_context.codec_tag  # its file is of the same kind
            added.metadata.clear()  # of data streams it brings them along
            added.time_base = stream.time_base
            self._streams[passage.stream.index] = added
        self.copied.append(label(passage.stream))

    def _write(self, index: int, packet: "Packet[Stream]") -> None:
        converter = self._converters.get(index)
        out = packet if converter is None else converter.convert(packet)
        if out is None:
            return
        out.stream = self._streams[index]
        self._carried[index] += 1
        self._output.mux(out)

    def _read(self) -> Iterator[Numbered]:
        chosen = [stream for stream in self._container.streams if stream.index in self._streams]
        chosen = [stream for stream in chosen if stream.type != "attachment" and stream.index not in self._beside]
        own = ((packet.stream.index, packet) for packet in packets_of(self._container, chosen, self._select))
        return in_time(own, *(_picture(index, container) for index, container in self._beside.items()))


def _picture(index: int, container: InputContainer) -> Iterator[Numbered]:
    return ((index, packet) for packet in with_dts(packets_of(container, [container.streams.video[0]])))
