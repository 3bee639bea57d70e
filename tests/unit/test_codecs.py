"""Which encoder, in which pixel format: nothing of a sample's depth or chroma may be lost."""

import av
import pytest

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.encode.codecs import EncoderChoice, choose_encoder
from faceerase.streamer.encode.settings import CRF_ENCODERS, SourceCodec

H264 = SourceCodec("h264", "High")


def choose(codec: str, pixel_format: str, full_range: bool = False, suffix: str = "") -> EncoderChoice:
    return choose_encoder(EncodeConfig(codec=codec), H264, pixel_format, full_range, suffix)


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
    assert (choice.encoder, choice.pixel_format) == (encoder, pixel_format)
    assert bool(choice.remarks) == (encoder != "libx264")


@pytest.mark.parametrize("pixel_format", ["yuvj420p", "yuvj422p", "yuvj444p"])
def test_the_deprecated_names_of_full_range_become_plain_ones(pixel_format: str) -> None:
    choice = choose("auto", pixel_format, full_range=True)
    assert choice.pixel_format == pixel_format.replace("yuvj", "yuv")
    assert choice.full_range
    assert choice.remarks == ()


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
    assert [remark for remark in choice.remarks if "yuv422p10le" in remark]


def test_prores_of_twelve_bits_becomes_prores_of_ten_and_it_is_said() -> None:
    choice = choose_encoder(EncodeConfig(), SourceCodec("prores", "4444"), "yuv444p12le", False, ".mov")
    assert (choice.encoder, choice.pixel_format) == ("prores_ks", "yuv444p10le")
    assert choice.remarks == ("pixel format yuv444p12le encoded as yuv444p10le: prores_ks holds no other",)


@pytest.mark.parametrize(
    ("source", "pixel_format", "suffix", "encoder", "profile"),
    [
        (SourceCodec("h264", "High"), "yuv420p", ".mp4", "libx264", None),
        (SourceCodec("hevc", "Main 10"), "yuv420p10le", ".mp4", "libx265", None),
        (SourceCodec("vp9", "Profile 0"), "yuv420p", ".webm", "libvpx-vp9", None),
        (SourceCodec("av1", "Main"), "yuv420p10le", ".mkv", "libsvtav1", None),
        (SourceCodec("prores", "LT"), "yuv422p10le", ".mov", "prores_ks", "lt"),
        (SourceCodec("prores", "XQ"), "yuva444p12le", ".mov", "prores_ks", "4444xq"),
        (SourceCodec("dnxhd", "DNXHR LB"), "yuv422p", ".mov", "dnxhd", "dnxhr_lb"),
        (SourceCodec("dnxhd", "DNXHR HQX"), "yuv422p10le", ".mxf", "dnxhd", "dnxhr_hqx"),
        (SourceCodec("dnxhd", "DNXHD"), "yuv422p10le", ".mov", "dnxhd", "dnxhr_hqx"),
        (SourceCodec("dnxhd", "DNXHR 444"), "yuv444p10le", ".mov", "dnxhd", "dnxhr_444"),
        (SourceCodec("ffv1"), "yuv444p16le", ".mkv", "ffv1", None),
        (SourceCodec("mjpeg", "Baseline"), "yuvj422p", ".mov", "mjpeg", None),
    ],
)
def test_auto_keeps_the_codec(
    source: SourceCodec, pixel_format: str, suffix: str, encoder: str, profile: str | None
) -> None:
    choice = choose_encoder(EncodeConfig(), source, pixel_format, False, suffix)
    assert (choice.encoder, dict(choice.options).get("profile")) == (encoder, profile)
    assert not any(remark.startswith("codec") for remark in choice.remarks)


@pytest.mark.parametrize(
    ("source", "pixel_format", "suffix", "encoder", "why"),
    [
        ("mpeg2video", "yuv420p", ".mkv", "libx264", "codec mpeg2video encoded as h264: there is no encoder"),
        ("mpeg4", "yuv420p", ".avi", "libx264", "codec mpeg4 encoded as h264: there is no encoder"),
        ("prores", "yuv422p10le", ".mp4", "libx264", "codec prores encoded as h264: .mp4 cannot hold it"),
        ("h264", "yuv420p", ".webm", "libvpx-vp9", "codec h264 encoded as vp9: .webm cannot hold it"),
        ("av1", "yuv444p", ".mkv", "libx264", "codec av1 encoded as h264: libsvtav1 cannot encode yuv444p"),
        ("h264", "yuv420p12le", ".mp4", "libx265", "codec h264 encoded as hevc: libx264 cannot encode yuv420p12le"),
    ],
)
def test_where_auto_cannot_keep_the_codec_it_says_why(
    source: str, pixel_format: str, suffix: str, encoder: str, why: str
) -> None:
    choice = choose_encoder(EncodeConfig(), SourceCodec(source), pixel_format, False, suffix)
    assert choice.encoder == encoder
    assert choice.remarks[0].startswith(why)


def test_a_pixel_format_can_be_asked_for() -> None:
    choice = choose_encoder(EncodeConfig(codec="h264", pix_fmt="yuv420p"), H264, "yuv422p10le", False)
    assert choice.pixel_format == "yuv420p"
    assert choice.remarks == ("pixel format yuv422p10le encoded as yuv420p: as asked",)
    with pytest.raises(ConfigError, match=r"--pix-fmt yuv410p: libx264 takes .*yuv420p"):
        choose_encoder(EncodeConfig(codec="h264", pix_fmt="yuv410p"), H264, "yuv420p", False)


def test_a_bit_rate_stands_instead_of_a_quality() -> None:
    options = dict(choose_encoder(EncodeConfig(bitrate="8M"), H264, "yuv420p", False).options)
    assert options["b"] == "8M"
    assert "crf" not in options


def test_options_are_passed_on_and_unknown_ones_refused() -> None:
    config = EncodeConfig(codec="h264", preset="fast", options={"tune": "grain", "threads": "2"})
    options = dict(choose_encoder(config, H264, "yuv420p", False).options)
    assert (options["preset"], options["tune"], options["threads"]) == ("fast", "grain", "2")
    with pytest.raises(ConfigError, match="--encoder-option sharpness: libx264 has no such option"):
        choose_encoder(EncodeConfig(options={"sharpness": "3"}), H264, "yuv420p", False)
    with pytest.raises(ConfigError, match="preset: ffv1 has no such option"):
        choose_encoder(EncodeConfig(codec="ffv1", preset="fast"), H264, "yuv420p", False)


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("prores", "yuv420p"),  # chroma would be made up
        ("prores", "yuv444p12le"),  # depth would be lost
        ("h264", "yuv420p12le"),
        ("h264", "yuva420p"),  # alpha would be lost
        ("hevc", "yuva420p"),
        ("auto", "yuv411p"),
        ("auto", "yuv420p16le"),
    ],
)
def test_what_an_encoder_cannot_hold_is_refused(codec: str, pixel_format: str) -> None:
    with pytest.raises(SinkError, match=f"cannot encode {pixel_format}.*ffv1"):
        choose(codec, pixel_format)


@pytest.mark.parametrize(
    ("pixel_format", "size", "encoder"),
    [
        ("yuv420p", (65, 49), "libvpx-vp9"),
        ("yuv420p", (64, 49), "libvpx-vp9"),
        ("yuv420p10le", (65, 48), "libsvtav1"),
        ("yuv422p", (64, 49), "libx264"),
        ("yuv444p", (65, 49), "libx264"),
        ("gray", (65, 49), "libx264"),
    ],
)
def test_an_odd_size_is_encoded_by_who_takes_it(pixel_format: str, size: tuple[int, int], encoder: str) -> None:
    choice = choose_encoder(EncodeConfig(), SourceCodec("h264", "High", size), pixel_format, False, ".mp4")
    assert choice.encoder == encoder
    if encoder != "libx264":
        assert choice.remarks[0].endswith(f"libx264 cannot encode {pixel_format} of {size[0]}×{size[1]}")


def test_an_odd_size_is_refused_with_the_way_out() -> None:
    odd = SourceCodec("ffv1", None, (65, 49))
    with pytest.raises(
        SinkError,
        match=r"libx265 cannot encode yuv420p of 65×49; choose a --pix-fmt, or try --codec ffv1 into an \.mkv",
    ):
        choose_encoder(EncodeConfig(codec="hevc"), odd, "yuv420p", False, ".mkv")


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
    options = dict(choose_encoder(config, H264, "yuv422p10le", False).options)
    assert options["threads"] == "3"
    assert options.get("crf") == ("31" if encoder in CRF_ENCODERS else None)
    assert ("pools=3" in options.get("x265-params", "")) == (encoder == "libx265")


@pytest.mark.parametrize("suffix", [".png", ".PNG"])
def test_a_still_is_a_png(suffix: str) -> None:
    choice = choose("auto", "gbrp", full_range=True, suffix=suffix)
    assert choice.encoder == "png"
    assert choice.pixel_format == "rgb24" or not choice.pixel_format.startswith("yuv")


@pytest.mark.parametrize(
    ("pixel_format", "suffix", "encoder"), [("yuv422p", ".mxf", "dnxhd"), ("gbrp", ".mkv", "libx265")]
)
def test_auto_takes_an_encoder_that_has_the_format_that_is_asked_for(
    pixel_format: str, suffix: str, encoder: str
) -> None:
    config = EncodeConfig(pix_fmt=pixel_format)
    choice = choose_encoder(config, SourceCodec("mpeg2video"), "yuv420p", False, suffix)
    assert (choice.encoder, choice.pixel_format) == (encoder, pixel_format)


@pytest.mark.parametrize(("wide", "expected"), [(True, "asm=AVX2:ref=2"), (False, "ref=2")])
def test_x264_does_not_use_what_is_not_steady(wide: bool, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceerase.streamer.encode.settings.cv2.checkHardwareSupport", lambda _: wide)
    config = EncodeConfig(codec="h264", options={"x264-params": "ref=2"})
    options = dict(choose_encoder(config, SourceCodec("h264"), "yuv420p", False).options)
    assert options["x264-params"] == expected
