"""All that is beside the picture, from film to film: sound, text, fonts, time code, chapters, tags, data."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.container import OutputContainer
from av.stream import Disposition
from av.subtitles.subtitle import SubtitleSet

from faceerase.configs.film import EncodeConfig, StreamsConfig
from faceerase.errors import SinkError
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.chapters import Chapter, chapters_of
from faceerase.streamer.encode.codecs import SourceCodec, choose_encoder
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.mask.matte import Matte

NO_MATTE = Matte(np.zeros((1, 1), np.uint8), (1, 1), 1, 1)
FRAMES = 10
STYLES = (
    b"[Script Info]\r\nScriptType: v4.00+\r\nPlayResX: 384\r\nPlayResY: 288\r\n\r\n[V4+ Styles]\r\n"
    b"Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    b"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, "
    b"MarginV, Encoding\r\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\r\n"
    b"\r\n[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)
LINES = ((40, 80, "one"), (201, 111, r"two\Nlines, {\i1}slanted{\i0}"))
"""Start and duration in milliseconds, and text as ASS writes it."""

CODECS = {".webm": ("libvpx-vp9", "yuv420p"), ".mxf": ("dnxhd", "yuv422p"), ".mov": ("dnxhd", "yuv422p")}


@contextmanager
def film(path: Path, rate: Fraction = Fraction(25), time_code: str | None = None) -> Iterator[OutputContainer]:
    """Open a film whose first stream is a picture; add to it in the block, in which its header is not written yet."""
    codec, pixel_format = CODECS.get(path.suffix, ("libx264", "yuv420p"))
    options = {"profile": "dnxhr_sq"} if codec == "dnxhd" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = (320, 192, pixel_format)
        if codec == "libvpx-vp9":
            stream.bit_rate = 100_000
        if time_code is not None:
            stream.metadata["timecode"] = time_code
        yield container
        for number in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(np.full((288, 320), 20 * number, np.uint8), format="yuv420p")
            picture = picture.reformat(format=pixel_format)
            picture.pts, picture.time_base = number, 1 / rate
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def add_sound(container: OutputContainer, codec: str = "pcm_s16le", **labels: Any) -> Callable[[], None]:
    """Give a film a sound; return what writes it."""
    stream = container.add_stream(codec, rate=48_000, layout="mono")
    stream.disposition = labels.pop("disposition", Disposition(0))
    stream.metadata.update(labels)

    def write() -> None:
        tone = av.AudioFrame.from_ndarray(np.full((1, 9600), 500, np.int16), format="s16", layout="mono")
        tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(stream.encode(tone))
        container.mux(stream.encode(None))

    return write


def add_text(container: OutputContainer, codec: str, lines: Any = LINES) -> Callable[[], None]:
    """Give a film subtitles; return what writes them."""
    stream = container.add_stream(codec)
    stream.metadata["language"] = "fra"
    stream.codec_context.subtitle_header = STYLES
    stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)

    def write() -> None:
        for number, (start, duration, text) in enumerate(lines):
            packet = stream.codec_context.encode_subtitle(
                SubtitleSet.create(f"{number},0,Default,,0,0,0,,{text}".encode(), 0, duration, start)
            )
            packet.stream, packet.time_base = stream, Fraction(1, 1000)
            packet.pts = packet.dts = start
            packet.duration = duration
            container.mux(packet)

    return write


def carry(source: Path, target: Path, **config: Any) -> list[str]:
    """Write a film with all that travels along; return the remarks."""
    film = FilmSource(source)
    info = film.info
    encode = EncodeConfig(threads=1, options={"deadline": "realtime"} if target.suffix == ".webm" else {})
    coded = SourceCodec(info.codec, info.profile)
    choice = choose_encoder(encode, coded, info.planar_format, info.full_range, target.suffix)
    sink = FilmSink(target, info, choice, StreamsConfig(**config))
    try:
        for frame in film.frames():
            sink.write(frame, NO_MATTE)
        remarks = list(sink.finish())
        sink.publish()
    except BaseException:
        sink.abandon()
        raise
    return remarks


def shown(path: Path) -> list[tuple[Fraction, Fraction, str]]:
    """Return what the subtitles of a film say: start, end, text as ASS."""
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        for packet in container.demux(stream):
            said = stream.codec_context.decode2(packet) if packet.size else None
            if said is not None and len(said):
                text = said[0].ass.decode().split(",", 8)[8]
                found.append((packet.pts * packet.time_base, (packet.pts + packet.duration) * packet.time_base, text))
    return found


def kinds(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


# Sound


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".mp4"])
def test_every_sound_travels_with_its_language_and_role(tmp_path: Path, suffix: str) -> None:
    with film(tmp_path / "in.mkv") as source:
        first = add_sound(source, language="deu", disposition=Disposition.default)
        second = add_sound(source, language="fra", disposition=Disposition.visual_impaired)
        source.start_encoding()
        first()
        second()
    remarks = carry(tmp_path / "in.mkv", tmp_path / f"out{suffix}")
    with av.open(str(tmp_path / f"out{suffix}")) as result:
        sounds = result.streams.audio
        assert [sound.metadata["language"] for sound in sounds] == ["ger" if suffix == ".mov" else "deu", "fra"]
        if suffix == ".mov":
            assert remarks == [
                "stream 2 (audio pcm_s16le, fra): disposition visual_impaired lost, this container has none"
            ]
        else:
            assert remarks == []
            assert Disposition.default in sounds[0].disposition
            assert Disposition.visual_impaired in sounds[1].disposition
            assert Disposition.default not in sounds[1].disposition


def test_sound_can_be_dropped(tmp_path: Path) -> None:
    with film(tmp_path / "in.mkv") as source:
        write = add_sound(source)
        source.start_encoding()
        write()
    remarks = carry(tmp_path / "in.mkv", tmp_path / "out.mkv", audio="drop", strict=True)
    assert remarks == ["dropped: stream 1 (audio pcm_s16le): as asked"]
    assert kinds(tmp_path / "out.mkv") == ["video"]


@pytest.mark.parametrize(
    ("suffix", "codec", "instead"),
    [(".webm", "pcm_s16le", "mkv"), (".ts", "pcm_s16le", "mkv"), (".ts", "flac", "mkv"), (".mxf", "flac", "mkv")],
)
def test_sound_that_does_not_fit_is_refused_with_a_way_out(
    tmp_path: Path, suffix: str, codec: str, instead: str
) -> None:
    with film(tmp_path / "in.mkv") as source:
        write = add_sound(source, codec)
        source.start_encoding()
        write()
    said = rf"^a file of kind \w+ cannot hold stream 1 \(audio {codec}\); name an \.{instead} instead$"
    with pytest.raises(SinkError, match=said):
        carry(tmp_path / "in.mkv", tmp_path / f"out{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]


# Text


def film_with_text(path: Path, codec: str) -> Path:
    with film(path) as source:
        write = add_text(source, codec)
        source.start_encoding()
        write()
    return path


TEXTS = {"subrip": ".mkv", "ass": ".mkv", "webvtt": ".mkv", "mov_text": ".mp4"}


@pytest.mark.parametrize("target", [".mkv", ".mp4", ".mov", ".webm"])
@pytest.mark.parametrize("codec", TEXTS)
def test_subtitles_are_copied_or_converted_at_their_own_times(tmp_path: Path, codec: str, target: str) -> None:
    source = film_with_text(tmp_path / f"in{TEXTS[codec]}", codec)
    remarks = carry(source, tmp_path / f"out{target}")
    native = {".mkv": "subrip", ".mp4": "mov_text", ".mov": "mov_text", ".webm": "webvtt"}[target]
    copied = {".mkv": {"subrip", "ass", "webvtt"}, ".webm": {"webvtt"}}.get(target, {"mov_text"})
    converted = [f"stream 1 (subtitle {codec}, fra): converted to {native}"] if codec not in copied else []
    assert [text for text in remarks if "codec h264" not in text] == converted
    before, after = shown(source), shown(tmp_path / f"out{target}")
    assert [line[:2] for line in after] == [line[:2] for line in before]
    assert [text.replace(r"{\i0}", "") for *_, text in after] == ["one", r"two\Nlines, {\i1}slanted"]
    with av.open(str(tmp_path / f"out{target}")) as result:
        (stream,) = result.streams.subtitles
        assert stream.codec_context.codec.canonical_name == (codec if codec in copied else native)
        assert stream.metadata["language"] == "fra"


def test_a_copied_subtitle_is_the_same_to_the_bit(tmp_path: Path) -> None:
    source = film_with_text(tmp_path / "in.mkv", "ass")
    carry(source, tmp_path / "out.mkv")

    def packets(path: Path) -> list[tuple[int | None, int | None, bytes]]:
        with av.open(str(path)) as container:
            return [(p.pts, p.duration, bytes(p)) for p in container.demux(subtitles=0) if p.size]

    assert packets(tmp_path / "out.mkv") == packets(source)
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert result.streams.subtitles[0].codec_context.extradata == STYLES


def test_pictures_of_text_are_pictures(tmp_path: Path) -> None:
    with film(tmp_path / "in.mkv") as source:
        stream = source.add_mux_stream("dvd_subtitle")
        source.start_encoding()
        packet = av.Packet(b"\x00\x04\x00\x04")
        packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = stream, Fraction(1, 1000), 0, 0, 40
        source.mux(packet)
    remarks = carry(tmp_path / "in.mkv", tmp_path / "out.mkv")
    assert remarks == ["dropped: stream 1 (subtitle dvd_subtitle): pictures of text"]
    assert kinds(tmp_path / "out.mkv") == ["video"]


# Attachments

FONT = b"\x00\x01\x00\x00" + bytes(range(200))


def film_with_font(path: Path, data: bytes = FONT) -> Path:
    with film(path) as source:
        source.add_attachment("Face.ttf", "application/x-truetype-font", data)
        source.start_encoding()
    return path


def test_fonts_travel_into_matroska(tmp_path: Path) -> None:
    assert carry(film_with_font(tmp_path / "in.mkv"), tmp_path / "out.mkv", strict=True) == []
    with av.open(str(tmp_path / "out.mkv")) as result:
        (font,) = result.streams.attachments
        assert (font.data, font.mimetype) == (FONT, "application/x-truetype-font")
        assert font.metadata["filename"] == "Face.ttf"


def test_a_font_without_a_place_is_named(tmp_path: Path) -> None:
    source = film_with_font(tmp_path / "in.mkv")
    remarks = carry(source, tmp_path / "out.mp4")
    assert remarks == ["dropped: stream 1 (attachment attachment): font; no place in this container, but in .mkv"]


def test_a_picture_that_calls_itself_a_font_is_dropped(tmp_path: Path) -> None:
    source = film_with_font(tmp_path / "in.mkv", b"\x89PNG\r\n\x1a\n")
    assert carry(source, tmp_path / "out.mkv") == ["dropped: stream 1 (attachment attachment): attachment"]
    assert kinds(tmp_path / "out.mkv") == ["video"]


# Time code


def time_code(path: Path) -> str | None:
    with av.open(str(path)) as container:
        tags = [container.metadata, *(stream.metadata for stream in container.streams)]
        found = {value for part in tags for key, value in part.items() if key.lower() == "timecode"}
    assert len(found) < 2
    return found.pop() if found else None


@pytest.mark.parametrize("target", [".mov", ".mp4", ".mkv", ".mxf", ".avi"])
@pytest.mark.parametrize("source", [".mov", ".mxf"])
def test_the_time_code_stays(tmp_path: Path, source: str, target: str) -> None:
    with film(tmp_path / f"in{source}", time_code="10:58:59:07") as container:
        container.start_encoding()
    assert time_code(tmp_path / f"in{source}") == "10:58:59:07"
    remarks = carry(tmp_path / f"in{source}", tmp_path / f"out{target}")
    assert not [text for text in remarks if "time code" in text or "data" in text.replace("metadata", "")]
    assert time_code(tmp_path / f"out{target}") == "10:58:59:07"


@pytest.mark.parametrize("rate", [Fraction(30_000, 1001), Fraction(60_000, 1001)])
@pytest.mark.parametrize("target", [".mov", ".mp4", ".mkv"])
def test_drop_frame_stays(tmp_path: Path, rate: Fraction, target: str) -> None:
    with film(tmp_path / "in.mov", rate, "01:00:00;02") as container:
        container.start_encoding()
    carry(tmp_path / "in.mov", tmp_path / f"out{target}", strict=True)
    assert time_code(tmp_path / f"out{target}") == "01:00:00;02"


def test_a_time_code_that_has_no_place_is_named(tmp_path: Path) -> None:
    with film(tmp_path / "in.mkv", time_code="01:00:00:00") as container:
        container.start_encoding()
    remarks = carry(tmp_path / "in.mkv", tmp_path / "out.ts")
    assert remarks == [
        "dropped: time code 01:00:00:00: no place in this container, but in .mkv, .mov, .mp4, .webm, .avi or .mxf"
    ]


@pytest.mark.parametrize(
    ("text", "why"), [("01:00:00;02", "drop numbers"), ("01:00:00:25", "25 frames"), ("noon", "hh:mm:ss:ff")]
)
def test_a_time_code_that_cannot_be_is_named(tmp_path: Path, text: str, why: str) -> None:
    with film(tmp_path / "in.mkv", time_code=text) as container:
        container.start_encoding()
    (remark,) = carry(tmp_path / "in.mkv", tmp_path / "out.mov")
    assert remark.startswith(f"dropped: time code {text}: ")
    assert why in remark


# Chapters

PARTS = [Chapter(Fraction(0), Fraction(1, 5), "Anna"), Chapter(Fraction(1, 5), Fraction(2, 5), "Bob")]


def film_with_chapters(path: Path, parts: list[Chapter] = PARTS) -> Path:
    with film(path) as source:
        source.set_chapters(
            [
                {
                    "id": number,
                    "start": round(part.start * 1000),
                    "end": round(part.end * 1000),
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": part.title} if part.title else {},
                }
                for number, part in enumerate(parts, 1)
            ]
        )
        source.start_encoding()
    return path


def read_chapters(path: Path) -> list[Chapter]:
    with av.open(str(path)) as container:
        return chapters_of(container)


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("source", [".mp4", ".mkv"])
def test_chapters_stay_and_lose_their_titles(tmp_path: Path, source: str, target: str) -> None:
    path = film_with_chapters(tmp_path / f"in{source}")
    remarks = carry(path, tmp_path / f"out{target}", strict=True)
    assert remarks == ["chapter titles removed: 2 (--keep-metadata keeps them)"]
    assert read_chapters(tmp_path / f"out{target}") == [Chapter(part.start, part.end) for part in PARTS]


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_chapters_survive_two_rounds(tmp_path: Path, suffix: str, keep: bool) -> None:
    carry(film_with_chapters(tmp_path / f"in{suffix}"), tmp_path / f"one{suffix}", metadata=keep)
    assert carry(tmp_path / f"one{suffix}", tmp_path / f"two{suffix}", metadata=keep, strict=True) == []
    expected = PARTS if keep else [Chapter(part.start, part.end) for part in PARTS]
    assert read_chapters(tmp_path / f"two{suffix}") == expected
    assert kinds(tmp_path / f"two{suffix}") == kinds(tmp_path / f"one{suffix}")


def test_a_first_chapter_that_begins_later_keeps_its_time(tmp_path: Path) -> None:
    late = [Chapter(Fraction(3, 25), Fraction(1, 5), "Anna"), Chapter(Fraction(1, 5), Fraction(2, 5), "Bob")]
    source = film_with_chapters(tmp_path / "in.mkv", late)
    carry(source, tmp_path / "out.mp4")
    assert read_chapters(tmp_path / "out.mp4")[0].start == late[0].start
    # Titles of MP4 are in a text track, which begins with the film.
    remarks = carry(source, tmp_path / "titled.mp4", metadata=True)
    assert remarks == ["chapter 1 begins at 0.000 s instead of 0.120 s"]


def test_chapters_without_a_place_are_named(tmp_path: Path) -> None:
    remarks = carry(film_with_chapters(tmp_path / "in.mkv"), tmp_path / "out.avi")
    assert remarks == ["dropped: chapters: no place in this container, but in .mkv, .mov, .mp4 or .webm"]


# Tags

WHO = {"title": "My film", "artist": "Bob", "location": "+51.4779-000.0015/", "creation_time": "2024-01-01T00:00:00Z"}
MAKE = "com.apple.quicktime.make"


def film_with_tags(path: Path, *, mdta: bool = False) -> Path:
    with film(path) as source:
        if mdta:
            source.options["movflags"] = "use_metadata_tags"
        source.metadata.update(WHO | {MAKE: "Apple"})
        write = add_sound(source, language="deu", title="Bob speaks")
        source.start_encoding()
        write()
    return path


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
def test_personal_tags_are_removed_and_named(tmp_path: Path, target: str) -> None:
    source = film_with_tags(tmp_path / "in.mov", mdta=True)
    (remark,) = carry(source, tmp_path / f"out{target}")
    for key in (*WHO, MAKE):
        assert f" {key}" in remark
    assert "--keep-metadata" in remark
    for value in (*WHO.values(), "Apple"):
        assert value not in remark
    written = (tmp_path / f"out{target}").read_bytes()
    for value in (b"My film", b"Bob", b"51.4779", b"2024", b"Apple"):
        assert value not in written
    assert carry(tmp_path / f"out{target}", tmp_path / f"again{target}") == []


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("source", [".mov", ".mkv"])
def test_personal_tags_stay_where_asked_for(tmp_path: Path, source: str, target: str) -> None:
    path = film_with_tags(tmp_path / f"in{source}", mdta=True)
    assert carry(path, tmp_path / f"out{target}", metadata=True) == []
    with av.open(str(tmp_path / f"out{target}")) as result:
        found = {key.lower(): value for key, value in result.metadata.items()}
        names = {key.lower(): value for key, value in result.streams.audio[0].metadata.items()}
    assert found["title"] == "My film"
    assert found["artist"] == "Bob"
    assert found["location"] == WHO["location"]
    assert found["creation_time"].startswith("2024-01-01T00:00:00")
    assert found[MAKE] == "Apple"
    assert "Bob speaks" in names.values()


def test_tags_without_a_place_are_named(tmp_path: Path) -> None:
    remarks = carry(film_with_tags(tmp_path / "in.mkv"), tmp_path / "out.avi", metadata=True)
    (said,) = [text for text in remarks if text.startswith("metadata that this container cannot hold: ")]
    assert "location" in said
    assert "artist" not in said


# Data


def film_with_data(path: Path, codec: str) -> Path:
    with film(path) as source:
        stream = source.add_data_stream(codec)
        stream.time_base = Fraction(1, 1000)
        source.start_encoding()
        for number in range(4):
            packet = av.Packet(b"GPS %d" % number)
            packet.stream, packet.time_base, packet.pts, packet.dts = (
                stream,
                Fraction(1, 1000),
                40 * number,
                40 * number,
            )
            packet.duration = 40
            source.mux(packet)
    return path


def data(path: Path) -> list[tuple[Fraction, bytes]]:
    with av.open(str(path)) as container:
        packets = (packet for packet in container.demux() if packet.size and packet.stream.type == "data")
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in packets]


@pytest.mark.parametrize(("suffix", "codec"), [(".ts", "klv"), (".mp4", "bin_data")])
def test_data_is_dropped_unless_asked_for(tmp_path: Path, suffix: str, codec: str) -> None:
    source = film_with_data(tmp_path / f"in{suffix}", codec)
    assert "dropped: stream 1 (data): data stream" in carry(source, tmp_path / f"out{suffix}")
    assert data(tmp_path / f"out{suffix}") == []
    remarks = carry(source, tmp_path / f"kept{suffix}", data=True)
    assert not [text for text in remarks if "dropped" in text]
    assert data(tmp_path / f"kept{suffix}") == data(source)
    assert len(data(source)) == 4


def test_data_without_a_place_is_named(tmp_path: Path) -> None:
    remarks = carry(film_with_data(tmp_path / "in.ts", "klv"), tmp_path / "out.mkv", data=True)
    assert remarks == ["dropped: stream 1 (data): data stream; no place in this container, but in .ts"]


# Everything at once


def test_strict_names_all_that_would_be_left_out(tmp_path: Path) -> None:
    with film(tmp_path / "in.mkv", time_code="01:00:00:00") as source:
        source.add_attachment("Face.ttf", "font/ttf", FONT)
        source.set_chapters([{"id": 1, "start": 0, "end": 400, "time_base": Fraction(1, 1000), "metadata": {}}])
        write = add_text(source, "subrip")
        source.start_encoding()
        write()
    with pytest.raises(SinkError, match=r"^--strict-streams, and this would be left out: ") as caught:
        carry(tmp_path / "in.mkv", tmp_path / "out.ts", strict=True)
    for words in ("subtitle subrip", "font", "chapters", "time code"):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]
    assert carry(tmp_path / "in.mkv", tmp_path / "out.mkv", strict=True) == []
