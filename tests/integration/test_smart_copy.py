"""``--smart-copy``: what is coded already is copied where nothing is erased, and plays without a word from FFmpeg."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av import logging as av_logging
from av.bitstream import BitStreamFilterContext

from faceerase.configs.film import EncodeConfig
from faceerase.errors import VerificationError
from faceerase.streamer.box import Box
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import SourceCodec, choose_encoder
from faceerase.streamer.encode.copying.checksums import checksum
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region

WIDTH, HEIGHT = 256, 144
FACE = FrameMask((Region(Box(36, 28, 60, 52), np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8), 1.0, 1),))
NOBODY = FrameMask(())


@dataclass(frozen=True)
class Kind:
    """How a source is coded; the encoder's options where it is cleaned are those of ``again``."""

    suffix: str
    codec: str
    pixel_format: str = "yuv420p"
    options: tuple[tuple[str, str], ...] = ()
    full_range: bool = False

    def __str__(self) -> str:
        return f"{self.codec}{self.suffix}"


def picture(number: int, kind: Kind, time: int) -> av.VideoFrame:
    """Quiet noise, and a bright square where a face would be, that moves from frame to frame."""
    rng = np.random.default_rng(number // 10)
    gray = np.tile(np.linspace(40, 120, WIDTH), (HEIGHT, 1)) + rng.integers(0, 9, (HEIGHT, WIDTH))
    gray[30:50, 38 + number % 3 : 58 + number % 3] = 230
    gray[70:80, (number * 5) % 100 : (number * 5) % 100 + 9] = 200
    rgb = np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2)
    made = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=kind.pixel_format, dst_color_range="JPEG" if kind.full_range else "MPEG"
    )
    made.pts, made.time_base = time, Fraction(1, 25)
    return made


def film(path: Path, kind: Kind, frames: int, times: Sequence[int] | None = None) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(kind.codec, rate=25, options={"threads": "1", **dict(kind.options)})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, kind.pixel_format
        context.color_range = 1 + kind.full_range
        for number, time in enumerate(times or range(frames)):
            container.mux(stream.encode(picture(number, kind, time)))
        container.mux(stream.encode(None))
    return path


def clean(source: Path, target: Path, faces: set[int], **encode: object) -> list[str]:
    """Erase a face in some frames and return the remarks."""
    reader = FilmSource(source)
    info = reader.info
    config = EncodeConfig(threads=2, smart_copy=True, **encode)
    coded = SourceCodec(info.codec, info.profile, (info.width, info.height))
    choice = choose_encoder(config, coded, info.planar_format, info.full_range, target.suffix)
    sink, anonymizer = FilmSink(target, info, choice), PlaneAnonymizer("solid")
    try:
        for frame in reader.frames():
            sink.write(*anonymizer.erase(frame, FACE if frame.index in faces else NOBODY))
        remarks = list(sink.finish())
        sink.publish()
    except BaseException:
        sink.abandon()
        raise
    return remarks


def packets(path: Path) -> dict[Fraction, bytes]:
    with av.open(str(path)) as container:
        return {p.pts * p.time_base: bytes(p) for p in container.demux(video=0) if p.size}


def frames(path: Path) -> Iterator[tuple[Fraction, int, float]]:
    """Time, checksum, and brightness where the face was."""
    for frame in FilmSource(path).frames():
        gray = frame.picture.reformat(format="gray").to_ndarray()
        yield frame.pts * frame.time_base, checksum(frame.picture), float(gray[34:46, 42:54].mean())


def said(path: Path) -> list[str]:
    """What FFmpeg says from warnings up while a film is decoded with one thread."""
    before = av_logging.get_level()
    av_logging.set_level(av_logging.WARNING)
    try:
        with av_logging.Capture(local=False) as lines, av.open(str(path)) as container:
            container.streams.video[0].codec_context.thread_count = 1
            for _ in container.decode(video=0):
                pass
        return [line for _, _, line in lines]
    finally:
        av_logging.set_level(before)


def looked_at(source: Path, target: Path, faces: set[int], copied: set[int]) -> None:
    """Check every frame: what is copied is the source's to the bit, what has a face has none any more."""
    before, after = list(frames(source)), list(frames(target))
    assert [time for time, *_ in after] == [time for time, *_ in before]
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        assert one[2] > 150
        assert (number in faces) == (other[2] < 100), number
        if number in copied:
            assert one[1] == other[1], number
    assert said(target) == said(source) == []


INTRA = [
    Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "lt"),)),
    Kind(".mkv", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mov", "prores_ks", "yuv444p10le", (("profile", "4444"),)),
    Kind(".mov", "dnxhd", "yuv422p", (("profile", "dnxhr_hq"),)),
    Kind(".mov", "dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),)),
    Kind(".mxf", "dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),)),
    Kind(".mxf", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mkv", "ffv1", "yuv420p"),
    Kind(".mkv", "ffv1", "bgr0", (("level", "3"), ("g", "1"), ("slices", "12"), ("slicecrc", "1"))),
    Kind(".mkv", "ffv1", "gray16le", (("level", "3"), ("g", "1"), ("slices", "24"), ("coder", "range_tab"))),
    Kind(".mkv", "ffv1", "yuv422p10le", (("level", "3"), ("g", "1"), ("slices", "4"), ("slicecrc", "1"))),
    Kind(".avi", "ffv1", "yuv420p", (("level", "1"), ("g", "1"))),
    Kind(".avi", "mjpeg", "yuvj420p", (("qmin", "2"), ("qmax", "2")), full_range=True),
    Kind(".mov", "mjpeg", "yuvj422p", (), full_range=True),
    Kind(".mkv", "mjpeg", "yuvj420p", (), full_range=True),
]


@pytest.mark.parametrize("kind", INTRA, ids=str)
def test_intra_frames_without_a_face_are_copied(tmp_path: Path, kind: Kind) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 12), tmp_path / f"b{kind.suffix}"
    faces = {3, 4, 8}
    remarks = clean(source, target, faces)
    whole = kind.codec == "ffv1" and not kind.options  # its groups are of 12 frames
    copied = set() if whole else set(range(12)) - faces
    assert any(f"{len(copied)} of 12 frames copied" in remark for remark in remarks), remarks
    looked_at(source, target, faces, copied)
    before, after = packets(source), packets(target)
    for number in copied:
        assert before[Fraction(number, 25)] == after[Fraction(number, 25)]


GOP = (("g", "6"), ("bf", "2"), ("crf", "18"), ("sc_threshold", "0"))
X265 = "keyint=6:min-keyint=6:open-gop=0:scenecut=0:log-level=error"
LONG = [
    Kind(".mp4", "libx264", options=GOP),
    Kind(".mov", "libx264", options=GOP),
    Kind(".mkv", "libx264", options=GOP),
    Kind(".ts", "libx264", options=GOP),
    Kind(".mp4", "libx264", "yuv422p10le", (*GOP, ("preset", "ultrafast"))),
    Kind(".mp4", "libx264", options=(*GOP[:1], ("bf", "0"))),
    Kind(".mp4", "libx264", options=(*GOP[:1], ("x264-params", "bframes=5:b-adapt=0:scenecut=0"))),
    Kind(".mp4", "libx265", "yuv420p10le", (("x265-params", X265),)),
    Kind(".mp4", "libx265", "yuv420p", (("x265-params", f"{X265}:ctu=16:ref=1:bframes=0:no-sao=1"),)),
    Kind(".mkv", "libx265", "yuv420p", (("x265-params", f"{X265}:ctu=32:ref=2"),)),
    Kind(".mp4", "libx264", "yuvj420p", GOP, full_range=True),
    Kind(".ts", "libx265", "yuv420p", (("x265-params", f"{X265}:bframes=3"),)),
]


def clean_groups(tmp_path: Path, kind: Kind, faces: set[int]) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 24), tmp_path / f"b{kind.suffix}"
    remarks = clean(source, target, faces)
    copied = {number for number in range(24) if number // 6 not in {face // 6 for face in faces}}
    assert any(f"{len(copied)} of 24 frames copied" in remark for remark in remarks), remarks
    looked_at(source, target, faces, copied)


@pytest.mark.parametrize("kind", LONG, ids=str)
def test_closed_groups_without_a_face_are_copied(tmp_path: Path, kind: Kind) -> None:
    clean_groups(tmp_path, kind, {0, 13})


@pytest.mark.parametrize("faces", [{7, 8, 12}, {0, 23}, set(), set(range(24))], ids=len)
@pytest.mark.parametrize("kind", LONG[:1] + LONG[-3:-2], ids=str)
def test_wherever_the_faces_are(tmp_path: Path, kind: Kind, faces: set[int]) -> None:
    clean_groups(tmp_path, kind, faces)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        (Kind(".mkv", "ffv1", "yuv420p", (("level", "3"), ("g", "1"))), ".avi"),
        (Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "standard"),)), ".mkv"),
        (Kind(".mkv", "prores_ks", "yuv422p10le", (("profile", "standard"),)), ".mxf"),
        (Kind(".mkv", "mjpeg", "yuvj420p", full_range=True), ".mov"),
        (Kind(".mkv", "libx264", options=GOP), ".mp4"),
        (Kind(".mp4", "libx264", options=GOP), ".ts"),
        (Kind(".ts", "libx264", options=GOP), ".mkv"),
        (Kind(".mp4", "libx264", options=(*GOP[:1], ("bf", "0"))), ".avi"),
        (Kind(".ts", "libx265", options=(("x265-params", X265),)), ".mov"),
    ],
    ids=str,
)
def test_from_container_to_container(tmp_path: Path, kind: Kind, suffix: str) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 18), tmp_path / f"b{suffix}"
    faces, groups = {7}, 6 if "x26" in kind.codec else 1
    remarks = clean(source, target, faces)
    copied = {number for number in range(18) if number // groups not in {face // groups for face in faces}}
    assert any(f"{len(copied)} of 18 frames copied" in remark for remark in remarks), remarks
    first = next(frames(source))[0]
    if suffix == ".avi":
        assert first == 0
    looked_at(source, target, faces, copied)


def why(tmp_path: Path, kind: Kind, frames: int = 24, faces: frozenset[int] = frozenset({13}), **encode: object) -> str:
    """What is said of a film that is cleaned; no face may be left in it."""
    source, target = film(tmp_path / f"a{kind.suffix}", kind, frames), tmp_path / f"b{kind.suffix}"
    remarks = clean(source, target, set(faces), **encode)
    looked_at(source, target, set(faces), set())
    return next(remark for remark in remarks if remark.startswith("smart copy"))


def test_pictures_without_closed_groups_are_encoded_and_it_is_said(tmp_path: Path) -> None:
    refreshed = Kind(".mp4", "libx264", options=(("x264-params", "intra-refresh=1:keyint=6:bframes=0"),))
    assert why(tmp_path, refreshed) == (
        "smart copy: 0 of 24 frames copied as they are; 24 not: a face was erased in them or in their group of "
        "pictures (3 key frames lean on others and begin no group); called avc3 in the container, which some players "
        "do not know"
    )


@pytest.mark.parametrize(
    "kind",
    [
        Kind(
            ".mkv",
            "libx264",
            options=(("x264-params", "open-gop=1:keyint=6:min-keyint=1:bframes=3:b-adapt=0:scenecut=0"),),
        ),
        Kind(
            ".mkv",
            "libx265",
            options=(
                ("x265-params", "open-gop=1:keyint=6:min-keyint=6:bframes=3:b-adapt=0:scenecut=0:log-level=error"),
            ),
        ),
    ],
    ids=str,
)
def test_open_groups_count_as_one(tmp_path: Path, kind: Kind) -> None:
    with av.open(str(film(tmp_path / "probe.mkv", kind, 24))) as container:
        keys = sum(packet.is_keyframe for packet in container.demux(video=0) if packet.size)
    assert keys > 1
    text = why(tmp_path, kind)
    assert "0 of 24 frames copied as they are; 24 not: a face" in text
    assert "key frames lean on others and begin no group" in text


def test_a_group_too_long_to_wait_for_is_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceerase.streamer.encode.copying.copier.WAITING_BYTES", 10 * WIDTH * HEIGHT * 3 // 2)
    text = why(tmp_path, Kind(".mp4", "libx264", options=(("g", "12"),)), faces=frozenset())
    assert "0 of 24 frames copied as they are; 24 not: they are in a group of pictures too long to be held" in text


@pytest.mark.parametrize(
    ("kind", "encode", "reason"),
    [
        (Kind(".mp4", "libx264", options=GOP), {"codec": "hevc"}, "h264 becomes hevc"),
        (Kind(".mp4", "libx264", options=GOP), {"pix_fmt": "yuv420p10le"}, "pixel format yuv420p becomes yuv420p10le"),
        (Kind(".mkv", "libvpx-vp9"), {}, "not done for vp9"),
        (Kind(".mov", "prores_ks", "yuv422p10le"), {"options": {"profile": "lt"}}, "profile HQ becomes lt"),
        (Kind(".avi", "libx264", options=(("bf", "0"), ("g", "6"))), {}, "does not say when its pictures are shown"),
        (Kind(".mkv", "ffv1", options=(("level", "3"), ("slices", "4"))), {"options": {"slices": "9"}}, "header"),
    ],
    ids=lambda value: str(value) if isinstance(value, (str, Kind)) else "",
)
def test_where_nothing_can_be_copied_it_is_said(
    tmp_path: Path, kind: Kind, encode: dict[str, object], reason: str
) -> None:
    text = why(tmp_path, kind, 12, frozenset({3}), **encode)
    assert text.startswith("smart copy: nothing copied: ")
    assert reason in text


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    kind = Kind(".mp4", "libx264", options=GOP)
    times = [0, 1, 2, 5, 9, 10, 11, 12, 20, 21, 22, 23, 30, 31, 40, 41, 42, 43]
    source = film(tmp_path / "a.mp4", kind, len(times), times)
    remarks = clean(source, tmp_path / "b.mp4", {8})
    assert any("12 of 18 frames copied" in remark for remark in remarks)
    looked_at(source, tmp_path / "b.mp4", {8}, {*range(6), *range(12, 18)})


def test_a_joint_that_does_not_play_is_found_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = film(tmp_path / "a.mkv", Kind(".mkv", "libx264", "yuv420p", (*GOP, ("x264-params", "cabac=0"))), 24)
    monkeypatch.setattr("faceerase.streamer.encode.copying.nal.with_sets", lambda _family, units, _sets: list(units))
    with pytest.raises(VerificationError, match="nothing was kept; try without --smart-copy"):
        clean(source, tmp_path / "b.mkv", {13})
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_ffmpeg_is_heard(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", Kind(".mp4", "libx264", options=GOP), 12)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(bytes(data))
    assert said(path)


def changed(source: Path, target: Path, change: Callable[[int, bytes], bytes]) -> Path:
    """Copy a film packet by packet, each as ``change(number, packet)`` makes it."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(packet for packet in old.demux(video=0) if packet.size):
            made = av.Packet(change(number, bytes(packet)))
            made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
            made.is_keyframe, made.stream = packet.is_keyframe, stream
            new.mux(made)
    return target


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
