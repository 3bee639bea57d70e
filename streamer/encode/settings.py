"""The options of an encoder: what is asked for, what keeps the source's profile, what the same bits each time need.

Knows nothing of containers or frames.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import av
import cv2

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError
from faceerase.streamer.encode.on_card import SOFTWARE

CRF_ENCODERS = frozenset({"libx264", "libx264rgb", "libx265", "libsvtav1", "libvpx-vp9", "libvpx", "libaom-av1"})

GREATEST_CQ = 51
"""Of NVENC's constant quality, which means about what H.264's CRF means."""

AVX_512 = 13
"""OpenCV's number of that set of instructions (CV_CPU_AVX_512F), which it does not name in Python."""

X264_STEADY = "asm=AVX2"
"""On CPUs with AVX-512, x264's macroblock tree reads memory that it never wrote: the same frames give other bits from
time to time (ADR 33). Every such CPU has AVX2."""

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


def options_of(
    encoder: str, pixel_format: str, full_range: bool, source: SourceCodec, config: EncodeConfig
) -> tuple[tuple[str, str], ...]:
    """Return an encoder's options for a source coded so, the user's own last.

    Raises:
        ConfigError: it has no such option.
    """
    options = {"threads": str(config.threads)}
    if config.bitrate is not None:
        options["b"] = config.bitrate
    elif encoder in CRF_ENCODERS:
        options["crf"] = str(config.crf)
    elif encoder in SOFTWARE:
        options |= {"rc": "vbr", "cq": str(min(config.crf, GREATEST_CQ)), "b": "0"}
    if config.preset is not None:
        options["preset"] = config.preset
    if encoder == "libx265":
        # x265's own pool ignores FFmpeg's thread count, and prints a page to stderr.
        options["x265-params"] = f"pools={config.threads}:frame-threads=1:log-level=error"
        options["a53cc"] = "1"  # closed captions, which it writes only where asked to
    if encoder in ("libx264", "libx264rgb") and cv2.checkHardwareSupport(AVX_512):
        options["x264-params"] = X264_STEADY
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
    refuse_unknown(encoder, [*config.options, *(["preset"] if config.preset is not None else [])])
    given = dict(config.options)
    for name in options.keys() & given.keys():
        if name.endswith("-params"):  # a list in itself, of which the last one wins
            given[name] = f"{options[name]}:{given[name]}"
    return tuple({**options, **given}.items())


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


def refuse_unknown(encoder: str, options: Iterable[str]) -> None:
    """Raise where an encoder lacks an option.

    Raises:
        ConfigError: naming the first that it has not.
    """
    supported = av.CodecContext.create(encoder, "w").supported_options
    known = {option.name for option in (*supported.generic, *supported.private)}
    for name in options:
        if name not in known:
            raise ConfigError(f"--encoder-option {name}: {encoder} has no such option")
