"""Whether a film's picture is decoded by a card (NVDEC), and why not: tried on its first pictures before it is trusted.

FFmpeg's own fall back fails where there is no driver, and says nothing where there is one. Knows nothing of masks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import av
import numpy as np
from av.codec.hwaccel import HWAccel
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from faceerase.configs.film import Decoder
from faceerase.errors import SourceError, reason_of
from faceerase.streamer.decode.decoder import decoder_of, reads_alpha
from faceerase.streamer.decode.demuxing import demuxed
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.side_data import nameable, side_data_of
from faceerase.streamer.planes import layout_of, plane_views, to_planar

TRIED_PICTURES = 12
"""Of both decoders, compared; enough for the order of pictures to settle."""

FFMPEGS_OWN = {"libdav1d": "av1"}
"""Decoders that know no card, and FFmpeg's own of the same codec, which does."""

OF_A_STREAM = (
    "extradata", "codec_tag", "reorder_depth", "sample_aspect_ratio", "color_range", "color_primaries", "color_trc",
    "colorspace",
)  # fmt: skip
"""What a decoder is told by the container, where it was not opened with it."""

Decoders = Callable[[VideoStream], VideoCodecContext]


@dataclass(frozen=True, slots=True)
class Decoding:
    """By what a film's picture is decoded, and what is to be said of it (perhaps nothing)."""

    device: Literal["cpu", "cuda"] = "cpu"
    remarks: tuple[str, ...] = ()

    def decoder(self, stream: VideoStream) -> VideoCodecContext:
        """Return a decoder for a stream's packets, the empty one at the end included.

        Raises:
            SourceError: the card that worked before does not any more.
        """
        return decoder_of(stream) if self.device == "cpu" else card_decoder(stream)


BY_SOFTWARE = Decoding()
"""As always where nobody asked for a card."""


def choose_decoding(path: Path, number: int, wanted: Decoder, on_card: Decoders | None = None) -> Decoding:
    """Return how the picture of a film is decoded.

    ``cuda`` takes a card whose pictures have the format, times and tags of the software decoder's; ``auto`` only one
    whose first pictures are the same to the bit. Where the card does not do, the software does, and says why.

    Args:
        path: of the film.
        number: of its video stream.
        wanted: as asked.
        on_card: gives the card's decoder of a stream; None: NVIDIA's.

    Raises:
        SourceError: the film cannot be read.
    """
    if wanted == "cpu":
        return BY_SOFTWARE
    why, same = _try(path, number, on_card or card_decoder)
    if why is None and wanted == "auto" and not same:
        why = "the card's pictures are not the same bits"
    if why is not None:
        return Decoding("cpu", (f"decoded by software, not by the card: {why}",))
    bits = "its first pictures are the same bits as by software" if same else "not the same bits as by software"
    return Decoding("cuda", (f"decoded by the card (NVDEC): {bits}",))


def card_decoder(stream: VideoStream) -> VideoCodecContext:
    """Return NVIDIA's decoder for a stream's packets; its pictures come back to the host.

    Raises:
        SourceError: there is no card, or no driver, or it knows no such codec.
    """
    own = stream.codec_context
    if reads_alpha(stream):
        raise SourceError("alpha lies in a picture of its own")
    name = FFMPEGS_OWN.get(own.codec.name, own.codec.name)
    try:
        decoder = av.CodecContext.create(name, "r", HWAccel("cuda", allow_software_fallback=False))
    except av.error.FFmpegError as error:
        raise SourceError(f"no NVIDIA card or driver answers ({reason_of(error)})") from error
    assert isinstance(decoder, VideoCodecContext)
    if not decoder.is_hwaccel:
        raise SourceError(f"it knows no {own.codec.canonical_name}")
    for attribute in OF_A_STREAM:
        value = getattr(own, attribute)
        if value is not None:
            setattr(decoder, attribute, value)
    decoder.thread_count = 1  # a card decodes in its own order; threads would only hold more of its surfaces
    return decoder


def _try(path: Path, number: int, on_card: Decoders) -> tuple[str | None, bool]:
    """Return why a card does not do (None: it does), and whether its pictures are the same bits."""
    try:
        theirs = list(islice(_pictures(path, number, on_card), TRIED_PICTURES))
    except (av.error.FFmpegError, SourceError, ValueError) as error:
        return reason_of(error), False
    ours = list(islice(_pictures(path, number, decoder_of), TRIED_PICTURES))
    if len(theirs) != len(ours):
        return f"it gave {len(theirs)} pictures of {len(ours)}", False
    same = True
    for one, other in zip(ours, theirs, strict=True):
        for name, said, by_card in zip(_LOOKED_AT, _facts(one), _facts(other), strict=True):
            if said != by_card:
                return f"other {name}" + (f": {by_card} instead of {said}" if name != "side data" else ""), False
        same = same and _same_bits(one, other)
    return None, same


_LOOKED_AT = ("pixel format", "size", "times (pts, dts, duration)", "colour tags", "side data")


def _facts(picture: av.VideoFrame) -> tuple[object, ...]:
    tags = (picture.color_range, picture.color_primaries, picture.color_trc, picture.colorspace)
    times = (picture.pts, picture.dts, picture.duration)
    beside = sorted((data.type.name, bytes(data)) for data in side_data_of(nameable(picture)))
    return picture.format.name, (picture.width, picture.height), times, tuple(map(int, tags)), beside


def _pictures(path: Path, number: int, decoders: Decoders) -> Iterator[av.VideoFrame]:
    with open_film(path) as container:
        stream = main_video(container, path, number)
        decoder = decoders(stream)
        for packet in demuxed(container, [stream]):
            for picture in decoder.decode(packet):
                yield to_planar(picture)


def _same_bits(one: av.VideoFrame, other: av.VideoFrame) -> bool:
    pairs = zip(plane_views(one, layout_of(one)), plane_views(other, layout_of(other)), strict=True)
    return all(np.array_equal(ours, theirs) for ours, theirs in pairs)
