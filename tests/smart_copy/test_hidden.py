"""What is coded beside the picture that was looked at is never copied with it."""

from pathlib import Path

import av
import pytest
from av.bitstream import BitStreamFilterContext
from joints import GOP, HEIGHT, X265, Kind, changed, clean, film

from faceerase.streamer.decode.source import FilmSource


def test_a_jpeg_with_a_thumbnail_is_not_copied(tmp_path: Path) -> None:
    kind = Kind(".avi", "mjpeg", "yuvj420p", full_range=True)

    def with_exif(number: int, data: bytes) -> bytes:
        return data[:2] + b"\xff\xe1\x00\x10Exif\x00\x00SECRET.." + data[2:] if number == 1 else data

    source = changed(film(tmp_path / "plain.avi", kind, 4), tmp_path / "a.avi", with_exif)
    remarks = clean(source, tmp_path / "b.avi", {3})
    assert any("2 of 4 frames copied" in text and "1 not: they carry EXIF" in text for text in remarks), remarks
    assert b"SECRET" in source.read_bytes()
    assert b"SECRET" not in (tmp_path / "b.avi").read_bytes()


UUID = bytes(range(16))


@pytest.mark.parametrize(
    ("codec", "unit", "reason"),
    [
        ("libx264", bytes((6, 5, 16 + 6)) + UUID + b"SECRET\x80", "they carry what is dropped elsewhere"),
        ("libx264", bytes((6, 4, 9, 0xB5, 0, 0x3C)) + b"SECRET\x80", "user data that cannot be read"),
        ("libx264", bytes((0x74, 0x40, 0, 3)) + b"SECRET\x80", "a further picture"),
        ("libx265", bytes((19 << 1, 1 << 3 | 1)) + b"SECRET\x80", "a further picture"),
        ("libx265", bytes((62 << 1, 1)) + b"SECRET\x80", "a further picture"),
        ("libx265", bytes((39 << 1, 1, 5, 16 + 6)) + UUID + b"SECRET\x80", "they carry what is dropped elsewhere"),
    ],
)
def test_what_is_coded_beside_the_picture_is_not_copied(tmp_path: Path, codec: str, unit: bytes, reason: str) -> None:
    options = GOP if codec == "libx264" else (("x265-params", X265),)

    def with_unit(number: int, data: bytes) -> bytes:
        more = len(unit).to_bytes(4, "big") + unit
        return (more + data if unit[0] in {6, 39 << 1} else data + more) if number == 7 else data

    plain = film(tmp_path / "plain.mp4", Kind(".mp4", codec, options=options), 24)
    source = changed(plain, tmp_path / "a.mp4", with_unit)
    remarks = clean(source, tmp_path / "b.mp4", {23})
    text = next(text for text in remarks if text.startswith("smart copy"))
    assert "12 of 24 frames copied" in text
    assert f"6 not: {reason}" in text or f"6 not: they carry {reason}" in text
    assert b"SECRET" in source.read_bytes()
    assert b"SECRET" not in (tmp_path / "b.mp4").read_bytes()


def test_a_margin_that_nobody_looked_at_is_not_copied(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mp4", Kind(".mp4", "libx264", options=GOP), 12)
    source = tmp_path / "a.mp4"
    with av.open(str(plain)) as old, av.open(str(source), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        cropping = BitStreamFilterContext("h264_metadata=crop_bottom=32", old.streams.video[0], stream)
        for packet in old.demux(video=0):
            for made in cropping.filter(packet if packet.size else None):
                made.stream = stream
                new.mux(made)
    assert FilmSource(source).info.height == HEIGHT - 32
    remarks = clean(source, tmp_path / "b.mp4", set())
    assert "smart copy: nothing copied: more is coded than the picture that is shown and was looked at" in remarks
