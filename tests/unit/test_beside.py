"""What travels with the frames: captions kept where the encoder writes them, everything else said; EXIF never."""

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.sidedata.sidedata import Type

from faceerase.configs.film import EncodeConfig
from faceerase.streamer.box import Box
from faceerase.streamer.decode.side_data import nameable, side_data_of
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.left_behind import left_behind
from faceerase.streamer.encode.settings import SourceCodec
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.stills.opening import open_sink, open_source

CAPTIONS = bytes.fromhex("fc942c fc4142 fd8080".replace(" ", ""))
"""Three triplets of CEA-608/708: erase the screen, "AB", nothing."""

DOLBY_VISION = bytes.fromhex(
    "000000017c0119080908406136506f003ff801ffc00fffd0000008000006800000400000340000030200000301c95980000d"
    "7a8959be7f3ac7095991328000004000000302000003000200000300070d8890c06182978c23814500000300698f96bfffc0"
    "00000300000300000300180803e0385574339c5b80"
)
"""A NAL unit of type 62: Dolby Vision of profile 8.1, one straight line for each colour (ETSI GS CCM 001, annex C)."""

MASK = FrameMask((Region(Box(20, 10, 40, 30), np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 1.0, 1),))


def h264_sei(kind: int, content: bytes) -> bytes:
    return b"\0\0\0\1\x06" + bytes([kind, len(content)]) + content + b"\x80"


def hevc_sei(kind: int, content: bytes) -> bytes:
    return b"\0\0\0\1\x4e\x01" + bytes([kind, len(content)]) + content + b"\x80"


def captions(triplets: bytes) -> bytes:
    """Registered user data: United States, ATSC, GA94, captions."""
    return b"\xb5\x00\x31GA94\x03" + bytes([0x40 | len(triplets) // 3, 0xFF]) + triplets + b"\xff"


def hdr10_plus() -> bytes:
    """Registered user data of SMPTE 2094-40, one window, no curve."""
    fields = [(1, 2), (1000, 27), (0, 1), *[(1, 17)] * 3, (1, 17), (0, 4), (0, 10), (0, 1), (0, 1), (0, 1)]
    bits = "".join(f"{value:0{width}b}" for value, width in fields)
    bits += "0" * (-len(bits) % 8)
    # An emulation of a start code must not arise: no two zero bytes follow each other unbroken
    payload = b"\xb5\x00\x3c\x00\x01\x04\x01" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return payload.replace(b"\0\0\0", b"\0\0\3\0").replace(b"\0\0\1", b"\0\0\3\1")


@pytest.fixture
def film_with(tmp_path: Path) -> Callable[..., Path]:
    """``film_with(unit, encoder, pixel_format, behind)``: four frames, a NAL unit before or behind each; the path."""

    def make(unit: bytes, encoder: str = "libx264", pixel_format: str = "yuv420p", behind: bool = False) -> Path:
        path = tmp_path / f"{encoder}.ts"
        options = {"x265-params": "log-level=error"} if encoder == "libx265" else {}
        with av.open(str(path), "w") as film:
            stream = film.add_stream(encoder, rate=25, options=options | {"threads": "1", "bf": "0"})
            context = stream.codec_context
            context.width, context.height, context.pix_fmt = 64, 48, pixel_format
            pictures = [av.VideoFrame(64, 48, pixel_format) for _ in range(4)]
            packets = []
            for number, picture in enumerate(pictures):
                for plane in picture.planes:
                    plane.update(bytes(plane.buffer_size))
                picture.pts = number
                packets += stream.encode(picture)
            for packet in [*packets, *stream.encode(None)]:
                data = bytes(packet)
                start = len(data) if behind else first_slice(data, hevc=encoder == "libx265")
                marked = av.Packet(data[:start] + unit + data[start:])
                marked.pts, marked.dts, marked.time_base = packet.pts, packet.dts, packet.time_base
                marked.is_keyframe, marked.stream = packet.is_keyframe, stream
                film.mux(marked)
        return path

    return make


def first_slice(data: bytes, hevc: bool) -> int:
    """Return where the first NAL unit that holds picture begins, its start code included."""
    at = -1
    while (at := data.find(b"\0\0\1", at + 1)) >= 0:
        kind = data[at + 3] >> 1 & 63 if hevc else data[at + 3] & 31
        if kind < 32 if hevc else kind in (1, 5):
            return at - 1 if data[at - 1] == 0 else at
    raise AssertionError("no picture in this packet")


def anonymise(source: Path, target: Path, codec: str, pixel_format: str | None = None) -> list[str]:
    """Send a film all the way round the network, with a mask in every frame."""
    film = open_source(source)
    info = film.info
    config = EncodeConfig(codec=codec, threads=1, pix_fmt=pixel_format)
    choice = choose_encoder(config, SourceCodec(info.codec), info.planar_format, info.full_range, target.suffix)
    sink, anonymizer = open_sink(target, film, choice), PlaneAnonymizer("solid")
    for frame in film.frames():
        clean, matte = anonymizer.erase(frame, MASK)
        assert not matte.empty
        sink.write(clean, matte)
    remarks = [*film.remarks, *sink.finish(), *left_behind(film.beside, choice.encoder)]
    sink.publish()
    return remarks


def kinds_of(path: Path) -> set[Type]:
    return {data.type for frame in FilmSource(path).frames() for data in side_data_of(frame.picture)}


def captions_of(path: Path) -> list[bytes]:
    return [
        bytes(data)
        for frame in FilmSource(path).frames()
        for data in side_data_of(frame.picture)
        if data.type is Type.A53_CC
    ]


@pytest.mark.parametrize(
    ("codec", "pixel_format", "suffix"),
    [("h264", None, ".mp4"), ("h264", None, ".ts"), ("hevc", None, ".mkv"), ("h264", "yuv444p", ".mkv")],
)
def test_captions_are_kept_frame_by_frame(
    tmp_path: Path, film_with: Callable[..., Path], codec: str, pixel_format: str | None, suffix: str
) -> None:
    film = film_with(h264_sei(4, captions(CAPTIONS)))
    assert captions_of(film) == [CAPTIONS] * 4
    remarks = anonymise(film, tmp_path / f"copy{suffix}", codec, pixel_format)
    assert captions_of(tmp_path / f"copy{suffix}") == [CAPTIONS] * 4
    assert not [remark for remark in remarks if "captions" in remark]


@pytest.mark.parametrize(("codec", "encoder"), [("ffv1", "ffv1"), ("vp9", "libvpx-vp9")])
def test_captions_that_the_encoder_does_not_write_are_named(
    tmp_path: Path, film_with: Callable[..., Path], codec: str, encoder: str
) -> None:
    remarks = anonymise(film_with(h264_sei(4, captions(CAPTIONS))), tmp_path / "copy.mkv", codec)
    assert captions_of(tmp_path / "copy.mkv") == []
    assert remarks == [f"closed captions (A53) dropped (4 frames): {encoder} does not write it"]


@pytest.mark.parametrize(
    ("codec", "pixel_format", "encoder"), [("hevc", "yuv420p10le", "libx265"), ("av1", "yuv420p10le", "libsvtav1")]
)
def test_hdr10_plus_is_dropped_and_named(
    tmp_path: Path, film_with: Callable[..., Path], codec: str, pixel_format: str, encoder: str
) -> None:
    film = film_with(hevc_sei(4, hdr10_plus()), "libx265", pixel_format)
    assert Type.DYNAMIC_HDR_PLUS in kinds_of(film)
    remarks = anonymise(film, tmp_path / "copy.mkv", codec)
    assert f"HDR10+ dynamic metadata dropped (4 frames): {encoder} does not write it" in remarks
    assert Type.DYNAMIC_HDR_PLUS not in kinds_of(tmp_path / "copy.mkv")


@pytest.mark.parametrize(("codec", "encoder"), [("hevc", "libx265"), ("av1", "libsvtav1")])
def test_dolby_vision_is_dropped_and_named(
    tmp_path: Path, film_with: Callable[..., Path], codec: str, encoder: str
) -> None:
    film = film_with(DOLBY_VISION, "libx265", "yuv420p10le", behind=True)
    assert kinds_of(film) >= {Type.DOVI_RPU_BUFFER, Type.DOVI_METADATA}
    remarks = anonymise(film, tmp_path / "copy.mkv", codec)
    assert f"Dolby Vision metadata dropped (4 frames): {encoder} does not write it" in remarks
    assert not kinds_of(tmp_path / "copy.mkv") & {Type.DOVI_RPU_BUFFER, Type.DOVI_METADATA}


def test_user_data_is_named_but_not_an_encoders_signature(tmp_path: Path, film_with: Callable[..., Path]) -> None:
    remarks = anonymise(
        film_with(h264_sei(5, bytes(range(1, 17)) + b"seen by camera 4")), tmp_path / "copy.mkv", "h264"
    )
    assert remarks == ["user data (SEI) dropped (4 frames): libx264 does not write it"]
    assert b"camera 4" not in (tmp_path / "copy.mkv").read_bytes()


def photo(path: Path) -> None:
    """Write a JPEG whose EXIF says how it lies (turned and mirrored) and who made it."""
    maker = b"A MAKER\0"
    entries = struct.pack("<HHI4s", 0x0112, 3, 1, b"\x05\0\0\0") + struct.pack("<HHII", 0x010F, 2, len(maker), 38)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + maker
    made, data = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    assert made
    coded = data.tobytes()
    path.write_bytes(coded[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + coded[2:])


def test_exif_goes_no_further_than_the_decoder(tmp_path: Path) -> None:
    photo(tmp_path / "in.jpg")
    remarks = anonymise(tmp_path / "in.jpg", tmp_path / "out.png", "auto", "rgb24")
    assert b"A MAKER" in (tmp_path / "in.jpg").read_bytes()
    assert b"A MAKER" not in (tmp_path / "out.png").read_bytes()
    assert "dropped: EXIF (device)" in remarks


def test_exif_of_a_film_that_is_a_photo_is_taken_off_its_frame(tmp_path: Path) -> None:
    photo(tmp_path / "in.jpg")
    film = FilmSource(tmp_path / "in.jpg")
    assert len(list(film.frames())) == 1
    assert "EXIF or other side data that has no name here removed (1 frames)" in film.remarks


def test_without_exif_a_photo_still_says_how_it_lies(tmp_path: Path) -> None:
    photo(tmp_path / "in.jpg")
    info = FilmSource(tmp_path / "in.jpg").info
    assert info.display_matrix is not None
    assert info.display_matrix[:5] == (0, 1 << 16, 0, 1 << 16, 0)  # orientation 5: across its main diagonal
    assert info.quarter_turns == 3


def test_a_frame_with_nothing_nameless_is_left_alone(noise_picture: Callable[..., av.VideoFrame]) -> None:
    picture = noise_picture()
    assert nameable(picture) is picture


def test_looking_ties_no_frame(noise_picture: Callable[..., av.VideoFrame]) -> None:
    picture = noise_picture()
    before = sys.getrefcount(picture)
    assert side_data_of(nameable(picture)) == []
    assert sys.getrefcount(picture) == before
