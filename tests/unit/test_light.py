"""HDR10's static metadata: the same numbers before and after, in the bitstream and in the container."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from passing import pass_through

from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.light import Light, Mastering, light_of
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.light import template, with_light

P3 = Mastering(
    red=(Fraction(34000, 50000), Fraction(16000, 50000)),
    green=(Fraction(13250, 50000), Fraction(34500, 50000)),
    blue=(Fraction(7500, 50000), Fraction(3000, 50000)),
    white=(Fraction(15635, 50000), Fraction(16450, 50000)),
    darkest=Fraction(1, 10000),
    brightest=Fraction(1000),
)
HDR10 = Light(P3, (1000, 400))


@pytest.fixture
def hdr_info(tmp_path: Path, make_film: Callable[..., Path]) -> FilmInfo:
    """What is known of an HDR film of which only the pictures are there."""
    path = make_film(tmp_path / "source.mkv", codec="ffv1", pixel_format="yuv420p10le", times=range(3))
    return replace(FilmSource(path).info, light=HDR10, color_primaries=9, color_trc=16, colorspace=9, color_range=1)


def write(target: Path, info: FilmInfo, codec: str) -> None:
    pass_through(info.path, target, info=info, codec=codec)


def in_bitstream(path: Path) -> Light:
    """Decode packets apart from their container."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        decoder = av.CodecContext.create(stream.codec_context.codec.canonical_name, "r")
        decoder.extradata = stream.codec_context.extradata
        packets = [packet for packet in film.demux(stream) if packet.size]
        pictures = [picture for packet in packets for picture in decoder.decode(packet)] + decoder.decode(None)
    return light_of(pictures[0])


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_hevc_has_it_in_the_bitstream_and_in_the_container(tmp_path: Path, hdr_info: FilmInfo, suffix: str) -> None:
    target = tmp_path / f"copy{suffix}"
    write(target, hdr_info, "hevc")
    info = FilmSource(target).info
    assert info.light == in_bitstream(target) == HDR10
    assert info.pixel_format == "yuv420p10le"
    assert (info.color_primaries, info.color_trc, info.colorspace, info.color_range) == (9, 16, 9, 1)
    assert in_container(target)


def in_container(path: Path) -> bool:
    """Tell whether the container's own boxes or elements are there, by their bytes."""
    data = path.read_bytes()
    if path.suffix == ".mkv":
        return bytes.fromhex("55D0") in data and bytes.fromhex("55BC") in data
    return b"mdcv" in data and b"clli" in data


@pytest.mark.parametrize(("codec", "suffix"), [("h264", ".mkv"), ("av1", ".mp4"), ("prores", ".mov"), ("ffv1", ".mkv")])
def test_the_container_keeps_it_exactly(tmp_path: Path, hdr_info: FilmInfo, codec: str, suffix: str) -> None:
    info = replace(hdr_info, planar_format="yuv422p10le") if codec == "prores" else hdr_info
    target = tmp_path / f"copy{suffix}"
    write(target, info, codec)
    assert in_container(target)
    if codec != "av1":  # whose bitstream counts in steps of its own, and is what decoders believe
        assert FilmSource(target).info.light == HDR10


def test_half_of_it_is_kept_too(tmp_path: Path, hdr_info: FilmInfo) -> None:
    for light in (Light(P3, None), Light(None, (700, 200))):
        write(tmp_path / "copy.mkv", replace(hdr_info, light=light), "hevc")
        assert FilmSource(tmp_path / "copy.mkv").info.light == in_bitstream(tmp_path / "copy.mkv") == light


def test_a_second_generation_is_the_same(tmp_path: Path, hdr_info: FilmInfo) -> None:
    write(tmp_path / "one.mkv", hdr_info, "hevc")
    write(tmp_path / "two.mp4", FilmSource(tmp_path / "one.mkv").info, "hevc")
    assert FilmSource(tmp_path / "two.mp4").info.light == HDR10


@pytest.mark.parametrize("light", [Light(), HDR10])
@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_hevc_is_called_what_every_player_knows(tmp_path: Path, hdr_info: FilmInfo, light: Light, suffix: str) -> None:
    write(tmp_path / f"copy{suffix}", replace(hdr_info, light=light), "hevc")
    with av.open(str(tmp_path / f"copy{suffix}")) as film:
        assert film.streams.video[0].codec_context.codec_tag == "hvc1"


def test_a_film_without_it_gets_none(tmp_path: Path, hdr_info: FilmInfo) -> None:
    write(tmp_path / "copy.mp4", replace(hdr_info, light=Light()), "hevc")
    assert FilmSource(tmp_path / "copy.mp4").info.light == Light()
    assert not in_container(tmp_path / "copy.mp4")


def test_given_parameters_stand_last_and_win() -> None:
    options = with_light("libx265", {"x265-params": "pools=1", "crf": "20"}, Light(None, (1000, 400)))
    assert options == {"x265-params": "max-cll=1000,400:pools=1", "crf": "20"}
    assert with_light("prores_ks", {"profile": "hq"}, HDR10) == {"profile": "hq"}
    assert with_light("libx265", {"crf": "20"}, Light()) == {"crf": "20"}


def test_a_template_is_only_made_of_what_it_is_needed_for() -> None:
    assert template("hevc", 64, 48, Light()) is None
    assert template("mpeg2video", 64, 48, HDR10) is None
    shape = template("hevc", 64, 48, HDR10)
    assert shape is not None
    with shape:
        assert (shape.streams.video[0].width, shape.streams.video[0].height) == (64, 48)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_hlg_stays_hlg(tmp_path: Path, hdr_info: FilmInfo, codec: str, suffix: str) -> None:
    write(tmp_path / f"copy{suffix}", replace(hdr_info, light=Light(), color_trc=18), codec)
    info = FilmSource(tmp_path / f"copy{suffix}").info
    assert (info.color_primaries, info.color_trc, info.colorspace, info.color_range) == (9, 18, 9, 1)
