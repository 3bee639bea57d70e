"""Which encoder, in which pixel format: nothing of a sample's depth or chroma may be lost."""

import av
import pytest

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.encode.codecs import CRF_ENCODERS, EncoderChoice, choose_encoder


def choose(codec: str, pixel_format: str, full_range: bool = False, suffix: str = "") -> EncoderChoice:
    return choose_encoder(EncodeConfig(codec=codec), pixel_format, full_range, suffix)


@pytest.mark.parametrize(
    ("pixel_format", "encoder"),
    [
        ("yuv420p", "libx264"),
        ("yuv422p", "libx264"),
        ("yuv444p", "libx264"),
        ("yuv420p10le", "libx264"),
        ("yuv422p10le", "libx264"),
        ("yuv444p10le", "libx264"),
        ("gray", "libx264"),
        ("gray10le", "libx264"),
        ("yuv420p12le", "libx265"),
        ("yuv422p12le", "libx265"),
        ("yuv444p12le", "libx265"),
        ("gbrp10le", "libx265"),
    ],
)
def test_auto_is_h264_at_the_sources_depth_and_chroma_or_else_h265(pixel_format: str, encoder: str) -> None:
    choice = choose("auto", pixel_format)
    assert (choice.encoder, choice.pixel_format, choice.remark) == (encoder, pixel_format, None)


@pytest.mark.parametrize("pixel_format", ["yuvj420p", "yuvj422p", "yuvj444p"])
def test_the_deprecated_names_of_full_range_become_plain_ones(pixel_format: str) -> None:
    choice = choose("auto", pixel_format, full_range=True)
    assert choice.pixel_format == pixel_format.replace("yuvj", "yuv")
    assert choice.full_range
    assert choice.remark is None


def test_8_bit_rgb_stays_rgb() -> None:
    choice = choose("h264", "gbrp", full_range=True)
    assert choice.encoder == "libx264rgb"
    assert av.VideoFormat(choice.pixel_format).is_rgb


@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv411p", "yuv444p16le", "gray16le", "yuva420p", "gbrp10le", "gbrap"]
)
def test_ffv1_keeps_everything(pixel_format: str) -> None:
    choice = choose("ffv1", pixel_format)
    assert choice.encoder == "ffv1"
    held, wanted = av.VideoFormat(choice.pixel_format), av.VideoFormat(pixel_format)
    assert held.is_rgb == wanted.is_rgb
    assert len(held.components) >= len(wanted.components)
    assert held.components[0].bits >= wanted.components[0].bits
    assert (held.chroma_width(64), held.chroma_height(64)) == (wanted.chroma_width(64), wanted.chroma_height(64))


@pytest.mark.parametrize(
    ("family", "encoder"), [("h264", "libx264"), ("avc", "libx264"), ("hevc", "libx265"), ("h265", "libx265")]
)
def test_a_family_stands_for_an_encoder(family: str, encoder: str) -> None:
    assert choose(family, "yuv420p").encoder == encoder


def test_a_deeper_format_is_taken_and_said() -> None:
    choice = choose("prores", "yuv422p")
    assert (choice.encoder, choice.pixel_format) == ("prores_ks", "yuv422p10le")
    assert choice.remark is not None
    assert "yuv422p10le" in choice.remark


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("prores", "yuv420p"),  # chroma would be made up
        ("prores", "yuv444p12le"),  # depth would be lost
        ("h264", "yuv420p12le"),
        ("h264", "yuva420p"),  # alpha would be lost
        ("auto", "yuv411p"),
        ("auto", "yuv420p16le"),
    ],
)
def test_what_an_encoder_cannot_hold_is_refused(codec: str, pixel_format: str) -> None:
    with pytest.raises(SinkError, match=f"cannot encode {pixel_format}.*ffv1"):
        choose(codec, pixel_format)


@pytest.mark.parametrize("codec", ["x264", "nonsense", "h266", "png-pipe"])
def test_an_unknown_encoder_is_refused_by_name(codec: str) -> None:
    with pytest.raises(ConfigError, match=f"--codec {codec}: no such encoder"):
        choose(codec, "yuv420p")


@pytest.mark.parametrize("codec", ["aac", "flac", "pcm_s16le"])
def test_a_sound_encoder_is_refused(codec: str) -> None:
    with pytest.raises(ConfigError, match=f"--codec {codec}: not a video encoder"):
        choose(codec, "yuv420p")


@pytest.mark.parametrize("encoder", ["libx264", "libx265", "ffv1", "prores_ks"])
def test_options_come_from_the_configuration_alone(encoder: str) -> None:
    config = EncodeConfig(codec=encoder, crf=31, threads=3)
    options = dict(choose_encoder(config, "yuv422p10le", False).options)
    assert options["threads"] == "3"
    assert options.get("crf") == ("31" if encoder in CRF_ENCODERS else None)
    assert ("pools=3" in options.get("x265-params", "")) == (encoder == "libx265")


@pytest.mark.parametrize("suffix", [".png", ".PNG"])
def test_a_still_is_a_png(suffix: str) -> None:
    choice = choose("auto", "gbrp", full_range=True, suffix=suffix)
    assert choice.encoder == "png"
    assert choice.pixel_format == "rgb24" or not choice.pixel_format.startswith("yuv")
