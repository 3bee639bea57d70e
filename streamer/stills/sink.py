"""A picture, or a numbered sequence of them, as a ``FrameSink``: encoded one by one, checked, and named together.

Beside the pixels a file gets an orientation, a colour profile and what its source's packing says; nothing else. Knows
nothing of networks or masks.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext

from faceerase.errors import ConfigError, SinkError, SourceError, VerificationError, reason_of
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.encode.partial import HiddenSink
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.stills.extras import Extras
from faceerase.streamer.stills.formats import bare
from faceerase.streamer.stills.hidden import HiddenPictures
from faceerase.streamer.stills.kinds import Kind, kind_of_name
from faceerase.streamer.stills.picture import read_picture
from faceerase.streamer.stills.place import pattern_of

NOTHING_BESIDE = frozenset({"DPX", "OpenEXR"})
"""Kinds without a place for an orientation or a colour profile."""

PROFILE_OF, GRAY = slice(16, 20), b"GRAY"
"""Where a colour profile says of what it is one (ICC.1), and of what."""

ExtrasOf = Callable[[Frame], Extras]


class PictureSink(HiddenSink):
    """Writes the pictures of one target."""

    def __init__(
        self,
        target: Path,
        info: FilmInfo,
        choice: EncoderChoice,
        number_of: Callable[[Frame], int],
        like: ExtrasOf,
        left: Sequence[str] = (),
    ) -> None:
        """Make the hidden folder.

        Args:
            target: a file or a pattern.
            info: of the film or the pictures that come.
            choice: how they are encoded.
            number_of: says the number of a frame's picture.
            like: says what goes along with a frame's picture, and how it was packed.
            left: remarks on what is left out anyway.

        Raises:
            SinkError: the place cannot be written to.
        """
        kind = kind_of_name(target)
        if kind is None:
            raise SinkError(f"{target}: not a kind of picture that is known")
        self._kind: Kind = kind
        self._info = info
        self._choice = choice
        self._number_of = number_of
        self._like = like
        self._pattern = pattern_of(target)
        self._left = [*left]
        self._pictures = HiddenPictures(target)
        super().__init__(self._pictures)

    def write(self, frame: Frame, matte: Matte) -> None:
        """Encode one picture.

        Raises:
            ConfigError: a single file was named, and this is the second picture.
            SinkError: the encoder or the disk refused.
        """
        del matte
        if self._pattern is None and self._pictures.names:
            raise ConfigError(
                f"{self.target}: one picture for a film of several; name a pattern such as "
                f"{self.target.stem}.%04d{self.target.suffix}"
            )
        name = self._pattern.name(self._number_of(frame)) if self._pattern else self.target.name
        extras = self._fitting(self._like(frame))
        data = encode_picture(frame.picture, self._info, self._kind, self._choice, extras)
        self._pictures.put(name, self._kind.write(data, extras))

    def finish(self) -> Sequence[str]:
        """Read everything again; return remarks for the report.

        Raises:
            VerificationError: a picture cannot be decoded, is of another size, or carries what it should not.
        """
        if not self._pictures.names:
            raise VerificationError(f"{self.target}: no picture was written")
        size = (self._info.width, self._info.height)
        for path in self._pictures.paths():
            try:
                written = read_picture(path)
            except SourceError as error:
                raise VerificationError(f"{self.target}: cannot be read again ({error})") from error
            if written.damage or (written.pixels.width, written.pixels.height) != size or written.extras.dropped:
                what = written.damage or ", ".join(written.extras.dropped) or "another size"
                raise VerificationError(f"{self.target}: {path.name} is not what was to be written ({what})")
        return self._left

    def _fitting(self, extras: Extras) -> Extras:
        """Return what of a picture's extras the target can hold; say what it cannot."""
        bare_kind = self._kind.name in NOTHING_BESIDE
        if extras.orientation != 1 and bare_kind:
            self._say(f"orientation lost: {self._kind.name} has none; pictures lie as the camera held them")
        is_gray = len(av.VideoFormat(self._choice.pixel_format).components) <= 2
        fits = not bare_kind and (extras.icc[PROFILE_OF] == GRAY) == is_gray
        if extras.icc and not fits:
            self._say(f"dropped: colour profile, which does not fit {self._kind.name} {self._choice.pixel_format}")
        return replace(extras, orientation=1 if bare_kind else extras.orientation, icc=extras.icc if fits else b"")

    def _say(self, text: str) -> None:
        if text not in self._left:
            self._left.append(text)


def encode_picture(picture: av.VideoFrame, info: FilmInfo, kind: Kind, choice: EncoderChoice, extras: Extras) -> bytes:
    """Return a picture as the one packet of its codec.

    Raises:
        SinkError: the encoder refused.
    """
    pixel_format = choice.pixel_format
    swapped = f"{pixel_format[:-2]}be"
    if extras.big_endian and swapped in (f.name for f in av.Codec(choice.encoder, "w").video_formats or []):
        pixel_format = swapped
    try:
        context = av.CodecContext.create(choice.encoder, "w")
        assert isinstance(context, VideoCodecContext)
        made = bare(picture, info, pixel_format, choice.encoder)
        context.width, context.height, context.pix_fmt = made.width, made.height, pixel_format
        context.time_base, context.framerate = info.time_base, info.rate
        context.sample_aspect_ratio = info.aspect or Fraction(1)
        context.color_range, context.colorspace = made.color_range, made.colorspace
        context.color_primaries, context.color_trc = made.color_primaries, made.color_trc
        usual = (*kind.options, *(kind.rgb_options if made.format.is_rgb else ()))
        context.options = {"flags": "+bitexact", **dict((*usual, *extras.coding, *choice.options))}
        made.pts, made.time_base = 0, info.time_base
        return b"".join(bytes(packet) for packet in (*context.encode(made), *context.encode(None)))
    except (av.error.FFmpegError, ValueError) as error:
        raise SinkError(f"{choice.encoder} cannot encode {pixel_format} ({reason_of(error)})") from error
