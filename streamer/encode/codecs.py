"""Which encoder, and in which pixel format; decided and checked before the first frame.

Knows nothing of open containers or frames.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import av

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.holds import held_by
from faceerase.streamer.encode.on_card import SOFTWARE, TAKEN, refusal
from faceerase.streamer.encode.settings import SourceCodec, options_of, refuse_unknown
from faceerase.streamer.stills.formats import nearest_format
from faceerase.streamer.stills.kinds import Kind, kind_of_name

ENCODERS = {
    "h264": "libx264", "avc": "libx264", "hevc": "libx265", "h265": "libx265", "av1": "libsvtav1",
    "vp9": "libvpx-vp9", "prores": "prores_ks", "dnxhr": "dnxhd",
}  # fmt: skip
"""Codec families and the encoder that stands for each."""

KEPT = {
    "h264": "libx264", "hevc": "libx265", "vp9": "libvpx-vp9", "av1": "libsvtav1", "prores": "prores_ks",
    "dnxhd": "dnxhd", "ffv1": "ffv1", "mjpeg": "mjpeg",
}  # fmt: skip
"""Codecs of sources that ``auto`` keeps, by FFmpeg's canonical name, and the encoder for each."""

OTHERWISE = ("libx264", "libx265", "libvpx-vp9", "libsvtav1")
"""What ``auto`` takes in turn where it cannot keep the codec."""

MASTERS = ("prores_ks", "dnxhd")
"""What ``auto`` takes in turn in containers that hold none of these (MXF)."""

RGB_ENCODERS = {"libx264": "libx264rgb"}
"""Encoders that have a sibling for RGB."""

SHALLOWER = frozenset({"prores_ks"})
"""Encoders that may take fewer bits of their own codec's films: ProRes 4444 is decoded with 12 and can be encoded with
10; what would keep the bits would not keep the codec."""

LISTED_ONLY = {
    "libx265": frozenset({"yuva420p", "yuva420p10le"}),
    "ffv1": frozenset({"grayf16le", "yaf16le", "gbrpf16le", "gbrpf32le"}),
}
"""Formats that FFmpeg lists for an encoder and that its library, as PyAV ships it, refuses."""

WHOLE_CHROMA = frozenset({"libx264", "libx265", *SOFTWARE})
"""Encoders that take no picture at whose edge a chroma sample stands for less than its block: odd sizes of 4:2:0."""


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """An encoder, the pixel format that goes into it, its options, and what was changed and why (perhaps nothing).

    ``smart_copy``: pictures in which nothing is erased are copied where they can be.
    """

    encoder: str
    pixel_format: str
    full_range: bool
    options: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()
    smart_copy: bool = False


def encoder_for(info: FilmInfo, config: EncodeConfig, suffix: str) -> EncoderChoice:
    """Return how the picture of a film is encoded into a file of a suffix; errors as ``choose_encoder``."""
    source = SourceCodec(info.codec, info.profile, (info.width, info.height))
    return choose_encoder(config, source, info.planar_format, info.full_range, suffix)


def choose_encoder(
    config: EncodeConfig, source: SourceCodec, planar_format: str, full_range: bool, suffix: str = ""
) -> EncoderChoice:
    """Return how pictures of a planar pixel format are encoded into a file of a suffix.

    Raises:
        ConfigError: there is no such encoder, or it has no such option or pixel format.
        SinkError: the encoder holds no pixel format of the source's depth and chroma.
    """
    # The deprecated yuvj formats are yuv with a full-range tag.
    wanted = planar_format.replace("yuvj", "yuv")
    kind = kind_of_name(Path(f"_{suffix}"))
    if kind is not None:
        return _choose_for_pictures(config, kind, wanted, full_range)
    if config.codec in SOFTWARE:
        why = _why_not_on_card(config, wanted, source.size)
        if why is not None:
            return _in_its_place(why, config, source, planar_format, full_range, suffix)
    names = _candidates(config.codec, source.name, suffix.lower())
    for name in names:
        for encoder in (name, RGB_ENCODERS.get(name, name)):
            shallower = encoder in SHALLOWER and KEPT.get(source.name) == encoder
            chosen = config.pix_fmt or _nearest(wanted, _formats(encoder), shallower)
            if chosen is None or not _lists(encoder, chosen) or not _takes(encoder, chosen, source.size):
                continue
            options = options_of(encoder, chosen, full_range, source, config)
            remarks = [] if config.codec != "auto" else _codec_remark(source, encoder, wanted, suffix.lower())
            if chosen != wanted:
                why = "as asked" if config.pix_fmt else f"{encoder} holds no other"
                remarks.append(f"pixel format {wanted} encoded as {chosen}: {why}")
            # RGB that becomes YUV, as asked, becomes that of films.
            leaves_rgb = av.VideoFormat(wanted).is_rgb and not av.VideoFormat(chosen).is_rgb
            return EncoderChoice(
                encoder, chosen, full_range and not leaves_rgb, options, tuple(remarks), config.smart_copy
            )
    _asked_for(config.pix_fmt, names[0])
    tried = " and ".join(names)
    what = _described(wanted, source)
    raise SinkError(f"{tried} cannot encode {what}; choose a --pix-fmt, or try --codec ffv1 into an .mkv")


def _why_not_on_card(config: EncodeConfig, wanted: str, size: tuple[int, int]) -> str | None:
    chosen = config.pix_fmt or _nearest(wanted, _formats(config.codec), shallower=False)
    if chosen is None or not _lists(config.codec, chosen) or not _takes(config.codec, chosen, size):
        return f"it cannot encode {_described(chosen or wanted, SourceCodec('', size=size))}"
    return refusal(config.codec, chosen, size)


def _in_its_place(
    why: str, config: EncodeConfig, source: SourceCodec, planar_format: str, full_range: bool, suffix: str
) -> EncoderChoice:
    """Return the choice without the card: the same codec by software, the card's own options left out."""
    left_out = [*(["preset"] if config.preset is not None else []), *config.options]
    software = config.model_copy(update={"codec": SOFTWARE[config.codec], "preset": None, "options": {}})
    choice = choose_encoder(software, source, planar_format, full_range, suffix)
    without = f", without its {', '.join(left_out)}" if left_out else ""
    remark = f"encoded by {choice.encoder}{without}, not by {config.codec}: {why}"
    return replace(choice, remarks=(remark, *choice.remarks))


def _choose_for_pictures(config: EncodeConfig, kind: Kind, wanted: str, full_range: bool) -> EncoderChoice:
    encoder = kind.encoder
    if config.codec not in ("auto", encoder) or config.bitrate is not None:
        raise ConfigError(f"--codec and --bitrate are for films: {kind.name} pictures have the one codec of their kind")
    nearest, remark = nearest_format(wanted, _formats(encoder), encoder)
    chosen = _asked_for(config.pix_fmt, encoder)
    if chosen is not None and chosen != nearest:
        nearest, remark = chosen, f"pixel format {wanted} encoded as {chosen}: as asked"
    preset = {"preset": config.preset} if config.preset is not None else {}
    refuse_unknown(encoder, [*config.options, *preset])
    options = {**preset, **config.options}
    return EncoderChoice(encoder, nearest, full_range, tuple(options.items()), (remark,) if remark else ())


def _canonical(encoder: str) -> str:
    """Return FFmpeg's name of the codec that an encoder writes."""
    return str(_encoder(encoder).canonical_name)


def _candidates(codec: str, source: str, suffix: str) -> list[str]:
    if codec != "auto":
        return [ENCODERS.get(codec, codec)]
    held = held_by(suffix)
    names = dict.fromkeys([*([KEPT[source]] if source in KEPT else []), *OTHERWISE])
    return [name for name in names if held is None or _canonical(name) in held] or list(MASTERS)


def _codec_remark(source: SourceCodec, encoder: str, wanted: str, suffix: str) -> list[str]:
    written = _canonical(encoder)
    if written == source.name:
        return []
    held = held_by(suffix)
    if source.name not in KEPT:
        why = "there is no encoder for it here, or none that anybody should still use"
    elif held is not None and source.name not in held:
        why = f"{suffix} cannot hold it"
    else:
        why = f"{KEPT[source.name]} cannot encode {_described(wanted, source)}"
    return [f"codec {source.name} encoded as {written}: {why}"]


def _encoder(name: str) -> av.Codec:
    try:
        codec = av.Codec(name, "w")
    except (av.error.FFmpegError, ValueError) as error:
        raise ConfigError(f"--codec {name}: no such encoder here; 'faceerase doctor' lists them") from error
    if codec.type != "video":
        raise ConfigError(f"--codec {name}: not a video encoder")
    return codec


def _formats(encoder: str) -> list[str]:
    listed = [video_format.name for video_format in _encoder(encoder).video_formats or []]
    kept = TAKEN if encoder in SOFTWARE else listed
    return [name for name in listed if name in kept and name not in LISTED_ONLY.get(encoder, ())]


def _lists(encoder: str, pixel_format: str) -> bool:
    formats = _formats(encoder)
    return not formats or pixel_format in formats


def _described(pixel_format: str, source: SourceCodec) -> str:
    width, height = source.size
    return f"{pixel_format} of {width}×{height}" if width % 2 or height % 2 else pixel_format


def _takes(encoder: str, pixel_format: str, size: tuple[int, int]) -> bool:
    if encoder not in WHOLE_CHROMA:
        return True
    chosen = av.VideoFormat(pixel_format)
    return not (size[0] % (64 // chosen.chroma_width(64)) or size[1] % (64 // chosen.chroma_height(64)))


def _asked_for(pixel_format: str | None, encoder: str) -> str | None:
    if pixel_format is None:
        return None
    if not _lists(encoder, pixel_format):
        raise ConfigError(f"--pix-fmt {pixel_format}: {encoder} takes {', '.join(_formats(encoder))}")
    return pixel_format


def _nearest(wanted: str, formats: list[str], shallower: bool) -> str | None:
    """Return the same format, else one that holds every sample of it: same chroma, as deep or deeper, RGB stays RGB.

    With ``shallower`` the deepest of fewer bits where there is none.
    """
    if wanted in formats or not formats:
        return wanted
    source = av.VideoFormat(wanted)
    fits = []
    for name in formats:
        target = av.VideoFormat(name)
        if name.startswith("yuvj") or target.has_palette or target.is_big_endian:
            continue
        same_kind = target.is_rgb == source.is_rgb
        same_chroma = (target.chroma_width(64), target.chroma_height(64)) == (
            source.chroma_width(64), source.chroma_height(64),
        )  # fmt: skip
        if same_kind and same_chroma and len(target.components) >= len(source.components):
            fits.append((target.components[0].bits, len(target.components), name))
    enough = [fit for fit in fits if fit[0] >= source.components[0].bits]
    if enough or not shallower:
        return min(enough)[2] if enough else None
    return max(fits, key=lambda fit: (fit[0], -fit[1]))[2] if fits else None
