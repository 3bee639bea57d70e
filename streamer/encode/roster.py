"""Who travels along: which streams are copied or converted, which are left out, why, and which container takes them.

Every picture is anonymised or dropped, never copied. Decides; carries nothing. Knows nothing of frames or encoders.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import AttachmentStream, DataStream, Discard, Stream
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from faceerase.configs.film import StreamsConfig
from faceerase.errors import SinkError
from faceerase.streamer.decode.opening import is_cover, pictures_of
from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.encode import room
from faceerase.streamer.encode.holds import FORMATS
from faceerase.streamer.encode.timecode import is_time_code, later, time_code_of, why_not

FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"typ1", b"ttcf", b"wOFF", b"wOF2")
"""First bytes of TrueType, OpenType, collections of them, and WOFF; what an attachment says it is proves nothing."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A further picture of the film, anonymised already: its stream's number there, the file it is in, its frames."""

    stream: int
    path: Path
    frames: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stream that travels: copied packet by packet, or ``converted`` to that kind of text."""

    stream: Stream
    converted: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What does not travel, and why; ``asked`` for: by an option."""

    what: str
    why: str
    asked: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True, slots=True)
class Roster:
    """All that is beside the main picture."""

    passages: tuple[Passage, ...]
    left: tuple[LeftOut, ...]
    time_code: str | None
    chapters: bool


def draw_up(
    source: InputContainer,
    picture: VideoStream,
    muxer: str,
    config: StreamsConfig,
    anonymised: AbstractSet[int] = frozenset(),
    cut: Cut = WHOLE,
) -> Roster:
    """Return who travels from a film into a file of a muxer.

    Args:
        source: the film.
        picture: of it, the stream that is anonymised.
        muxer: FFmpeg's name for the kind of file that is written.
        config: what is asked for.
        anonymised: numbers of further pictures that travel, as they are anonymised already.
        cut: what of the film is taken; its time code is that of its own first frame.

    Raises:
        SinkError: the file cannot hold the sound.
    """
    passages: list[Passage] = []
    left: list[LeftOut] = []
    for stream in source.streams:
        if stream.index == picture.index or is_time_code(stream) or _shows_chapters(stream):
            continue
        fate = Passage(stream) if stream.index in anonymised else _fate(stream, muxer, config)
        if isinstance(fate, Passage):
            passages.append(fate)
        else:
            left.append(fate)
    chapters = bool(source.chapters())
    if chapters and muxer not in room.CHAPTERS:
        left.append(LeftOut("chapters", _no_room(room.CHAPTERS)))
        chapters = False
    time_code = time_code_of(source, picture)
    if time_code is not None:
        rate = picture.average_rate or picture.guessed_rate
        why = why_not(time_code, rate) if muxer in room.TIME_CODE else _no_room(room.TIME_CODE)
        if why is not None:
            left.append(LeftOut(f"time code {time_code}", why))
            time_code = None
        elif rate is not None and cut.skipped:
            time_code = later(time_code, cut.skipped, rate)
    return Roster(tuple(passages), tuple(left), time_code, chapters)


def refuse_if_strict(left: Sequence[LeftOut], config: StreamsConfig) -> None:
    """Raise where something is left out that nobody asked to drop.

    Raises:
        SinkError: with ``strict``; it names everything.
    """
    missed = [str(item) for item in left if not item.asked]
    if config.strict and missed:
        raise SinkError(f"--strict-streams, and this would be left out: {'; '.join(missed)}")


def refuse_early(source: InputContainer, picture: VideoStream, suffix: str, config: StreamsConfig) -> None:
    """Raise, before any work, what opening the output will raise once every picture of a film is anonymised.

    Raises:
        SinkError: as ``draw_up`` and ``refuse_if_strict``.
    """
    muxer = FORMATS.get(suffix)
    if muxer is not None:
        anonymised = frozenset(stream.index for stream in pictures_of(source))
        refuse_if_strict(draw_up(source, picture, muxer, config, anonymised).left, config)


def label(stream: Stream) -> str:
    """Return how a stream is called in a line of text."""
    kind = stream.mimetype if isinstance(stream, AttachmentStream) else codec_of(stream)
    language = stream.metadata.get("language")
    of = f", {language}" if language and language != "und" else ""
    return f"stream {stream.index} ({stream.type}{f' {kind}' if kind else ''}{of})"


def codec_of(stream: Stream) -> str | None:
    """Return the codec of a stream, by FFmpeg's canonical name; None: there is no decoder of it here."""
    context = stream.codec_context
    # The codec, not its decoder: FFmpeg decodes "subrip" with "srt".
    return str(context.codec.canonical_name) if context is not None else None


def is_font(stream: Stream) -> bool:
    """Whether an attachment is a font."""
    return isinstance(stream, AttachmentStream) and stream.data.startswith(FONT_STARTS)


def _fate(stream: Stream, muxer: str, config: StreamsConfig) -> Passage | LeftOut:
    what = label(stream)
    if isinstance(stream, AudioStream):
        return _fate_of_sound(stream, muxer, config)
    if isinstance(stream, SubtitleStream):
        return _fate_of_subtitles(stream, muxer)
    if stream.type == "video":
        return LeftOut(what, "cover picture" if is_cover(stream) else "further video stream")
    if stream.type == "attachment":
        if not is_font(stream):
            return LeftOut(what, "attachment")
        return Passage(stream) if muxer in room.FONTS else LeftOut(what, f"font; {_no_room(room.FONTS)}")
    # A damaged file may hold streams of no kind at all.
    holders = room.DATA_FOR.get(str(stream.name), frozenset()) if isinstance(stream, DataStream) else frozenset[str]()
    if not config.data:
        return LeftOut(what, "data stream")
    return Passage(stream) if muxer in holders else LeftOut(what, f"data stream; {_no_room(holders)}")


def _fate_of_sound(stream: AudioStream, muxer: str, config: StreamsConfig) -> Passage | LeftOut:
    if config.audio == "drop":
        return LeftOut(label(stream), "as asked", asked=True)
    if stream.codec_context is None:
        return LeftOut(label(stream), "sound of a kind that is not known here")
    if not room.holds_sound(muxer, stream):
        others = [suffix for other, suffix in room.SUFFIXES.items() if room.holds_sound(other, stream)]
        instead = f"name an {others[0]} instead" if others else "drop it with --audio drop"
        raise SinkError(f"a file of kind {muxer} cannot hold {label(stream)}; {instead}")
    return Passage(stream)


def _fate_of_subtitles(stream: SubtitleStream, muxer: str) -> Passage | LeftOut:
    codec = codec_of(stream)
    if stream.codec_context is not None and stream.codec_context.codec.bitmap_sub:
        return LeftOut(label(stream), "pictures of text")
    if muxer in room.SUBTITLES_FOR.get(codec or "", frozenset()):
        return Passage(stream)
    if codec not in room.CONVERTED:
        return LeftOut(label(stream), "subtitles of a kind that is not converted")
    if muxer in room.TEXT_OF:
        return Passage(stream, converted=room.TEXT_OF[muxer])
    return LeftOut(label(stream), f"subtitles; {_no_room(frozenset(room.TEXT_OF))}")


def _no_room(holders: frozenset[str]) -> str:
    return (
        f"no place in this container, but in {room.names_of(holders)}" if holders else "no place in any container here"
    )


def _shows_chapters(stream: Stream) -> bool:
    """Whether a data stream is how MP4 and MOV show chapters; FFmpeg reads them, and has it discarded."""
    return stream.type == "data" and stream.discard == Discard.all
