"""Whether a file holds all of what its header promises: a film that was cut off ends like a whole one.

FFmpeg reads such a file to its end without an error. Knows nothing of frames.
"""

import re
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from faceerase.streamer.decode.asf import objects_of
from faceerase.streamer.decode.flv import bytes_missing, tags_of
from faceerase.streamer.decode.fragments import missing_fragments
from faceerase.streamer.decode.matroska import segment_of
from faceerase.streamer.decode.transport import first_break

SLACK_SECONDS = 0.1
"""Headers round and count padding; what is missing for less than this is not called missing."""

OF_A_FRAME = 0.6
"""The same for what is said of the picture alone: of the time of a frame."""

HEADS = 100
"""Bytes that Matroska puts between two packets at most; more of them were skipped because they could not be read."""

SKIPPING = frozenset({"ogg"})
IN_NO_PACKET = 1500
"""Demuxers that pass over damaged pages, and bytes that headers take, beside a tenth of the file, at most."""

RESYNCING = frozenset({"matroska,webm", "flv"})
"""Demuxers that search for the next packet where one is damaged; both say in the header how long the film is."""

BEGINS = {"mjpeg": b"\xff\xd8", **dict.fromkeys(("h264", "hevc", "m4v", "mpegvideo"), b"\0\0\1")}
"""Pictures without a container, and what each one begins with, after any further zeros: FFmpeg searches for the first,
so that anything can be before it, a damaged container too."""

HEAD_BYTES = 4096
"""Of a picture without a container: its first one begins among them."""

_DURATION = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")


class Completeness:
    """Watches packets go by, and says at the end what is missing."""

    def __init__(
        self, container: InputContainer, video: VideoStream, path: Path, step: Fraction, whole: bool, to_end: bool
    ) -> None:
        """Begin with the first packet that is read of the film at ``path``.

        Args:
            container: the film.
            video: of it, the picture.
            path: its file.
            step: the usual time between frames, in seconds.
            whole: it is read from its start.
            to_end: it is read to its end, so that there will be a verdict.
        """
        self._whole = whole
        self._container = container
        self._path = path
        self._video = video
        self._step = float(step)
        self._packets = 0
        self._behind: int | None = None
        self.damaged = False
        self._picture_end = 0.0
        self._is_matroska = "matroska" in container.format.name
        self._segment = segment_of(path) if self._is_matroska else None
        self._promise = self._promised(container.format.name)
        self._missing = _beyond_the_end(container, video) if to_end else 0
        self._carried = 0
        self._end = 0.0

    def see(self, packet: "Packet[Stream]") -> None:
        """Take note of a packet of any stream."""
        self._carried += packet.size
        if packet.pts is not None and packet.size:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._end = max(self._end, end)
            if packet.stream.index == self._video.index:
                too_long = self._promise is not None and end > self._promise + self._step
                if too_long or not packet.duration:
                    end = float(packet.pts * packet.time_base) + self._step
                self._picture_end = max(self._picture_end, end)
        if packet.stream.index == self._video.index and packet.pos is not None:
            self._packets += 1
        self.damaged |= packet.is_corrupt
        if self._container.format.name in RESYNCING and packet.pos is not None and packet.size:
            self.damaged |= self._behind is not None and packet.pos - self._behind > HEADS
            self._behind = max(self._behind or 0, packet.pos + packet.size)

    def verdict(self) -> list[str]:
        """Return what is missing, in words."""
        name = self._container.format.name
        try:
            read = self._packets if self._whole else None
            fragments = missing_fragments(self._path, self._video.id, read) if "mp4" in name else None
            if fragments is not None:
                return fragments  # how long such a film is FFmpeg does not read in a header but adds up
            found = {"flv": self._in_the_tags, "asf": self._in_the_objects, "mpegts": self._in_the_packets}.get(name)
            pieces = found() if found else []
        except OSError as error:
            return [f"the file cannot be read again ({error.strerror})"]
        promised = self._in_the_headers()
        return [*([promised] if promised else []), *pieces]

    def _in_the_tags(self) -> list[str]:
        """Return what the tags of an FLV file say."""
        tags = tags_of(self._path)
        if tags.broken is not None:
            return [f"the file is damaged: at byte {tags.broken} something begins that is no part of a film"]
        if missing := bytes_missing(self._path):
            return [_bytes_cut_off(missing)]
        return self._fewer_than(tags.pictures)

    def _in_the_objects(self) -> list[str]:
        """Return what the objects of an ASF or WMV file say."""
        try:
            return self._fewer_than(objects_of(self._path, self._video.id))
        except ValueError:
            return ["the file is damaged: what it says of its pieces cannot be read"]

    def _in_the_packets(self) -> list[str]:
        """Return what the packets of a transport stream say."""
        broken = first_break(self._path, self._video.id)
        return (
            [] if broken is None else [f"the file is damaged: from byte {broken} on parts of the picture are missing"]
        )

    def _fewer_than(self, pictures: int | None) -> list[str]:
        if not self._whole or pictures is None or pictures <= self._packets:
            return []
        return [f"the file is damaged: {pictures} pictures are in it, {self._packets} could be read"]

    def _in_the_headers(self) -> str | None:
        """Return what the headers promise and is not there."""
        if self._is_matroska and self._segment is None:
            return "the file is damaged: the head of what holds the film is not in it"
        if missing := self._cut_off_bytes():
            return _bytes_cut_off(missing)
        if self._missing:
            return f"the file is cut off: {self._missing} of the frames that its index names are not in it"
        name, video = self._container.format.name, self._video
        if self._whole and name == "avi" and video.frames and self._packets < video.frames:
            return f"the file is damaged: its header promises {video.frames} frames, {self._packets} are in it"
        size = self._container.size
        if name in BEGINS and not self._begins_as(BEGINS[name]):
            return "the file is damaged, or is of another kind: it does not begin with a picture"
        if self._whole and name in SKIPPING and size - self._carried > IN_NO_PACKET + size // 10:
            return f"the file is damaged: {size - self._carried} of its {size} bytes could not be read"
        promised = self._promise
        if promised is not None and self._picture_end + OF_A_FRAME * self._step < promised:
            return _cut_off("its header promises pictures", promised, self._picture_end)
        # FFmpeg counts from time 0, other writers from the first frame, which promises less. Where there is no header
        # that says so, FFmpeg guesses from the bit rate.
        whole = self._container.duration
        if name in RESYNCING and whole and self._end < whole / 1_000_000 - SLACK_SECONDS:
            return _cut_off("its header promises", whole / 1_000_000, self._end)
        return None

    def _cut_off_bytes(self) -> int:
        """Return how much longer a Matroska file should be by its own header; 0 where that does not say."""
        end = None if self._segment is None else self._segment.end
        return 0 if end is None else max(0, end - self._container.size)

    def _begins_as(self, code: bytes) -> bool:
        with self._path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        zeros, sign = len(head) - len(head.lstrip(b"\0")), code.lstrip(b"\0")
        return zeros >= len(code) - len(sign) and head[zeros:].startswith(sign)

    def _promised(self, name: str) -> float | None:
        """Return when the pictures end by what the file says of them alone, in seconds; None: it does not say."""
        video = self._video
        if self._is_matroska:
            end, whole = tagged_length(video), self._container.duration
            # What somebody copied along from a longer film is no promise. Where a film that is finished, as the length
            # of its segment tells, does not say how long it is, that is damaged.
            finished = self._segment is not None and self._segment.end is not None
            kept = end <= whole / 1_000_000 + self._step if whole else finished
            return end if end > 0 and kept else None
        if not ("mp4" in name or name in {"asf", "mxf"}) or not video.duration or not video.time_base:
            return None
        return float(((video.start_time or 0) + video.duration) * video.time_base)


def tagged_length(video: VideoStream) -> float:
    """Return how long a stream of a Matroska file lasts by its tag, in seconds; 0: there is none."""
    said = _DURATION.fullmatch(video.metadata.get("DURATION", ""))
    return sum(float(part) * unit for part, unit in zip(said.groups(), (3600, 60, 1), strict=True)) if said else 0.0


def _bytes_cut_off(missing: int) -> str:
    return f"the file is cut off: {missing} bytes that its header promises are not in it"


def _cut_off(words: str, promised: float, end: float) -> str:
    return f"the file is cut off: {words} until {promised:.3f} s, it ends at {end:.3f} s"


def _beyond_the_end(container: InputContainer, video: VideoStream) -> int:
    """Count the samples of an MP4 or MOV index that lie behind the file's end."""
    if "mp4" not in container.format.name:
        return 0
    size = container.size
    return sum(entry.pos + entry.size > size for entry in video.index_entries)
