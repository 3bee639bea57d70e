"""Which encoder, in which pixel format, with which options; decided and checked before the first frame.

Knows nothing of open containers or frames.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import av

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.encode.holds import held_by

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

STILLS = {".png": "png"}
"""Encoders that ``auto`` means for a picture file."""

RGB_ENCODERS = {"libx264": "libx264rgb"}
"""Encoders that have a sibling for RGB."""

SHALLOWER = frozenset({"prores_ks"})
"""Encoders that may take fewer bits of their own codec's films: ProRes 4444 is decoded with 12 and can be encoded with
10; what would keep the bits would not keep the codec."""

LISTED_ONLY = {"libx265": frozenset({"yuva420p", "yuva420p10le"})}
"""Formats that FFmpeg lists for an encoder and that its library, as PyAV ships it, refuses."""

WHOLE_CHROMA = frozenset({"libx264", "libx265"})
"""Encoders that take no picture at whose edge a chroma sample stands for less than its block: odd sizes of 4:2:0."""

CRF_ENCODERS = frozenset({"libx264", "libx264rgb", "libx265", "libsvtav1", "libvpx-vp9", "libvpx", "libaom-av1"})

PRORES = {"proxy": "proxy", "lt": "lt", "standard": "standard", "hq": "hq", "4444": "4444", "xq": "4444xq"}
"""Profiles as the decoder calls them and as the encoder wants them."""

DNXHR = {"yuv422p": "dnxhr_hq", "yuv422p10le": "dnxhr_hqx", "yuv444p10le": "dnxhr_444", "gbrp10le": "dnxhr_444"}
"""The profile for each pixel format where the source does not say (DNxHD is one of sizes and rates, DNxHR of all)."""


@dataclass(frozen=True, slots=True)
class SourceCodec:
    """How a film's picture is coded.

    Attributes:
        name: FFmpeg's canonical name of the codec.
        profile: as its decoder calls it, or None.
        size: width and height of the picture; without them every encoder counts as one that takes it.
    """

    name: str
    profile: str | None = None
    size: tuple[int, int] = (0, 0)


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
    names = _candidates(config.codec, source.name, suffix.lower())
    for name in names:
        for encoder in (name, RGB_ENCODERS.get(name, name)):
            shallower = encoder in SHALLOWER and KEPT.get(source.name) == encoder
            chosen = _asked_for(config.pix_fmt, encoder) or _nearest(wanted, _formats(encoder), shallower)
            if chosen is None or not _takes(encoder, chosen, source.size):
                continue
            options = _options(encoder, chosen, full_range, source, config)
            remarks = [] if config.codec != "auto" else _codec_remark(source, encoder, wanted, suffix.lower())
            if chosen != wanted:
                why = "as asked" if config.pix_fmt else f"{encoder} holds no other"
                remarks.append(f"pixel format {wanted} encoded as {chosen}: {why}")
            return EncoderChoice(encoder, chosen, full_range, options, tuple(remarks), config.smart_copy)
    raise SinkError(f"{' and '.join(names)} cannot encode {_described(wanted, source)}; try --codec ffv1 into an .mkv")


def _canonical(encoder: str) -> str:
    """Return FFmpeg's name of the codec that an encoder writes."""
    return str(_encoder(encoder).canonical_name)


def _candidates(codec: str, source: str, suffix: str) -> list[str]:
    if codec != "auto":
        return [ENCODERS.get(codec, codec)]
    if suffix in STILLS:
        return [STILLS[suffix]]
    held = held_by(suffix)
    names = dict.fromkeys([*([KEPT[source]] if source in KEPT else []), *OTHERWISE])
    return [name for name in names if held is None or _canonical(name) in held] or [OTHERWISE[0]]


def _codec_remark(source: SourceCodec, encoder: str, wanted: str, suffix: str) -> list[str]:
    written = _canonical(encoder)
    if suffix in STILLS or written == source.name:
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
    return [name for name in listed if name not in LISTED_ONLY.get(encoder, ())]


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
    formats = _formats(encoder)
    if formats and pixel_format not in formats:
        raise ConfigError(f"--pix-fmt {pixel_format}: {encoder} takes {', '.join(formats)}")
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


def _options(
    encoder: str, pixel_format: str, full_range: bool, source: SourceCodec, config: EncodeConfig
) -> tuple[tuple[str, str], ...]:
    options = {"threads": str(config.threads)}
    if config.bitrate is not None:
        options["b"] = config.bitrate
    elif encoder in CRF_ENCODERS:
        options["crf"] = str(config.crf)
    if config.preset is not None:
        options["preset"] = config.preset
    if encoder == "libx265":
        # x265's own pool ignores FFmpeg's thread count, and prints a page to stderr.
        options["x265-params"] = f"pools={config.threads}:frame-threads=1:log-level=error"
        options["a53cc"] = "1"  # closed captions, which it writes only where asked to
    if encoder == "libsvtav1":
        options["svtav1-params"] = f"lp={config.threads}"
    if encoder == "libvpx-vp9" and config.bitrate is None:
        options["b"] = "0"
    if encoder == "mjpeg" and config.bitrate is None:
        options |= {"qmin": "2", "qmax": "2"}  # the finest steps that the codec's tables know
    if encoder == "mjpeg" and not full_range:
        options["strict"] = "unofficial"  # limited range is not in JPEG's standard; what was so stays so
    profile = _profile(encoder, pixel_format, source)
    if profile is not None:
        options["profile"] = profile
    _refuse_unknown(encoder, [*config.options, *(["preset"] if config.preset is not None else [])])
    return tuple({**options, **config.options}.items())


def _profile(encoder: str, pixel_format: str, source: SourceCodec) -> str | None:
    said = (source.profile or "").lower()
    if encoder == "prores_ks":
        usual = "hq" if pixel_format.startswith("yuv422") else "4444"
        return PRORES.get(said, usual) if source.name == "prores" else usual
    if encoder == "dnxhd":
        kept = said.replace(" ", "_")
        fits = source.name == "dnxhd" and kept.startswith("dnxhr") and DNXHR.get(pixel_format) != "dnxhr_444"
        return kept if fits else DNXHR.get(pixel_format)
    return None


def _refuse_unknown(encoder: str, options: Iterable[str]) -> None:
    supported = av.CodecContext.create(encoder, "w").supported_options
    known = {option.name for option in (*supported.generic, *supported.private)}
    for name in options:
        if name not in known:
            raise ConfigError(f"--encoder-option {name}: {encoder} has no such option")
