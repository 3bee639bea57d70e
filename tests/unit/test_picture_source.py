"""Pictures as frames: numbers, times, what is lost and what is left out."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from faceerase.configs.film import DecodeConfig
from faceerase.errors import SourceError
from faceerase.streamer.stills import jpeg
from faceerase.streamer.stills.opening import numbering, open_source
from faceerase.streamer.stills.source import PictureSource

Maker = Callable[..., Path]


def opened(path: Path, rate: Fraction = Fraction(24)) -> PictureSource:
    source = open_source(path, rate)
    assert isinstance(source, PictureSource)
    return source


def with_exif(path: Path, exif: bytes) -> Path:
    data = path.read_bytes()
    content = b"Exif\0\0" + exif
    path.write_bytes(data[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + data[2:])
    return path


def test_every_existing_number_is_a_frame_and_a_gap_is_a_gap_in_time(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%04d.png", 6, 1001)
    (tmp_path / "in.1003.png").unlink()
    source = opened(pattern)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.pts for frame in frames] == [0, 1, 3, 4, 5]
    assert [numbering(source)(frame) for frame in frames] == [1001, 1002, 1004, 1005, 1006]
    assert frames[-1].time == pytest.approx(5 / 24)
    assert "5 pictures, followed as a sequence at 24 a second" in source.remarks
    assert "numbers that do not exist: 1003; the others keep theirs" in source.remarks
    assert source.info.frame_count == 5


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1), (5, 3), (7, 1), (2, 0), (4, 2)])
def test_exif_says_how_a_picture_is_upright(
    tmp_path: Path, make_pictures: Maker, telling_exif: Callable[[int], bytes], orientation: int, turns: int
) -> None:
    source = opened(with_exif(make_pictures(tmp_path / "a.jpg"), telling_exif(orientation)))
    assert source.info.quarter_turns == turns
    (frame,) = source.frames()
    assert source.extras_of(frame).orientation == orientation
    assert source.remarks == ["dropped: EXIF (device, place, thumbnail picture)"]


def test_only_one_picture_is_shown_of_a_file_that_holds_several(tmp_path: Path, make_pictures: Maker) -> None:
    path = make_pictures(tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes() * 2)
    source = opened(path)
    assert len(list(source.frames())) == 1
    assert source.remarks == ["dropped: what lies behind the picture (further pictures, a film)"]


@pytest.mark.parametrize("name", ["in.%04d.png", "in.%04d.jpg", "in.%04d.dpx", "in.%04d.exr", "in.%04d.tif"])
def test_a_picture_that_is_cut_off_is_lost_and_named(tmp_path: Path, make_pictures: Maker, name: str) -> None:
    source = opened(make_pictures(tmp_path / name, 4))
    third = tmp_path / (name % 3)
    third.write_bytes(third.read_bytes()[: third.stat().st_size // 2])
    frames = list(source.frames())
    assert len(source.lost) == 1
    assert third.name in source.lost[0]
    numbers = [numbering(source)(frame) for frame in frames]
    assert numbers in ([1, 2, 4], [1, 2, 3, 4])


def test_a_sequence_has_one_size_and_format(tmp_path: Path, make_pictures: Maker) -> None:
    pattern = make_pictures(tmp_path / "in.%04d.png", 3)
    make_pictures(tmp_path / "in.0003.png", pixel_format="gray")
    with pytest.raises(SourceError, match=r"in\.0003\.png: not of the size, format.*as a folder"):
        list(opened(pattern).frames())


def test_what_a_file_is_counts_and_not_what_its_name_says(tmp_path: Path, make_pictures: Maker) -> None:
    make_pictures(tmp_path / "a.jpg").rename(tmp_path / "a.png")
    assert opened(tmp_path / "a.png").info.codec == "mjpeg"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"", "empty file"),
        ("a.png", b"no picture", "not a picture that can be read"),
        ("a.webp", b"RIFF\0\0\0\0AVI LIST", "not a picture that can be read"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "cannot be decoded"),
        ("a.tif", b"II*\0\xff\xff\xff\xff", "cannot be decoded"),
        ("a.exr", b"v/1\x01", "damaged"),
        ("a.dpx", b"SDPX", "cannot be decoded"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        opened(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.png", "none.%04d.png", "none/a.%d.png"])
def test_what_is_missing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"none"):
        opened(tmp_path / name)


def test_inks_are_refused(tmp_path: Path, make_pictures: Maker) -> None:
    path = make_pictures(tmp_path / "a.jpg")
    data = path.read_bytes()
    at = data.index(b"\xff\xc0")
    head = data[at + 4 : at + 9] + b"\4" + data[at + 10 : at + 19] + b"\4\x11\0"
    path.write_bytes(data[:at] + b"\xff\xc0" + (len(head) + 2).to_bytes(2, "big") + head + data[at + 19 :])
    assert jpeg.components(path.read_bytes()) == 4
    with pytest.raises(SourceError, match="CMYK"):
        opened(path)


@pytest.mark.parametrize(
    ("said", "rate"),
    [
        ("24", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("24.0", Fraction(24)),
    ],
)
def test_a_rate_is_what_it_stands_for(said: str, rate: Fraction) -> None:
    assert DecodeConfig(rate=said).picture_rate == rate
