"""What lies beside the pixels of picture files: read, left out by name, and put in again where it goes along."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from faceerase.streamer.stills import dpx, exr, jpeg, png, tiff, webp
from faceerase.streamer.stills.exif import Field, directory_at, exif_of, said_by
from faceerase.streamer.stills.extras import Extras, orientation_of
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.picture import read_picture

Maker = Callable[..., Path]
PROFILE = bytes(12) + b"mntrRGB XYZ " + bytes(range(256)) * 400
CARRIERS = ["a.jpg", "a.png", "a.webp", "a.tif"]


def data_of(make_pictures: Maker, path: Path) -> bytes:
    return make_pictures(path).read_bytes()


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 255, marker, len(content) + 2) + content


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), name) + content + struct.pack(">I", zlib.crc32(name + content))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_of_an_orientation_holds_nothing_else(orientation: int) -> None:
    assert said_by(exif_of(orientation)) == (orientation, "")


def test_exif_is_told_by_what_it_tells(telling_exif: Callable[[int], bytes]) -> None:
    assert said_by(telling_exif(6)) == (6, "EXIF (device, place, thumbnail picture)")


@pytest.mark.parametrize("exif", [b"", b"II*\0", b"nonsense", b"II*\0\xff\xff\xff\xff"])
def test_damaged_exif_is_no_error(exif: bytes) -> None:
    assert said_by(exif) == (1, "EXIF (damaged)")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", CARRIERS)
def test_orientation_and_profile_are_put_in_and_read(
    tmp_path: Path, make_pictures: Maker, name: str, orientation: int
) -> None:
    kind = kind_of_name(Path(name))
    assert kind is not None
    before = data_of(make_pictures, tmp_path / name)
    (tmp_path / name).write_bytes(kind.write(before, Extras(orientation, PROFILE)))
    after = read_picture(tmp_path / name)
    assert (after.extras.orientation, after.extras.icc, after.extras.dropped) == (orientation, PROFILE, ())
    assert after.damage == ""


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])  # OpenCV 5.0 cannot turn TIFF
def test_another_reader_turns_the_picture(tmp_path: Path, make_pictures: Maker, name: str, orientation: int) -> None:
    kind = kind_of_name(Path(name))
    assert kind is not None
    path = make_pictures(tmp_path / name)
    lying = cv2.imread(str(path))
    path.write_bytes(kind.write(path.read_bytes(), Extras(orientation)))
    shown = cv2.imread(str(path))
    turned = np.rot90(lying, Extras(orientation).quarter_turns)
    mirrored = orientation in (2, 4, 5, 7)
    assert np.array_equal(shown, turned[:, ::-1] if mirrored else turned)


@pytest.mark.parametrize("turns", range(4))
def test_turns_and_orientations_belong_together(turns: int) -> None:
    assert Extras(orientation_of(turns)).quarter_turns == turns


def test_what_lies_in_a_jpeg_is_named(
    tmp_path: Path, make_pictures: Maker, telling_exif: Callable[[int], bytes]
) -> None:
    data = data_of(make_pictures, tmp_path / "a.jpg")
    beside = segment(0xE1, b"Exif\0\0" + telling_exif(8)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    beside += segment(0xED, b"Photoshop 3.0\x008BIM") + segment(0xFE, b"Jane") + segment(0xE2, b"MPF\0...")
    beside += segment(0xE0, b"JFXX\0\x10" + data)
    extras = jpeg.read(data[:2] + beside + data[2:] + data)
    assert extras.orientation == 8
    assert extras.dropped == (
        "EXIF (device, place, thumbnail picture)", "XMP", "IPTC", "comment", "an index of further pictures",
        "thumbnail picture", "what lies behind the picture (further pictures, a film)",
    )  # fmt: skip
    assert jpeg.read(data[:-2]).missing == "its end"


def test_what_lies_in_a_png_is_named(
    tmp_path: Path, make_pictures: Maker, telling_exif: Callable[[int], bytes]
) -> None:
    data = data_of(make_pictures, tmp_path / "a.png")
    beside = chunk(b"eXIf", telling_exif(3)) + chunk(b"tEXt", b"Author\0Jane") + chunk(b"tIME", bytes(7))
    beside += chunk(b"iTXt", b"XML:com.adobe.xmp\0...") + chunk(b"acTL", bytes(8)) + chunk(b"prVt", b"x")
    extras = png.read(data[:33] + beside + data[33:] + b"more")
    assert extras.orientation == 3
    assert extras.dropped == (
        "EXIF (device, place, thumbnail picture)", "text (Author)", "time", "XMP", "further pictures (an animation)",
        "data (prVt)", "what lies behind the picture",
    )  # fmt: skip
    assert png.read(data[:-4]).missing == "its end"


def test_what_lies_in_a_webp_is_named(
    tmp_path: Path, make_pictures: Maker, telling_exif: Callable[[int], bytes]
) -> None:
    data = data_of(make_pictures, tmp_path / "a.webp")
    exif, xmp = telling_exif(6), b"<x/>"
    beside = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in ((b"EXIF", exif), (b"XMP ", xmp))
    )
    whole = b"RIFF" + struct.pack("<I", len(data) - 8 + len(beside)) + data[8:] + beside
    extras = webp.read(whole)
    assert (extras.orientation, extras.dropped) == (6, ("EXIF (device, place, thumbnail picture)", "XMP"))
    assert extras.coding == (("lossless", "0"),)
    assert webp.read(data[:-9]).missing == "its end"


def test_what_lies_in_a_tiff_is_named_and_its_resolution_kept(tmp_path: Path, make_pictures: Maker) -> None:
    data = data_of(make_pictures, tmp_path / "a.tif")
    told = tiff.read(data)
    directory = directory_at(data)
    assert told.dropped == ()
    fields = {tag: Field(tag, 2, 5, b"Jane\0") for tag in (271, 315, 50_000)} | directory.fields
    fields[282] = Field(282, 5, 1, struct.pack("<II", 300, 1))
    extras = tiff.read(tiff._with_directory(data, replace(directory, fields=fields, following=8)))
    assert extras.dropped == ("device", "names", "data (tag 50000)", "further pages")
    again = directory_at(tiff.write(data, extras))
    assert again.fields[282].value == struct.pack("<II", 300, 1)
    assert set(again.fields) == set(directory.fields)


@pytest.mark.parametrize(("algorithm", "number"), [("raw", 1), ("lzw", 5), ("packbits", 32773)])
def test_the_compression_of_a_tiff_is_told(algorithm: str, number: int) -> None:
    header = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 259, 3, 1, number, 0)
    assert tiff.read(header).coding == (("compression_algo", algorithm),)


@pytest.mark.parametrize("mine", ["gbrp10le", "gbrp10be"])
@pytest.mark.parametrize("theirs", ["gbrp10le", "gbrp10be"])
def test_time_code_and_colour_of_a_dpx_go_along_and_names_do_not(
    tmp_path: Path, make_pictures: Maker, mine: str, theirs: str
) -> None:
    data = make_pictures(tmp_path / "a.dpx", pixel_format=mine).read_bytes()
    order = ">" if mine.endswith("be") else "<"
    header = bytearray(data[:1664] + b"\xff" * 384)
    struct.pack_into(f"{order}I", header, 4, 2048)
    struct.pack_into(f"{order}I", header, 1920, 0x01020304)
    struct.pack_into(f"{order}f", header, 1724, 24.0)
    header[801], header[802] = 3, 1  # logarithmic, printing density
    header[160:168] = b"Jane Doe"
    header[1664:1680] = b"KODAK KEYCODE 16"
    extras = dpx.read(bytes(header) + data[1664:])
    assert extras.dropped == ("names",)
    out = make_pictures(tmp_path / "b.dpx", pixel_format=theirs).read_bytes()
    written = dpx.write(out, extras)
    order = ">" if theirs.endswith("be") else "<"
    assert struct.unpack_from(f"{order}I", written, 1920) == (0x01020304,)
    assert struct.unpack_from(f"{order}f", written, 1724) == (24.0,)
    assert (written[801], written[802], written[1664:1680]) == (3, 1, b"KODAK KEYCODE 16")
    assert b"Jane" not in written
    assert written[2048:] == out[1664:]
    (tmp_path / "c.dpx").write_bytes(written)
    (tmp_path / "b.dpx").write_bytes(out)
    pixels = [read_picture(tmp_path / name).pixels.planes[0] for name in ("b.dpx", "c.dpx")]
    assert bytes(pixels[0]) == bytes(pixels[1])
    assert dpx.read(written).fields == extras.fields


def test_time_code_of_an_exr_goes_along_and_other_fields_do_not(tmp_path: Path, make_pictures: Maker) -> None:
    data = data_of(make_pictures, tmp_path / "a.exr")
    (rate,) = exr.read(data).fields  # the encoder's own

    def attribute(name: bytes, kind: bytes, value: bytes) -> bytes:
        return name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value

    code = attribute(b"timeCode", b"timecode", b"\1\2\3\4\0\0\0\0")
    owner = attribute(b"owner", b"string", b"Jane")
    with_both = exr.write(data, Extras(fields=((0, code), (0, owner))))
    extras = exr.read(with_both)
    assert (extras.dropped, extras.fields, extras.missing) == (("header field owner",), (rate, (0, code)), "")
    assert dict(extras.coding)["format"] == "float"
    (tmp_path / "b.exr").write_bytes(exr.write(data, extras))
    (tmp_path / "a.exr").write_bytes(data)
    before, after = (read_picture(tmp_path / name) for name in ("a.exr", "b.exr"))
    assert bytes(before.pixels.planes[0]) == bytes(after.pixels.planes[0])
    assert after.extras.fields == (rate, (0, code))
    assert after.extras.dropped == ()
    assert exr.read(data[:-10]).missing == "its end"
