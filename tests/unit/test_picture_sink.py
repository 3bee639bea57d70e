"""Pictures out: format kept, nothing beside the pixels, all of them or none."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from faceerase.configs.film import EncodeConfig
from faceerase.errors import ConfigError, SinkError, VerificationError
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.settings import SourceCodec
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.planes import layout_of, plane_views, to_planar
from faceerase.streamer.stills.extras import Extras
from faceerase.streamer.stills.hidden import HiddenFolder
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.opening import open_sink, open_source
from faceerase.streamer.stills.picture import Picture, read_picture
from faceerase.streamer.stills.sink import PictureSink
from faceerase.streamer.stills.source import PictureSource

Maker = Callable[..., Path]
NOTHING = Matte(np.zeros((48, 64), np.uint8), (1, 1), 64, 48)


def sink_for(source: FilmSource | PictureSource, target: Path, **options: object) -> PictureSink | FilmSink:
    info = source.info
    config = EncodeConfig.model_validate({"threads": 1, **options})
    choice = choose_encoder(config, SourceCodec(info.codec), info.planar_format, info.full_range, target.suffix)
    return open_sink(target, source, choice)


def through(path: Path, target: Path, **options: object) -> list[str]:
    """Write what was read; return the remarks."""
    source = open_source(path)
    sink = sink_for(source, target, **options)
    for frame in source.frames():
        sink.write(frame, NOTHING)
    remarks = sink.finish()
    sink.publish()
    return [*source.remarks, *remarks]


def planes(picture: Picture) -> list[np.ndarray]:
    picture.pixels.time_base = 1
    planar = to_planar(picture.pixels)
    return [view.copy() for view in plane_views(planar, layout_of(planar))]


@pytest.mark.parametrize(
    ("suffix", "pixel_format"),
    [
        (".png", "rgb24"), (".png", "rgb48be"), (".png", "gray"), (".png", "gray16be"), (".png", "rgba"),
        (".tif", "rgb24"), (".tif", "rgb48le"), (".tif", "gray16le"), (".tif", "yuv420p"), (".tif", "rgba64le"),
        (".dpx", "gbrp10le"), (".dpx", "gbrp10be"), (".dpx", "gbrp12le"), (".dpx", "rgb48be"), (".dpx", "gray16be"),
        (".exr", "gbrpf32le"), (".exr", "gbrapf32le"), (".exr", "grayf32le"), (".webp", "bgra"),
    ],
)  # fmt: skip
def test_lossless_kinds_keep_format_and_every_sample(
    tmp_path: Path, make_pictures: Maker, suffix: str, pixel_format: str
) -> None:
    path = make_pictures(tmp_path / f"in{suffix}", pixel_format=pixel_format)
    if suffix == ".webp":
        through(make_pictures(tmp_path / "in.png"), path)  # RGB becomes lossless WebP
    through(path, tmp_path / f"out{suffix}")
    before, after = read_picture(path), read_picture(tmp_path / f"out{suffix}")
    assert after.pixels.format.name == before.pixels.format.name
    assert (after.extras.coding, after.extras.big_endian) == (before.extras.coding, before.extras.big_endian)
    for old, new in zip(planes(before), planes(after), strict=True):
        assert np.array_equal(old, new)


@pytest.mark.parametrize("compression", ["raw", "lzw", "deflate", "packbits"])
def test_a_tiff_keeps_its_compression(tmp_path: Path, make_pictures: Maker, compression: str) -> None:
    through(make_pictures(tmp_path / "in.png"), tmp_path / "a.tif", options={"compression_algo": compression})
    through(tmp_path / "a.tif", tmp_path / "b.tif")
    assert read_picture(tmp_path / "b.tif").extras.coding == (("compression_algo", compression),)


@pytest.mark.parametrize("pixel_format", ["yuvj420p", "yuvj422p", "yuvj444p"])
def test_a_jpeg_keeps_its_chroma_and_looks_the_same(tmp_path: Path, make_pictures: Maker, pixel_format: str) -> None:
    path = make_pictures(tmp_path / "in.jpg", pixel_format=pixel_format)
    through(path, tmp_path / "out.jpg")
    before, after = read_picture(path), read_picture(tmp_path / "out.jpg")
    assert after.pixels.format.name == pixel_format
    for old, new in zip(planes(before), planes(after), strict=True):
        assert np.abs(old.astype(int) - new).mean() < 1


def test_a_gray_jpeg_may_become_a_colour_one_without_colour(tmp_path: Path, make_pictures: Maker) -> None:
    through(make_pictures(tmp_path / "in.png", pixel_format="gray"), tmp_path / "out.jpg")
    luma, u, v = planes(read_picture(tmp_path / "out.jpg"))
    assert np.abs(luma.astype(int) - planes(read_picture(tmp_path / "in.png"))[0]).max() <= 3
    assert (set(u.ravel()), set(v.ravel())) == ({128}, {128})


@pytest.mark.parametrize("source", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize("target", [".jpg", ".png", ".webp", ".tif"])
def test_nothing_that_tells_of_people_goes_along(
    tmp_path: Path, make_pictures: Maker, telling_exif: Callable[[int], bytes], source: str, target: str
) -> None:
    path = make_pictures(tmp_path / f"in{source}")
    data = path.read_bytes()
    exif = telling_exif(6)
    if source == ".png":
        length = len(exif).to_bytes(4, "big")
        path.write_bytes(data[:33] + length + b"eXIf" + exif + bytes(4) + data[33:])
    elif source == ".jpg":
        content = b"Exif\0\0" + exif
        path.write_bytes(data[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + data[2:])
    else:
        body = data[8:] + b"EXIF" + len(exif).to_bytes(4, "little") + exif + b"\0" * (len(exif) % 2)
        path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert b"Jane" in path.read_bytes()
    remarks = through(path, tmp_path / f"out{target}")
    assert b"Jane" not in (tmp_path / f"out{target}").read_bytes()
    after = read_picture(tmp_path / f"out{target}").extras
    assert (after.orientation, after.dropped) == (6, ())
    assert "dropped: EXIF (device, place, thumbnail picture)" in remarks


def test_a_profile_goes_along_where_it_fits(tmp_path: Path, make_pictures: Maker) -> None:
    for space in (b"RGB ", b"GRAY"):
        path = make_pictures(tmp_path / "in.png")
        kind = kind_of_name(path)
        assert kind is not None
        source = open_source(path)
        assert isinstance(source, PictureSource)
        icc = bytes(12) + b"mntr" + space + bytes(200)
        extras = source._first
        path.write_bytes(kind.write(path.read_bytes(), type(extras)(icc=icc)))
        (tmp_path / "out.jpg").unlink(missing_ok=True)
        remarks = through(path, tmp_path / "out.jpg")
        kept = read_picture(tmp_path / "out.jpg").extras.icc
        assert kept == (icc if space == b"RGB " else b"")
        assert any("colour profile" in remark for remark in remarks) == (space == b"GRAY")


@pytest.mark.parametrize(("name", "target"), [("in.exr", "out.png"), ("in.exr", "out.jpg"), ("in.png", "out.exr")])
def test_light_and_what_a_screen_shows_are_not_mixed(
    tmp_path: Path, make_pictures: Maker, name: str, target: str
) -> None:
    with pytest.raises(SinkError, match="floats of light"):
        through(make_pictures(tmp_path / name), tmp_path / target)


def test_what_a_kind_cannot_hold_is_said(tmp_path: Path, make_pictures: Maker) -> None:
    source = open_source(make_pictures(tmp_path / "in.tif", pixel_format="rgba64le"))
    info = source.info
    choice = choose_encoder(EncodeConfig(), SourceCodec("tiff"), info.planar_format, True, ".jpg")
    assert choice.remarks == (
        "pixel format gbrap16le encoded as yuv444p: fewer bits, no alpha, RGB and YUV are converted",
    )


@pytest.mark.parametrize("options", [{"codec": "ffv1"}, {"bitrate": "8M"}])
def test_options_of_films_are_refused(tmp_path: Path, make_pictures: Maker, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="for films"):
        through(make_pictures(tmp_path / "in.png"), tmp_path / "out.png", **options)


def test_numbers_are_kept(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%04d.png", 4, 1001)
    (tmp_path / "in.1002.png").unlink()
    (tmp_path / "out").mkdir()
    through(pattern, tmp_path / "out" / "clean.%06d.dpx")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "clean.001001.dpx", "clean.001003.dpx", "clean.001004.dpx",
    ]  # fmt: skip


def test_a_film_becomes_pictures_of_its_colours(
    tmp_path: Path, small_film: Path, make_film: Callable[..., Path]
) -> None:
    remarks = through(small_film, tmp_path / "film.%03d.png")
    assert len(list(tmp_path.glob("film.*.png"))) == 12
    assert "dropped: stream 1 (audio): pictures have no further streams" in remarks
    assert "dropped: the film's times; pictures are numbered from 1" in remarks
    # limited range, 16 to 235, becomes 0 to 255
    first = planes(read_picture(tmp_path / "film.001.png"))[0].astype(int)
    (luma, *_) = (view.astype(float) for view in _first_planes(small_film))
    assert np.abs(first - np.clip((luma - 16) * 255 / 219, 0, 255))[:, :20].max() <= 3


def test_gray_is_of_full_range_to_ffmpeg(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "gray.mkv", codec="ffv1", pixel_format="gray", times=range(1))
    through(film, tmp_path / "gray.png")
    assert np.array_equal(planes(read_picture(tmp_path / "gray.png"))[0], _first_planes(film)[0])


def _first_planes(film: Path) -> list[np.ndarray]:
    picture = next(FilmSource(film).frames()).picture
    return [view.copy() for view in plane_views(picture, layout_of(picture))]


def test_pictures_become_a_film_with_gaps_in_time(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%04d.dpx", 5, 7)
    (tmp_path / "in.0009.dpx").unlink()
    through(pattern, tmp_path / "out.mkv", codec="ffv1")
    film = FilmSource(tmp_path / "out.mkv")
    assert film.info.planar_format == "gbrp10le"
    times = [frame.time for frame in film.frames()]
    assert times == pytest.approx([0, 1 / 24, 3 / 24, 4 / 24], abs=0.0011)
    before = planes(read_picture(tmp_path / "in.0007.dpx"))
    for old, new in zip(before, _first_planes(tmp_path / "out.mkv"), strict=True):
        assert np.array_equal(old, new)


def test_a_second_picture_needs_a_pattern(tmp_path: Path, small_film: Path) -> None:
    source = FilmSource(small_film)
    sink = sink_for(source, tmp_path / "one.png")
    first, second, *_ = source.frames()
    sink.write(first, NOTHING)
    with pytest.raises(ConfigError, match=r"one\.%04d\.png"):
        sink.write(second, NOTHING)
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


def test_an_older_sequence_goes_as_a_whole(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%d.png", 2, 1)
    for number in (2, 3, 99):
        (tmp_path / f"out.{number}.png").write_bytes(b"older")
    (tmp_path / "out.x.png").write_bytes(b"another")
    through(pattern, tmp_path / "out.%d.png")
    assert sorted(path.name for path in tmp_path.glob("out.*")) == ["out.1.png", "out.2.png", "out.x.png"]


def test_where_one_cannot_be_named_none_is(tmp_path: Path, make_pictures: Maker) -> None:
    source = open_source(make_pictures(tmp_path / "in.%d.png", 3, 1))
    sink = sink_for(source, tmp_path / "out.%d.png")
    for frame in source.frames():
        sink.write(frame, NOTHING)
    sink.finish()
    (tmp_path / "out.2.png").mkdir()
    with pytest.raises(SinkError, match="cannot be put in its place"):
        sink.publish()
    sink.abandon()
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.2.png"]


def test_what_was_written_is_read_again(tmp_path: Path, make_pictures: Maker) -> None:
    source = open_source(make_pictures(tmp_path / "in.%d.png", 3, 1))
    sink = sink_for(source, tmp_path / "out.%d.png")
    for frame in source.frames():
        sink.write(frame, NOTHING)
    broken = sink.unpublished.parent / "out.2.png"
    broken.write_bytes(broken.read_bytes()[:-30])
    with pytest.raises(VerificationError, match=r"out\.2\.png"):
        sink.finish()
    sink.abandon()


def test_rejected_pictures_get_other_names(tmp_path: Path, make_pictures: Maker) -> None:
    source = open_source(make_pictures(tmp_path / "in.%d.png", 2, 8))
    sink = sink_for(source, tmp_path / "out.%d.png")
    for frame in source.frames():
        sink.write(frame, NOTHING)
    sink.finish()
    sink.keep_as(tmp_path / "out.%d.rejected.png")
    sink.abandon()
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.8.rejected.png", "out.9.rejected.png"]


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "clean"
    folder = HiddenFolder(target)
    (folder.path / "a.png").write_bytes(b"new")
    assert not target.exists()
    assert folder.path.stat().st_mode & 0o077 == 0
    folder.publish()
    assert [path.name for path in tmp_path.iterdir()] == ["clean"]
    again = HiddenFolder(target)
    (again.path / "b.png").write_bytes(b"newer")
    again.publish()
    assert [path.name for path in target.iterdir()] == ["b.png"]
    again.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "clean" / "deep").mkdir(parents=True)
    (tmp_path / "clean" / "deep" / "thesis.odt").touch()
    with pytest.raises(SinkError, match=r"more than pictures \(thesis\.odt\)"):
        HiddenFolder(tmp_path / "clean")
    assert [path.name for path in tmp_path.iterdir()] == ["clean"]


def test_a_frame_is_left_as_it_is(tmp_path: Path, make_pictures: Maker) -> None:
    source = open_source(make_pictures(tmp_path / "in.png"))
    sink = sink_for(source, tmp_path / "out.png")
    (frame,) = source.frames()
    picture = frame.picture
    before = [bytes(plane) for plane in picture.planes]
    sink.write(Frame(0, 0, frame.time_base, picture), NOTHING)
    assert [bytes(plane) for plane in picture.planes] == before
    assert isinstance(picture, av.VideoFrame)
    sink.abandon()


def test_a_lone_jpeg_becomes_a_film_of_one_frame_that_lies_as_it_lay(tmp_path: Path, make_pictures: Maker) -> None:
    path = make_pictures(tmp_path / "in.jpg")
    kind = kind_of_name(path)
    assert kind is not None
    path.write_bytes(kind.write(path.read_bytes(), Extras(6)))
    through(path, tmp_path / "out.mp4")
    film = FilmSource(tmp_path / "out.mp4")
    assert film.info.quarter_turns == 3
    assert len(list(film.frames())) == 1


def test_rgb_becomes_the_yuv_of_films_where_somebody_asks(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%d.dpx", 2)
    through(pattern, tmp_path / "out.mov", codec="prores", pix_fmt="yuv422p10le")
    film = FilmSource(tmp_path / "out.mov")
    assert (film.info.codec, film.info.colorspace, film.info.full_range) == ("prores", 1, False)
    gray = planes(read_picture(tmp_path / "in.1.dpx"))[0].astype(float)
    luma = _first_planes(tmp_path / "out.mov")[0].astype(float)
    assert np.abs(luma - (64 + gray * 876 / 1023)).mean() < 4
