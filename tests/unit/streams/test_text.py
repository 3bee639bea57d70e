"""Subtitles: copied, converted, dropped."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from faceerase.configs.film import PartConfig


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


def film_with_text(films: Any, path: Path, codec: str) -> Path:
    with films.open(path) as source:
        write = films.add_text(source, codec)
        source.start_encoding()
        write()
    return path


TEXTS = {"subrip": ".mkv", "ass": ".mkv", "webvtt": ".mkv", "mov_text": ".mp4"}


@pytest.mark.parametrize("target", [".mkv", ".mp4", ".mov", ".webm"])
@pytest.mark.parametrize("codec", TEXTS)
def test_subtitles_are_copied_or_converted_at_their_own_times(
    tmp_path: Path, codec: str, target: str, films: Any
) -> None:
    source = film_with_text(films, tmp_path / f"in{TEXTS[codec]}", codec)
    remarks = films.carry(source, tmp_path / f"out{target}")
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


def test_a_copied_subtitle_is_the_same_to_the_bit(tmp_path: Path, films: Any) -> None:
    source = film_with_text(films, tmp_path / "in.mkv", "ass")
    films.carry(source, tmp_path / "out.mkv")

    def packets(path: Path) -> list[tuple[int | None, int | None, bytes]]:
        with av.open(str(path)) as container:
            return [(p.pts, p.duration, bytes(p)) for p in container.demux(subtitles=0) if p.size]

    assert packets(tmp_path / "out.mkv") == packets(source)
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert result.streams.subtitles[0].codec_context.extradata == films.styles


def test_pictures_of_text_are_pictures(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.mkv") as source:
        stream = source.add_mux_stream("dvd_subtitle")
        source.start_encoding()
        packet = av.Packet(b"\x00\x04\x00\x04")
        packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = stream, Fraction(1, 1000), 0, 0, 40
        source.mux(packet)
    remarks = films.carry(tmp_path / "in.mkv", tmp_path / "out.mkv")
    assert remarks == ["dropped: stream 1 (subtitle dvd_subtitle): pictures of text"]
    assert films.kinds(tmp_path / "out.mkv") == ["video"]


def test_text_that_nobody_here_can_read_is_named(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.ts") as source:
        stream = source.add_mux_stream("dvb_teletext")
        source.start_encoding()
        packet = av.Packet(b"\x10\x02\x2c" + bytes(44))
        packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = stream, Fraction(1, 1000), 0, 0, 40
        source.mux(packet)
    remarks = films.carry(tmp_path / "in.ts", tmp_path / "out.mkv")
    assert remarks == ["dropped: stream 1 (subtitle): subtitles of a kind that is not converted"]


def test_times_in_finer_ticks_are_kept_to_the_tick_of_the_target(tmp_path: Path, films: Any) -> None:
    fine = Fraction(1, 90_000)
    with films.open(tmp_path / "in.mp4") as source:
        write = films.add_text(source, "mov_text", ((3605, 7219, "one"), (18_044, 9001, "two")), fine)
        source.start_encoding()
        write()
    films.carry(tmp_path / "in.mp4", tmp_path / "out.mov")
    assert [line[:2] for line in shown(tmp_path / "out.mov")] == [
        (3605 * fine, 10_824 * fine),
        (18_044 * fine, 27_045 * fine),
    ]
    films.carry(tmp_path / "in.mp4", tmp_path / "out.mkv")
    for before, after in zip(shown(tmp_path / "in.mp4"), shown(tmp_path / "out.mkv"), strict=True):
        assert abs(before[0] - after[0]) <= Fraction(1, 2000)
        assert abs(before[1] - after[1]) <= Fraction(1, 1000)


@pytest.mark.parametrize("target", [".mkv", ".mp4", ".webm"])
@pytest.mark.parametrize("codec", ["subrip", "mov_text"])
def test_of_a_part_subtitles_are_clipped_and_moved(tmp_path: Path, codec: str, target: str, films: Any) -> None:
    source = film_with_text(films, tmp_path / f"in{TEXTS[codec]}", codec)
    films.carry(source, tmp_path / f"out{target}", PartConfig(begin="0.08", end="0.28"))
    (first, second) = shown(tmp_path / f"out{target}")
    assert [first[:2], second[0]] == [(0, Fraction(1, 25)), Fraction(121, 1000)]
    assert abs(second[1] - Fraction(1, 5)) <= Fraction(1, 1000)
