"""One segment, worked off by itself: decoded with its context, looked at, erased, encoded, kept in a file of its own.

What comes out depends on the film, the options and the network alone. Knows nothing of other segments, or of who
runs it.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from faceerase.configs.film import FilmConfig
from faceerase.errors import SinkError, SourceError, reason_of
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.decode.span import Span
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.container import open_container, timing_of
from faceerase.streamer.encode.counting import first_time
from faceerase.streamer.encode.matte_sink import MatteEncoding, matte_encoder
from faceerase.streamer.encode.picture_encoding import Packets, PictureEncoding
from faceerase.streamer.encode.picture_track import PictureTrack
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import Progress
from faceerase.streamer.segments.store import Kind, Record, SegmentWriter
from faceerase.streamer.sidecar.frames import regions_of
from faceerase.streamer.stages import Erased, clean_frames, tally_of
from faceerase.streamer.tally import Tally


@dataclass(frozen=True, slots=True)
class Unit:
    """All that a segment depends on; may be sent to another process.

    Attributes:
        number: of the segment in its film, from 0.
        span: what of the film it is.
        info: what is known of the film.
        counted: the same, with the rate at which the result's container counts.
        choice: how the picture is encoded.
        config: every option.
        target: the name that the film gets in the end.
        with_matte: whether its matte is kept too.
        path: where the finished segment lies.
    """

    number: int
    span: Span
    info: FilmInfo
    counted: FilmInfo
    choice: EncoderChoice
    config: FilmConfig
    target: Path
    with_matte: bool
    path: Path


def run_segment(unit: Unit, engine: OnnxEngine, tell: Callable[[Progress], None]) -> Tally:
    """Work off one segment and return its counts; its file is there, whole, or not at all.

    ``tell`` hears of the frames and faces of this segment so far.

    Raises:
        SourceError: the film cannot be read.
        ModelError: the network failed.
        SinkError: it cannot be encoded or written.
    """
    source = FilmSource.known(unit.info)
    tally = Tally()
    with ExitStack() as undo:
        kept = SegmentWriter(unit.path)
        undo.callback(kept.abandon)
        writer = _Writer(unit, kept, undo)
        frames = clean_frames(source.frames(unit.span), unit.info, unit.config, engine)
        with closing(frames):
            for item in frames:
                place = unit.span.place(item.frame.pts * item.frame.time_base + unit.info.cut.shift)
                if place == "core":
                    writer.write(item)
                    tally = tally.plus(tally_of(item))
                    tell(Progress(tally.frames, 0, tally.faces))
                else:
                    tally = tally.plus(Tally(looks=item.looks))
                    if place == "trail":
                        writer.note_behind(item)
        if tally.frames == 0:
            raise SourceError(f"{unit.info.path}: segment {unit.number}: no frame of it could be decoded")
        facts = {
            "tally": tally.to_dict(),
            "lost": source.lost,
            "remarks": source.remarks,
            "beside": {kind.name: count for kind, count in source.beside.items()},
        }
        writer.finish(facts)
    return tally


class _Writer:
    """The encoders of one segment and its file."""

    def __init__(self, unit: Unit, kept: SegmentWriter, undo: ExitStack) -> None:
        info, target = unit.counted, unit.target
        timing = timing_of(target, info.time_base, info.rate)
        first = first_time(info) if timing.constant_rate else None
        self._target, self._kept = target, kept
        # What a container asks of an encoder (headers apart, times) is told by one into which nothing is written.
        shape = open_container(f"file:{os.devnull}", target, info.time_base, info.audio_rates)
        undo.callback(shape.close)
        try:
            track = PictureTrack(shape, info, unit.choice, target, timing)
        except (av.error.FFmpegError, ValueError) as error:
            raise SinkError(f"{target}: {unit.choice.encoder} cannot be opened ({reason_of(error)})") from error
        self._picture = PictureEncoding(track, unit.choice, timing, target, first)
        self._matte = MatteEncoding(matte_encoder(unit.info)) if unit.with_matte else None
        self._ended = False

    def write(self, item: Erased) -> None:
        """Encode a frame and its matte, and note what was erased."""
        number = self._picture.frames
        self._keep("picture", self._picture.write(item.frame, item.matte))
        if self._matte is not None:
            self._keep("matte", self._matte.write(item.frame, item.matte))
        self._note("frame", number, item)

    def note_behind(self, item: Erased) -> None:
        """Note what would be erased in a frame behind the segment."""
        if not self._ended:
            self._picture.followed_by(item.frame)
            self._ended = True
        self._note("behind", -1, item)

    def finish(self, facts: dict[str, Any]) -> None:
        """Write what is left, and give the file its name."""
        try:
            self._keep("picture", self._picture.finish())
            if self._matte is not None:
                self._keep("matte", self._matte.finish())
        except av.error.FFmpegError as error:
            raise SinkError(f"{self._target}: a segment is not finished ({reason_of(error)})") from error
        self._kept.finish(facts)

    def _keep(self, kind: Kind, packets: Packets) -> None:
        for packet in packets:
            self._kept.packet(kind, packet)

    def _note(self, kind: Kind, number: int, item: Erased) -> None:
        regions = regions_of(item.matte)
        if regions:
            facts = {"number": number, "pts": item.frame.pts, "regions": [one.model_dump() for one in regions]}
            self._kept.record(Record(kind, facts))
