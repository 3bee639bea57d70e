"""A numbered sequence of pictures, or one picture, as a ``FrameSource``; a picture is a sequence of one.

Knows nothing of masks or outputs.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.sidedata.sidedata import Type

from faceerase.errors import SourceError
from faceerase.log import get_logger
from faceerase.streamer.decode.chroma import UNSPECIFIED
from faceerase.streamer.decode.display import PROGRESSIVE, turned_by
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.light import Light
from faceerase.streamer.frame import Frame
from faceerase.streamer.planes import to_planar
from faceerase.streamer.stills.extras import Extras
from faceerase.streamer.stills.picture import Picture, read_picture
from faceerase.streamer.stills.place import gaps_in, pattern_of

LIMITED, FULL = 1, 2

_log = get_logger(__name__)


class PictureSource:
    """Picture files as frames; ``remarks`` and ``lost`` are complete once ``frames`` has ended.

    The time of a frame is its number's distance from the first: a gap in the numbers is a gap in time.
    """

    def __init__(self, path: Path, rate: Fraction) -> None:
        """Find the files and look at the first.

        Args:
            path: of a picture, or a pattern such as ``shot.%04d.dpx``.
            rate: pictures a second.

        Raises:
            SourceError: there are none, or the first cannot be decoded.
        """
        self._path = path
        self.pattern = pattern_of(path)
        self._files = self.pattern.existing() if self.pattern else {0: path}
        if not self._files:
            raise SourceError(f"{path}: no such pictures")
        self.first_number = next(iter(self._files))
        first = read_picture(self._files[self.first_number])
        self.kind = first.kind
        self._first = first.extras
        self.info = _info_of(first, self._files[self.first_number], rate, len(self._files))
        self.lost: list[str] = []
        self.remarks: list[str] = []
        self.beside: Counter[Type] = Counter()  # what lies beside pixels in a file is told in the remarks
        self._extras: dict[int, Extras] = {}

    def frames(self) -> Iterator[Frame]:
        """Yield every picture that can be decoded, in the order of the numbers.

        Raises:
            SourceError: a file vanished, or is of another size, format, orientation or colour profile than the first.
        """
        dropped: Counter[str] = Counter()
        count = 0
        self._extras = {}
        for number, path in self._files.items():
            try:
                picture = read_picture(path)
            except SourceError as error:
                self._lose(str(error))
                continue
            if picture.damage:
                self._lose(f"{path}: {picture.damage}")
            dropped.update(picture.extras.dropped)
            self._extras[count] = picture.extras
            pts = number - self.first_number
            yield Frame(count, pts, self.info.time_base, self._planar(picture, path, pts))
            count += 1
        if count == 0:
            raise SourceError(f"{self._path}: no picture of it could be decoded")
        self._say(dropped, count)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that are there."""
        return tuple(self._files.values())

    def extras_of(self, frame: Frame) -> Extras:
        """Return what lay beside the pixels of a frame that was given."""
        return self._extras[frame.index]

    def _planar(self, picture: Picture, path: Path, pts: int) -> av.VideoFrame:
        info, first = self.info, self._first
        pixels = picture.pixels
        pixels.pts, pixels.time_base = pts, info.time_base
        planar = to_planar(pixels)
        extras = picture.extras
        same = (planar.width, planar.height, planar.format.name) == (info.width, info.height, info.planar_format)
        if (
            not same
            or picture.kind is not self.kind
            or (extras.orientation, extras.icc) != (first.orientation, first.icc)
        ):
            raise SourceError(
                f"{path}: not of the size, format, orientation and colour profile of {info.path.name} "
                f"({info.width}×{info.height} {info.planar_format}); pictures that are no sequence go in as a folder"
            )
        return planar

    def _say(self, dropped: Counter[str], count: int) -> None:
        info = self.info
        if self.pattern:
            self._remark(f"{len(self._files)} pictures, followed as a sequence at {float(info.rate):g} a second")
            gaps = gaps_in(self._files)
            if gaps:
                self._remark(f"numbers that do not exist: {gaps}; the others keep theirs")
        if info.planar_format.replace("yuvj", "yuv") != info.pixel_format.replace("yuvj", "yuv"):
            self._remark(f"pixel format {info.pixel_format} re-packed losslessly as {info.planar_format}")
        for word, times in dropped.items():
            self._remark(f"dropped: {word}{f', of {times} of {count} pictures' if count > 1 else ''}")

    def _lose(self, text: str) -> None:
        self.lost.append(text)
        _log.info("%s", text)

    def _remark(self, text: str) -> None:
        self.remarks.append(text)
        _log.info("%s: %s", self._path.name, text)


def _info_of(picture: Picture, path: Path, rate: Fraction, count: int) -> FilmInfo:
    """Return what is known of a sequence from its first picture, at ``path``."""
    pixels = picture.pixels
    pixels.time_base = 1 / rate
    planar = to_planar(pixels)
    turns = picture.extras.quarter_turns
    full_range = int(pixels.color_range) != LIMITED
    return FilmInfo(
        path=path,
        stream_index=-1,
        codec=av.Codec(picture.kind.decoder, "r").canonical_name,
        profile=None,
        width=pixels.width,
        height=pixels.height,
        pixel_format=pixels.format.name,
        planar_format=planar.format.name,
        time_base=1 / rate,
        rate=rate,
        frame_count=count,
        aspect=picture.aspect,
        full_range=full_range,
        color_range=FULL if full_range else LIMITED,
        color_primaries=int(pixels.color_primaries),
        color_trc=int(pixels.color_trc),
        colorspace=int(pixels.colorspace),
        display_matrix=turned_by(turns),
        field_order=PROGRESSIVE,
        light=Light(),
        chroma_location=UNSPECIFIED,
        clock="pts",
        lag=0,
        audio_rates=(),
        start=Fraction(0),
    )
