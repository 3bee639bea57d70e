"""Which encoder, in which pixel format, with which options; decided and checked before the first frame.

Knows nothing of containers or frames.
"""

from dataclasses import dataclass

import av

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError

ENCODERS = {
    "h264": "libx264", "avc": "libx264", "hevc": "libx265", "h265": "libx265", "av1": "libsvtav1",
    "vp9": "libvpx-vp9", "prores": "prores_ks",
}  # fmt: skip
"""Codec families and the encoder that stands for each."""

STILLS = {".png": "png"}
"""Encoders that ``auto`` means for a picture file."""

RGB_ENCODERS = {"libx264": "libx264rgb"}
"""Encoders that have a sibling for RGB."""

CRF_ENCODERS = frozenset({"libx264", "libx264rgb", "libx265", "libsvtav1", "libvpx-vp9", "libvpx", "libaom-av1"})


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """An encoder, the pixel format that goes into it, its options, and what was changed and why (perhaps nothing)."""

    encoder: str
    pixel_format: str
    full_range: bool
    options: tuple[tuple[str, str], ...]
    remark: str | None


def choose_encoder(config: EncodeConfig, planar_format: str, full_range: bool, suffix: str = "") -> EncoderChoice:
    """Return how pictures of a planar pixel format are encoded into a file of a suffix.

    Raises:
        ConfigError: there is no such encoder.
        SinkError: the encoder holds no pixel format of the source's depth and chroma.
    """
    # The deprecated yuvj formats are yuv with a full-range tag.
    wanted = planar_format.replace("yuvj", "yuv")
    names = _candidates(config.codec, suffix.lower())
    for name in names:
        formats = _formats(name)
        for encoder in (name, RGB_ENCODERS.get(name, name)):
            chosen = _nearest(wanted, formats if encoder == name else _formats(encoder))
            if chosen is None:
                continue
            remark = (
                None if chosen == wanted else f"pixel format {wanted} encoded as {chosen}: {encoder} holds no other"
            )
            return EncoderChoice(encoder, chosen, full_range, _options(encoder, config), remark)
    raise SinkError(f"{' and '.join(names)} cannot encode {wanted}; try --codec ffv1 into an .mkv")


def _candidates(codec: str, suffix: str) -> list[str]:
    if codec != "auto":
        return [ENCODERS.get(codec, codec)]
    return [STILLS[suffix]] if suffix in STILLS else ["libx264", "libx265"]


def _formats(encoder: str) -> list[str]:
    try:
        codec = av.Codec(encoder, "w")
    except (av.error.FFmpegError, ValueError) as error:
        raise ConfigError(f"--codec {encoder}: no such encoder here; 'faceerase doctor' lists them") from error
    if codec.type != "video":
        raise ConfigError(f"--codec {encoder}: not a video encoder")
    return [video_format.name for video_format in codec.video_formats or []]


def _nearest(wanted: str, formats: list[str]) -> str | None:
    """Return the same format, else one that holds every sample of it: same chroma, as deep or deeper, RGB stays RGB."""
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
        depth, least = target.components[0].bits, source.components[0].bits
        enough = len(target.components) >= len(source.components) and depth >= least
        if same_kind and same_chroma and enough:
            fits.append((depth, len(target.components), name))
    return min(fits)[2] if fits else None


def _options(encoder: str, config: EncodeConfig) -> tuple[tuple[str, str], ...]:
    options = {"threads": str(config.threads)}
    if encoder in CRF_ENCODERS:
        options["crf"] = str(config.crf)
    if encoder == "libx265":
        # x265's own pool ignores FFmpeg's thread count, and prints a page to stderr.
        options["x265-params"] = f"pools={config.threads}:frame-threads=1:log-level=error"
    if encoder == "libsvtav1":
        options["svtav1-params"] = f"lp={config.threads}"
    if encoder == "libvpx-vp9":
        options["b"] = "0"
    return tuple(options.items())
