"""Containers that count frames: even films go in, at their rate, and others are refused before a frame is decoded."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from passing import NO_MATTE, pass_through

from faceerase.configs.film import EncodeConfig, PartConfig
from faceerase.errors import SinkError
from faceerase.streamer.decode.clock import RATES
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.decode.spacing import even_rate, first_fields, first_uneven
from faceerase.streamer.decode.timeline import timeline_of
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.counting import at_even_rate
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.settings import SourceCodec

FilmMaker = Callable[..., Path]
MILLISECOND = Fraction(1, 1000)
NTSC = Fraction(30_000, 1001)


def rounded(rate: Fraction, tick: Fraction, count: int = 200) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([round(number / rate / tick) for number in range(count)], np.int64)


@pytest.mark.parametrize("rate", [*RATES, Fraction(25, 2), Fraction(15)])
@pytest.mark.parametrize("tick", [MILLISECOND, Fraction(1, 90_000)])
def test_the_rate_of_even_frames_is_exact(rate: Fraction, tick: Fraction) -> None:
    near = sorted(RATES, key=lambda one: abs(one - rate))
    assert even_rate(rounded(rate, tick), tick, [rate, *near]) == rate
    if rate in RATES:
        assert even_rate(rounded(rate, tick, 2000), tick, [rate * Fraction(1002, 1001), *near]) == rate


@pytest.mark.parametrize("ticks", [[0, 40, 80, 160], [0, 40, 120, 160], [0, 40, 60, 80, 120]])
def test_uneven_frames_have_no_rate(ticks: list[int]) -> None:
    times = np.array(ticks, np.int64)
    assert even_rate(times, MILLISECOND, RATES) is None
    assert first_uneven(times, MILLISECOND, Fraction(25)) in (2, 3)


def test_a_gap_of_one_coarse_tick_is_a_gap() -> None:
    assert even_rate(np.array([0, 1, 2, 4]), Fraction(1, 25), [Fraction(25)]) is None


@pytest.mark.parametrize("name", ["out.avi", "out.mxf"])
@pytest.mark.parametrize("codec", ["h264", "ffv1"])
def test_an_uneven_film_is_refused_before_a_frame_is_decoded(
    tmp_path: Path, make_film: FilmMaker, name: str, codec: str
) -> None:
    times = [0, 1, 2, 3, 5, 6, 9]
    film = make_film(tmp_path / "uneven.mkv", codec="libx264" if codec == "h264" else codec, times=times, b_frames=2)
    with pytest.raises(SinkError, match=r"out\.\w+: at 0\.200 s the film's frames are not evenly spaced.*\.mkv"):
        at_even_rate(FilmSource(film).info, tmp_path / name)
    info = FilmSource(film).info
    assert at_even_rate(info, tmp_path / "out.mkv") is info


def test_an_even_part_of_an_uneven_film_goes_in(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "uneven.mkv", codec="ffv1", times=[0, 1, 2, 3, 4, 7, 8, 12])
    info = FilmSource(film, part=PartConfig(begin="0.04", end="0.2")).info
    assert list(timeline_of(info).ticks) == [40, 80, 120, 160]
    assert at_even_rate(info, tmp_path / "out.avi").rate == 25


def test_the_second_field_of_a_picture_is_no_frame(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1", time_base=Fraction(1, 50), times=[0, 1, 2, 3, 4, 5, 6, 7])
    info = FilmSource(film).info
    assert info.rate == 25  # what the header says, of a film whose fields are packets
    assert list(first_fields(timeline_of(info).ticks, info.time_base, info.rate)) == [0, 40, 80, 120]
    assert at_even_rate(info, tmp_path / "out.avi").frame_count == 4


def test_a_rate_that_mxf_does_not_know_is_told(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "slow.mkv", codec="ffv1", times=range(0, 60, 3))
    with pytest.raises(SinkError, match=r"out\.mxf: .* frames/s is no rate of this container, which holds 23\.976"):
        at_even_rate(FilmSource(film).info, tmp_path / "out.mxf")
    assert at_even_rate(FilmSource(film).info, tmp_path / "out.avi").rate == Fraction(25, 3)


# Sound, from its first sample on: which sample is heard with the first frame.


def master(path: Path, late: int, sound: int, count: int = 10, codec: str = "pcm_s16le") -> Path:
    """Write ProRes that begins ``late`` frames after 0, with sound that counts its samples, from ``sound`` on."""
    options = {"movie_timescale": "1200000", "video_track_timescale": "25", "avoid_negative_ts": "disabled"}
    with av.open(str(path), "w", options=options) as film:
        stream = film.add_stream("prores_ks", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv422p10le"
        voice = film.add_stream(codec, rate=48_000, layout="mono")
        for number in range(count):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 * number, np.uint8), format="rgb24")
            picture = picture.reformat(format="yuv422p10le")
            picture.pts, picture.time_base = late + number, Fraction(1, 25)
            film.mux(stream.encode(picture))
            samples = np.arange(number * 1920, (number + 1) * 1920, dtype=np.int16)[None]
            kind = "fltp" if codec == "aac" else "s16"
            tone = av.AudioFrame.from_ndarray(samples.astype(np.float32) if codec == "aac" else samples, kind, "mono")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, sound + number * 1920, Fraction(1, 48_000)
            film.mux(voice.encode(tone))
        film.mux([*stream.encode(None), *voice.encode(None)])
    return path


def copy(source: Path, target: Path, part: PartConfig | None = None) -> Sequence[str]:
    return pass_through(source, target, part=part, codec="prores" if target.suffix == ".mxf" else "mjpeg").told


def heard(path: Path) -> list[int]:
    with av.open(str(path)) as film:
        return [int(sample) for tone in film.decode(audio=0) for sample in tone.to_ndarray()[0]]


@pytest.mark.parametrize(
    ("late", "sound", "first"),
    [(0, 0, 0), (5, 0, 5 * 1920), (0, 700, -700), (5, 1000, 5 * 1920 - 1000), (0, 10_000, -10_000), (2, 3840, 0)],
)
def test_uncompressed_sound_is_laid_to_the_sample(tmp_path: Path, late: int, sound: int, first: int) -> None:
    film = master(tmp_path / "in.mov", late, sound)
    remarks = copy(film, tmp_path / "out.mxf")
    samples = heard(tmp_path / "out.mxf")
    assert len(samples) == 10 * 1920
    wanted = [number if 0 <= number < 19_200 else 0 for number in range(first, first + 19_200)]
    assert samples == wanted
    assert any("silence put in" in text for text in remarks) == (first != 0)
    assert any("sound left out" in text for text in remarks) == (first > 0)
    with av.open(str(tmp_path / "out.mxf")) as copied:
        assert [frame.pts for frame in copied.decode(video=0)] == list(range(10))


def test_a_part_of_a_master_keeps_its_sound_to_the_sample(tmp_path: Path) -> None:
    film = master(tmp_path / "in.mov", 3, 1000)
    copy(film, tmp_path / "out.mxf", PartConfig(begin="0.1", end="0.3"))
    samples = heard(tmp_path / "out.mxf")
    assert len(samples) == 5 * 1920
    inside = [sample for sample in samples if sample]
    at = samples.index(inside[0])
    assert inside[0] - at == (3 + 3) * 1920 - 1000


def test_coded_sound_goes_by_packets_and_its_priming_stays_out(tmp_path: Path) -> None:
    film = master(tmp_path / "in.mov", 0, 0, codec="aac")
    pixels = FilmSource(film).info.planar_format
    assert pixels == "yuv422p10le"
    for sound, told in ((0, "packets before the first frame left out (1)"), (500, "ms earlier against the picture")):
        film = master(tmp_path / "in.mov", 0, sound, codec="aac")
        info = FilmSource(film).info
        choice = choose_encoder(EncodeConfig(codec="ffv1"), SourceCodec(info.codec), info.planar_format, False, ".avi")
        sink = FilmSink(tmp_path / "out.avi", info, choice)
        for frame in FilmSource(film).frames():
            sink.write(frame, NO_MATTE)
        remarks = sink.finish()
        assert any(told in text for text in remarks), remarks
        sink.abandon()


def test_coded_sound_that_begins_late_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    film = master(tmp_path / "in.mov", 0, 20_000, codec="aac")
    (tmp_path / "out").mkdir()
    info = FilmSource(film).info
    choice = choose_encoder(EncodeConfig(codec="ffv1"), SourceCodec(info.codec), info.planar_format, False, ".avi")
    with pytest.raises(SinkError, match=r"stream 1 \(audio\) begins 0\.395 s after the picture"):
        FilmSink(tmp_path / "out" / "out.avi", info, choice)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("codec", ["aac", "pcm_s32le"])
def test_sound_that_mxf_does_not_hold_is_refused(tmp_path: Path, codec: str) -> None:
    film = master(tmp_path / "in.mov", 0, 0, codec=codec) if codec == "aac" else None
    if film is None:
        film = master(tmp_path / "in.mov", 0, 0)
        with av.open(str(film)) as whole, av.open(str(tmp_path / "wide.mov"), "w") as wide:
            picture = wide.add_stream_from_template(whole.streams.video[0], opaque=True)
            voice = wide.add_stream(codec, rate=48_000, layout="mono")
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 19_200), np.int32), "s32", "mono")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, 0, Fraction(1, 48_000)
            for packet in whole.demux(video=0):
                if packet.size:
                    packet.stream = picture
                    wide.mux(packet)
            wide.mux([*voice.encode(tone), *voice.encode(None)])
        film = tmp_path / "wide.mov"
    with pytest.raises(SinkError, match="cannot hold stream 1"):
        copy(film, tmp_path / "out.mxf")
    assert not (tmp_path / "out.mxf").exists()
