"""The streams that travel along: sound and text are copied, every further picture is dropped and named."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from faceerase.errors import SinkError
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.passengers import Passengers

FilmMaker = Callable[..., Path]


def film_with_everything(path: Path) -> Path:
    """Picture, second picture, two sounds, subtitles, cover picture, attachment."""
    _, cover = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    with av.open(str(path), "w") as film:
        pictures = [film.add_stream("ffv1", rate=25) for _ in range(2)]
        for stream in pictures:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "gray"
        sounds = [film.add_stream("pcm_s16le", rate=rate, layout="mono") for rate in (48_000, 44_100)]
        sounds[0].metadata["language"] = "fra"
        words = film.add_mux_stream("webvtt")
        film.add_attachment("cover.jpg", "image/jpeg", cover.tobytes())
        film.add_attachment("notes.txt", "text/plain", b"who is in it")
        film.start_encoding()
        for number in range(4):
            for stream in pictures:
                picture = av.VideoFrame.from_ndarray(np.full((48, 64), 50 * number, np.uint8), format="gray")
                picture.pts, picture.time_base = number, Fraction(1, 25)
                film.mux(stream.encode(picture))
            for sound in sounds:
                count = sound.rate // 25
                tone = av.AudioFrame.from_ndarray(np.full((1, count), number, np.int16), format="s16", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = sound.rate, number * count, Fraction(1, sound.rate)
                film.mux(sound.encode(tone))
        line = av.Packet(b"hello")
        line.stream, line.time_base, line.pts, line.dts, line.duration = words, Fraction(1, 1000), 40, 40, 80
        film.mux(line)
        for stream in (*pictures, *sounds):
            film.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def full_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film_with_everything(tmp_path_factory.mktemp("full") / "full.mkv")


def carry(source: Path, target: Path) -> Passengers:
    with av.open(str(target), "w") as output:
        passengers = Passengers(source, 0, output)
        passengers.write_until(None)
        passengers.close()
    return passengers


def test_sound_and_text_travel_and_pictures_do_not(full_film: Path, tmp_path: Path) -> None:
    passengers = carry(full_film, tmp_path / "copy.mkv")
    with av.open(str(tmp_path / "copy.mkv")) as copy:
        assert sorted(stream.type for stream in copy.streams) == ["audio", "audio", "subtitle"]
    assert len(passengers.copied) == 3


def test_what_is_dropped_is_named_with_its_reason(full_film: Path, tmp_path: Path) -> None:
    dropped = carry(full_film, tmp_path / "copy.mkv").dropped
    assert [text.split(": ")[1] for text in dropped] == ["further video stream", "cover picture", "attachment"]
    assert dropped[0].startswith("stream 1 (video ffv1)")


def test_packets_are_copied_bit_for_bit(full_film: Path, tmp_path: Path) -> None:
    carry(full_film, tmp_path / "copy.mkv")

    def packets(path: Path) -> list[list[tuple[bytes, float]]]:
        with av.open(str(path)) as film:
            streams = [stream for stream in film.streams if stream.type in {"audio", "subtitle"}]
            found: dict[int, list[tuple[bytes, float]]] = {stream.index: [] for stream in streams}
            for packet in film.demux(streams):
                if packet.size:
                    found[packet.stream.index].append((bytes(packet), float((packet.pts or 0) * packet.time_base)))
        return list(found.values())

    assert packets(tmp_path / "copy.mkv") == packets(full_film)


def test_the_language_is_kept(full_film: Path, tmp_path: Path) -> None:
    carry(full_film, tmp_path / "copy.mkv")
    with av.open(str(tmp_path / "copy.mkv")) as copy:
        assert copy.streams.audio[0].metadata.get("language") == "fra"


def test_subtitles_that_do_not_fit_are_dropped_and_said(full_film: Path, tmp_path: Path) -> None:
    passengers = carry(full_film, tmp_path / "copy.avi")
    (said,) = [text for text in passengers.dropped if "subtitle" in text]
    assert said == (
        "stream 4 (subtitle webvtt): subtitles; no place in this container, but in .mkv, .mov, .mp4 or .webm"
    )
    with av.open(str(tmp_path / "copy.avi")) as copy:
        assert {stream.type for stream in copy.streams} == {"audio"}


def test_sound_that_does_not_fit_is_refused(full_film: Path, tmp_path: Path) -> None:
    with (
        av.open(str(tmp_path / "copy.webm"), "w") as output,
        pytest.raises(SinkError, match=r"cannot hold stream 2 \(audio pcm_s16le, fra\); name an \.mkv"),
    ):
        Passengers(full_film, 0, output)


def test_packets_keep_pace_with_the_picture(small_film: Path, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "copy.mkv"), "w") as output:
        passengers = Passengers(small_film, 0, output)
        muxed = []
        output_mux = output.mux

        class Watched:
            def mux(self, packet: av.Packet) -> None:
                muxed.append(float(packet.dts * packet.time_base))
                output_mux(packet)

        passengers._output = Watched()  # type: ignore[assignment]
        passengers.write_until(0.2)
        early = list(muxed)
        passengers.write_until(0.2)
        assert muxed == early
        passengers.write_until(None)
        passengers.close()
    assert early
    assert max(early) < 0.2
    assert len(muxed) > len(early)


def test_a_silent_film_has_no_passengers(make_film: FilmMaker, tmp_path: Path) -> None:
    source = make_film(tmp_path / "silent.mkv", codec="ffv1")
    with av.open(str(tmp_path / "copy.mkv"), "w") as output:
        passengers = Passengers(source, 0, output)
        assert (passengers.copied, passengers.dropped) == ([], [])
        passengers.write_until(None)
        passengers.close()
        output.add_stream("ffv1", rate=25)


def test_audio_rates(full_film: Path, make_film: FilmMaker, tmp_path: Path) -> None:
    assert FilmSource(full_film).info.audio_rates == (48_000, 44_100)
    assert FilmSource(make_film(tmp_path / "silent.mkv", codec="ffv1")).info.audio_rates == ()


@pytest.mark.parametrize("codec", ["subrip", "ass"])
def test_text_subtitles_travel_into_matroska(tmp_path: Path, codec: str) -> None:
    source = tmp_path / "source.mkv"
    with av.open(str(source), "w") as film:
        picture = film.add_stream("ffv1", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "gray"
        words = film.add_mux_stream(codec)
        film.start_encoding()
        film.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64), np.uint8), format="gray")))
        line = av.Packet(b"0,0,Default,,0,0,0,,hello" if codec == "ass" else b"hello")
        line.stream, line.time_base, line.pts, line.dts, line.duration = words, Fraction(1, 1000), 40, 40, 80
        film.mux(line)
        film.mux(picture.encode(None))
    with av.open(str(tmp_path / "copy.mkv"), "w") as output:
        passengers = Passengers(source, 0, output)
        passengers.write_until(None)
        passengers.close()
    assert passengers.dropped == []
    with av.open(str(tmp_path / "copy.mkv")) as copy:
        assert [stream.type for stream in copy.streams] == ["subtitle"]
