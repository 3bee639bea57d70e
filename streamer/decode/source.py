"""A film's main picture as frames: decoded in its native format, each with a time that can be trusted.

What could not be decoded is counted and named, never passed over. Knows nothing of masks or outputs.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from faceerase.configs.film import Decoder, PartConfig
from faceerase.errors import SourceError, reason_of
from faceerase.log import get_logger
from faceerase.streamer.decode.beside import count_beside
from faceerase.streamer.decode.clock import next_time
from faceerase.streamer.decode.completeness import Completeness
from faceerase.streamer.decode.decoder import EMPTY_BYTES, ONE_PICTURE_A_PACKET, ONE_PICTURE_UNLESS_EMPTY
from faceerase.streamer.decode.finding import find_cut
from faceerase.streamer.decode.info import FilmInfo, late, probe
from faceerase.streamer.decode.losses import Losses
from faceerase.streamer.decode.on_card import choose_decoding
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.part import WHOLE, packets_of
from faceerase.streamer.decode.side_data import nameable
from faceerase.streamer.decode.span import WHOLE_FILM, Span
from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import to_planar

_log = get_logger(__name__)


class FilmSource:
    """A film file as a ``FrameSource``; ``remarks``, ``lost`` and ``beside`` are complete once ``frames`` has ended."""

    def __init__(
        self, path: Path, stream: int | None = None, part: PartConfig | None = None, decoder: Decoder = "cpu"
    ) -> None:
        """Open the file and look at its first frames; of a part, frames come at times from 0 on.

        Args:
            path: the file.
            stream: which of its streams, by number; None: the main picture.
            part: what of it; None: all.
            decoder: what decodes it, where that does.

        Raises:
            SourceError: it cannot be read, or no frame of it can be decoded.
            ConfigError: the stream of that number is not a picture, or the film has no such part.
        """
        info = probe(path, stream)
        info = replace(info, decoding=choose_decoding(path, info.stream_index, decoder))
        if part is not None:
            cut = find_cut(info, part)
            info = replace(info, cut=cut, frame_count=cut.frames_of(info.frame_count, info.rate))
        self._begin(info)

    @classmethod
    def known(cls, info: FilmInfo) -> "FilmSource":
        """Return the source of a film of which everything is known already."""
        source = cls.__new__(cls)
        source._begin(info)
        return source

    def _begin(self, info: FilmInfo) -> None:
        self.info = info
        self.beside: Counter[Type] = Counter()
        self.lost: list[str] = []
        self.remarks: list[str] = []
        self._over = False

    def frames(self, span: Span = WHOLE_FILM) -> Iterator[Frame]:
        """Yield every frame (of the part) that can be decoded, in presentation order, with strictly growing pts.

        Of one segment: those of its context too, counted from the first of them; what was lost in the context is not
        told.

        Raises:
            SourceError: the file vanished, or its picture changes size or format midway.
        """
        info = self.info
        cut = span.seen_of(info.cut)
        step = max(1, round(1 / (info.rate * info.time_base)))
        zero = round(cut.shift / info.time_base)
        last: int | None = None
        repaired = nameless = count = 0
        with open_film(info.path) as container:
            stream = main_video(container, info.path, info.stream_index)
            for picture in self._pictures(container, stream, span):
                timed = next_time(info.clock, (picture.pts, late(picture.dts, info.lag)), last, step)
                last = timed.pts
                self._over = cut.is_over(last * info.time_base)
                if self._over and info.clock == "dts":
                    break
                if not cut.holds(last * info.time_base):
                    continue
                repaired += timed.repaired
                planar = self._checked(to_planar(picture), count)
                named = nameable(planar)
                nameless += named is not planar
                count_beside(named, self.beside)
                named.pts, named.time_base = last - zero, info.time_base
                yield Frame(count, last - zero, info.time_base, named)
                count += 1
        if count == 0:
            raise SourceError(f"{info.path}: no frame of it could be decoded")
        end = info.cut.end if span.end is None else None
        if end is not None and not self._over and end > ((last or 0) + step) * info.time_base:
            self._remark(f"the part ends with the film, before {float(end - info.start):.2f} s")
        if repaired:
            self._remark(f"presentation times missing or backward: repaired from the DTS ({repaired} frames)")
        if nameless:
            self._remark(f"EXIF or other side data that has no name here removed ({nameless} frames)")
        if info.planar_format != info.pixel_format:
            self._remark(f"pixel format {info.pixel_format} re-packed losslessly as {info.planar_format}")

    def _pictures(self, container: InputContainer, stream: VideoStream, span: Span) -> Iterator[av.VideoFrame]:
        info, step = self.info, 1 / self.info.rate
        seen, cut = span.seen_of(info.cut), span.kept_of(info.cut)
        to_end = span.end is None  # what the end of a film lacks is told with its last segment, once
        completeness = Completeness(container, stream, info.path, step, seen.begin is None, to_end)
        first = 0 if cut.begin is None else max(0, round((cut.begin - info.start) * info.rate))
        # Where packets have times, those of two pictures (DivX in AVI, copied elsewhere) are not their pictures'
        counted = info.codec in ONE_PICTURE_UNLESS_EMPTY and info.clock == "dts"
        empty = EMPTY_BYTES if counted else 0
        losses = Losses(counted or info.codec in ONE_PICTURE_A_PACKET, info.clock == "pts", step, first)
        packets = packets_of(container, stream, seen, info.clock, info.path)
        decoder = info.decoding.decoder(stream)
        number = discarded = 0
        while True:
            try:
                packet = next(packets)
            except (StopIteration, EOFError):
                break
            except av.error.FFmpegError as error:
                self._lose(f"after packet {number}: the file cannot be read further ({error.strerror})")
                break
            completeness.see(packet)
            if packet.stream.index != stream.index:
                continue
            number += 1
            stamp = packet.dts if packet.pts is None else packet.pts
            time = None if stamp is None else stamp * packet.time_base
            wanted = time is None or cut.holds(time)
            if completeness.damaged:
                losses.damaged()
            if packet.size > empty and not packet.is_discard and wanted:
                losses.expect(None if packet.pts is None else time)
            try:
                pictures = decoder.decode(packet)
            except av.error.EOFError:
                break
            except av.error.FFmpegError as error:
                if wanted:
                    losses.failed(time, reason_of(error))  # frame threads report an error some packets late
                continue
            for picture in pictures:
                shown = None if picture.pts is None else picture.pts * info.time_base
                if shown is None or cut.holds(shown):
                    losses.given(shown, picture.is_corrupt)
                yield picture
            discarded += bool(packet.size) and packet.is_discard and seen == WHOLE
        if discarded:
            self._remark(f"{discarded} coded pictures that the film's own edit list leaves out are not shown")
        for text in losses.gaps():
            self._remark(text)
        for text in [*losses.spans(), *(completeness.verdict() if to_end and not self._over else [])]:
            self._lose(text)

    def _checked(self, picture: av.VideoFrame, index: int) -> av.VideoFrame:
        info = self.info
        if (picture.width, picture.height) != (info.width, info.height) or picture.format.name != info.planar_format:
            raise SourceError(
                f"{info.path}: at frame {index} the picture changes from {info.width}×{info.height} "
                f"{info.planar_format} to {picture.width}×{picture.height} {picture.format.name}; split the film there"
            )
        return picture

    def _lose(self, text: str) -> None:
        self.lost.append(text)
        _log.info("%s: %s", self.info.path.name, text)

    def _remark(self, text: str) -> None:
        self.remarks.append(text)
        _log.info("%s: %s", self.info.path.name, text)
