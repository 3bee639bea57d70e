"""``--smart-copy`` for one film: whether it can be done, and from where the packets come.

Reads the source a second time, as the passengers do. Fails closed: what cannot be copied is encoded, and why is said.
Knows nothing of networks, or of how the film is written.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from faceerase.errors import SourceError, VerificationError
from faceerase.streamer.decode.beside import count_beside
from faceerase.streamer.decode.display import PROGRESSIVE
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.part import WHOLE
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import SHALLOWER, EncoderChoice
from faceerase.streamer.encode.container import Timing
from faceerase.streamer.encode.copying.coding import Coding, coding_of
from faceerase.streamer.encode.copying.copier import Copier
from faceerase.streamer.encode.copying.decoding_times import DecodingTimes
from faceerase.streamer.encode.copying.ffv1 import options_like
from faceerase.streamer.encode.copying.groups import groups_of
from faceerase.streamer.encode.copying.splice import Splice
from faceerase.streamer.encode.left_behind import left_behind
from faceerase.streamer.encode.packets import packets_of
from faceerase.streamer.encode.picture_track import PictureTrack
from faceerase.streamer.encode.settings import PRORES
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

TAGS = {"h264": "avc3", "hevc": "hev1"}
"""What a codec is called in MP4 and MOV where its parameter sets come with the pictures (ISO/IEC 14496-15)."""

BLOCK = 16
"""Pixels: what is coded beyond a picture's edge and is more than this is not just the filling of its last block."""

A_FACE = "a face was erased in them or in their group of pictures"

NOTHING_KEPT = "nothing was kept; try without --smart-copy"


class SmartCopy:
    """Takes the place of a track's ``encode`` where frames may be copied."""

    def __init__(self, info: FilmInfo, choice: EncoderChoice, muxer: str) -> None:
        """Open the source and see whether its packets go where the encoder's go.

        Raises:
            SourceError: it cannot be read again.
        """
        self._info, self._muxer = info, muxer
        self._copier: Copier | None = None
        self._track: PictureTrack | None = None
        self._container: InputContainer = open_film(info.path)
        self._stream = main_video(self._container, info.path, info.stream_index)
        self._header = self._stream.codec_context.extradata or b""
        self._coding: Coding | None = coding_of(info.codec, self._header)
        self.choice = choice
        self.why_not = _why_not(info, choice, self._coding, muxer)
        if self.why_not is None and info.codec == "ffv1":
            size = (info.width, info.height)
            options = options_like(self._header, size, choice.pixel_format, dict(choice.options))
            if options is None:
                self.why_not = (
                    "the encoder cannot be made to write this film's header (slices, coder or version differ)"
                )
            else:
                self.choice = replace(choice, options=tuple(options.items()))
        if self.why_not is None and _hides_an_edge(info):
            self.why_not = "more is coded than the picture that is shown and was looked at"

    @property
    def tag(self) -> str | None:
        """What the codec is to be called in the container; None: as usual."""
        return TAGS.get(self._info.codec) if self.why_not is None and self._muxer in {"mp4", "mov"} else None

    def begin(self, track: PictureTrack, timing: Timing) -> None:
        """Begin to read; ``track`` is where the rest is encoded."""
        self._track = track
        if self.why_not is not None or self._coding is None:
            return
        reorders = self._info.codec in TAGS and not timing.constant_rate
        delay = max(self._stream.codec_context.reorder_depth, track.reorder_depth) if reorders else 0
        step = max(1, round(1 / (self._info.rate * timing.time_base)))
        splice = Splice(track, self._coding, DecodingTimes(delay, step), timing.time_base)
        packets = packets_of(self._container, [self._stream])
        self._copier = Copier(groups_of(packets, self._coding, delay), splice)

    def write(self, frame: Frame, matte: Matte, picture: av.VideoFrame) -> "Sequence[Packet[VideoStream]]":
        """Return the packets that can be written now; ``picture`` is the frame as it is encoded.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        if self._copier is not None:
            return self._copier.take(frame, picture, self._why_not_copied(frame, matte))
        assert self._track is not None
        return self._track.encode(picture)

    def finish(self) -> "Sequence[Packet[VideoStream]]":
        """Return all packets that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        if self._copier is not None:
            return self._copier.finish()
        assert self._track is not None
        return self._track.encode(None)

    def check(self, written: Path, target: Path) -> str:
        """Return what was done, once the frames that were copied come out of the written file as they were.

        Raises:
            VerificationError: one does not.
        """
        if self._copier is None:
            return f"smart copy: nothing copied: {self.why_not}"
        if self._copier.copied:
            try:
                film = FilmSource(written)
                different = self._copier.checksums.first_difference(film.frames())
            except SourceError as error:
                raise VerificationError(f"{target}: cannot be read again ({error}); {NOTHING_KEPT}") from error
            if different is not None or film.lost:
                what = film.lost[0] if film.lost else f"frame {different} is not as it was"
                raise VerificationError(f"{target}: {what}; {NOTHING_KEPT}")
        tag = f"; called {self.tag} in the container, which some players do not know" if self.tag else ""
        return self._copier.remark() + tag

    def close(self) -> None:
        """Close what is read."""
        self._container.close()

    def _why_not_copied(self, frame: Frame, matte: Matte) -> str | None:
        if not matte.empty:
            return A_FACE
        if frame.picture.is_corrupt:
            return "they were decoded with errors"
        beside: Counter[Type] = Counter()
        count_beside(frame.picture, beside)
        dropped = left_behind(beside, self.choice.encoder)
        return "they carry what is dropped elsewhere" if dropped else None


def _why_not(info: FilmInfo, choice: EncoderChoice, coding: Coding | None, muxer: str) -> str | None:
    written = av.Codec(choice.encoder, "w").canonical_name
    if written != info.codec:
        return f"{info.codec} becomes {written}"
    if info.cut != WHOLE:
        return "only a part of the film is taken"
    if coding is None:
        return f"not done for {info.codec}, or its header cannot be read"
    # What such an encoder is given has fewer bits than what comes out of the decoder again
    same = info.pixel_format.replace("yuvj", "yuv") == choice.pixel_format or choice.encoder in SHALLOWER
    if not same:
        return f"pixel format {info.pixel_format} becomes {choice.pixel_format}"
    profile, said = dict(choice.options).get("profile"), (info.profile or "").lower()
    if info.codec in {"prores", "dnxhd"} and profile not in {PRORES.get(said), said.replace(" ", "_")}:
        return f"profile {info.profile} becomes {profile}"
    if info.codec in {"h264", "hevc"} and info.clock == "dts":
        return "the film does not say when its pictures are shown"
    if info.codec in TAGS and muxer == "ipod":
        return "parameter sets have no place between the pictures of an .m4v; name an .mp4"
    return None


def _hides_an_edge(info: FilmInfo) -> bool:
    """Whether pictures are coded with a margin that a decoder cuts off: nobody has looked there."""
    if info.codec not in {"h264", "hevc"}:
        return False
    with open_film(info.path) as container:
        stream = main_video(container, info.path, info.stream_index)
        for _ in container.decode(stream):
            context = stream.codec_context
            rows = BLOCK if info.field_order == PROGRESSIVE else 2 * BLOCK  # one in each field
            return context.coded_width >= info.width + BLOCK or context.coded_height >= info.height + rows
    return True
