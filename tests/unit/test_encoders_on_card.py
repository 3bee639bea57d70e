"""Encoders on a card: opened before they are trusted; where one does not do, the same codec by software, and told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from passing import pass_through

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError
from faceerase.streamer.encode import codecs
from faceerase.streamer.encode.codecs import EncoderChoice, choose_encoder
from faceerase.streamer.encode.on_card import SOFTWARE, refusal
from faceerase.streamer.encode.pixels import convert
from faceerase.streamer.encode.settings import SourceCodec
from faceerase.streamer.planes import layout_of, plane_views, to_planar

H264 = SourceCodec("h264", "High", (64, 48))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what was opened on a card that takes everything."""
    asked: list[Any] = []

    def opens(encoder: str, pixel_format: str, size: tuple[int, int]) -> None:
        asked.append((encoder, pixel_format, size))

    monkeypatch.setattr(codecs, "refusal", opens)
    return asked


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every card."""
    monkeypatch.setattr(codecs, "refusal", lambda *asked: "no card answers")


def choose(codec: str, pixel_format: str = "yuv420p", source: SourceCodec = H264, **encode: Any) -> EncoderChoice:
    config = EncodeConfig.model_validate({"codec": codec, **encode})
    return choose_encoder(config, source, pixel_format, False, ".mkv")


@pytest.mark.parametrize("codec", sorted(SOFTWARE))
def test_a_card_that_opens_is_taken_with_constant_quality(opened: list[Any], codec: str) -> None:
    choice = choose(codec, crf=60)
    assert (choice.encoder, choice.pixel_format, choice.remarks) == (codec, "yuv420p", ())
    assert opened == [(codec, "yuv420p", (64, 48))]
    assert {("rc", "vbr"), ("cq", "51"), ("b", "0")} <= set(choice.options)
    assert "crf" not in dict(choice.options)


def test_a_bit_rate_stands_instead_of_quality(opened: list[Any]) -> None:
    options = dict(choose("hevc_nvenc", bitrate="8M").options)
    assert options["b"] == "8M"
    assert "cq" not in options


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(("codec", "software"), sorted(SOFTWARE.items()))
def test_where_it_does_not_open_the_software_encodes(codec: str, software: str) -> None:
    choice = choose(codec)
    assert choice.encoder == software
    assert choice.remarks == (f"encoded by {software}, not by {codec}: no card answers",)


@pytest.mark.usefixtures("refused")
def test_the_cards_own_options_are_left_out_and_named() -> None:
    choice = choose("h264_nvenc", preset="p5", options={"tune": "hq"}, crf=23)
    assert dict(choice.options)["crf"] == "23"
    assert not {"preset", "tune"} & set(dict(choice.options))
    assert choice.remarks == ("encoded by libx264, without its preset, tune, not by h264_nvenc: no card answers",)


@pytest.mark.parametrize(
    ("wanted", "chosen"), [("yuv420p10le", "p010le"), ("yuv422p", "nv16"), ("yuv422p10le", "p210le")]
)
def test_formats_that_a_card_takes_keep_every_sample(
    opened: list[Any], noise_picture: Callable[..., av.VideoFrame], wanted: str, chosen: str
) -> None:
    choice = choose("hevc_nvenc", wanted)
    assert choice.pixel_format == chosen
    assert choice.remarks == (f"pixel format {wanted} encoded as {chosen}: hevc_nvenc holds no other",)
    picture = noise_picture(wanted)
    again = to_planar(convert(picture, choice))
    assert again.format.name == wanted
    before, after = plane_views(picture, layout_of(picture)), plane_views(again, layout_of(again))
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("wanted", ["yuv420p12le", "yuv444p10le", "gbrp"])
def test_what_a_card_would_make_less_of_goes_to_the_software(opened: list[Any], wanted: str) -> None:
    choice = choose("hevc_nvenc", wanted)
    assert (choice.encoder, choice.pixel_format) == ("libx265", wanted)
    assert choice.remarks == (f"encoded by libx265, not by hevc_nvenc: it cannot encode {wanted}",)
    assert opened == []


def test_a_format_that_neither_has_is_refused(opened: list[Any]) -> None:
    with pytest.raises(ConfigError, match="--pix-fmt rgb48le: libx264 takes"):
        choose("h264_nvenc", pix_fmt="rgb48le")


def test_the_real_one_is_asked_before_the_first_frame(small_film: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mkv"
    there = refusal("h264_nvenc", "yuv420p", (64, 48)) is None
    passed = pass_through(small_film, target, codec="h264_nvenc")
    assert (passed.choice.encoder == "h264_nvenc") == there
    assert there or "not by h264_nvenc: " in passed.choice.remarks[0]
    with av.open(str(target)) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in film.decode(video=0)) == 12
