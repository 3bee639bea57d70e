"""A part of a film: the same frames as in the whole of it, from 0 on, and the sound that belongs to them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from faceerase.configs.film import PartConfig
from faceerase.errors import ConfigError
from faceerase.streamer.decode.part import WHOLE, Cut, excerpt
from faceerase.streamer.decode.source import FilmSource

FilmMaker = Callable[..., Path]
LATE = range(40, 70)
"""Thirty frames of a film that begins 1.6 s late; AVI knows no such thing."""

KINDS: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"codec": "libx264", "b_frames": 2},
    "b_frames.mkv": {"codec": "libx264", "b_frames": 2},
    "b_frames.ts": {"codec": "libx264", "b_frames": 2},
    "mpeg4.avi": {"codec": "mpeg4", "times": range(30)},
    "lossless.mkv": {"codec": "ffv1"},
}


@pytest.fixture(scope="module", params=KINDS)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, make_film: FilmMaker) -> Path:
    path = tmp_path_factory.mktemp("films") / request.param
    return make_film(path, **{"times": LATE, "group": 8, **KINDS[request.param]})


def shown(path: Path, part: PartConfig | None = None) -> list[tuple[Fraction, bytes]]:
    source = FilmSource(path, part=part)
    frames = [(frame.pts * frame.time_base, bytes(frame.picture.planes[0])) for frame in source.frames()]
    assert source.lost == []
    assert [text for text in source.remarks if "repaired" not in text and "edit list" not in text] == []
    return frames


@pytest.mark.parametrize(
    ("begin", "end", "first", "last"),
    [
        ("0.4", "0.8", 10, 20),
        ("0.39", "0.81", 10, 21),
        ("00:00:00:13", "00:00:01:02", 13, 27),
        ("00:00:00.400", None, 10, 30),
        (None, "0.2", 0, 5),
        ("0", None, 0, 30),
        ("1.08", None, 27, 30),
        ("0.32", "0.33", 8, 9),
    ],
)
def test_a_part_has_the_frames_of_the_whole_from_zero_on(
    film: Path, begin: str | None, end: str | None, first: int, last: int
) -> None:
    whole, part = shown(film), shown(film, PartConfig(begin=begin, end=end))
    assert [picture for _, picture in part] == [picture for _, picture in whole[first:last]]
    assert [time for time, _ in part] == [time - whole[first][0] for time, _ in whole[first:last]]


def test_what_was_skipped_is_known(film: Path) -> None:
    info = FilmSource(film, part=PartConfig(begin="0.4", end="0.8")).info
    assert (info.cut.skipped, info.frame_count) == (Fraction(2, 5), 10)
    whole = FilmSource(film, part=PartConfig()).info
    assert (whole.cut, whole.cut.skipped) == (WHOLE, 0)


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        ("1", "1", "--from 1 --to 1: nothing lies there"),
        ("2", "1", "--from 2 --to 1: nothing lies there"),
        (None, "0", "--to 0: nothing lies there"),
        ("7", None, r"--from 7: the film has no frame there; its last frame is shown at 1\.\d+ s"),
        ("0.41", "0.43", "--from 0.41 --to 0.43: the film has no frame there$"),
        ("soon", None, "soon: not a time"),
    ],
)
def test_parts_that_are_not_there_are_refused(film: Path, begin: str | None, end: str | None, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        FilmSource(film, part=PartConfig(begin=begin, end=end))


def test_an_end_beyond_the_films_is_told(film: Path) -> None:
    source = FilmSource(film, part=PartConfig(begin="0.8", end="5"))
    assert len(list(source.frames())) == 10
    assert [text for text in source.remarks if "ends with the film, before 5.00 s" in text]


def test_a_key_frame_is_not_needed_at_the_start(tmp_path: Path, make_film: FilmMaker) -> None:
    path = make_film(tmp_path / "long.ts", times=range(60), group=50, b_frames=2)
    assert shown(path, PartConfig(begin="2"))[0] == (0, shown(path)[50][1])


@pytest.mark.parametrize("name", ["sound.mkv", "sound.mov"])
def test_packets_that_begin_in_the_part_come_at_exact_times(tmp_path: Path, make_film: FilmMaker, name: str) -> None:
    path = make_film(tmp_path / name, codec="ffv1" if name.endswith("mkv") else "prores_ks",
                     pixel_format="yuv422p10le", sound="pcm_s16le")  # fmt: skip
    cut = Cut(Fraction(1, 10), Fraction(3, 10), Fraction(1001, 9000))
    with av.open(str(path)) as whole, av.open(str(path)) as part:
        before = [
            (packet.pts * packet.time_base, bytes(packet))
            for packet in excerpt(whole, [whole.streams.audio[0]], WHOLE)
            if packet.size
        ]
        after = [
            (packet.pts * packet.time_base, bytes(packet)) for packet in excerpt(part, [part.streams.audio[0]], cut)
        ]
    assert after == [(time - cut.shift, data) for time, data in before if cut.begin <= time < cut.end]  # type: ignore[operator]
    assert after


def slow_film(path: Path) -> Path:
    """Write 40 s of a picture and a second of sound for each second, the picture in long groups."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=1, options={"bf": "2", "g": "12", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        voice = film.add_stream("pcm_s16le" if path.suffix == ".mkv" else "aac", rate=8000, layout="mono")
        kind, sample = ("s16", np.int16) if path.suffix == ".mkv" else ("fltp", np.float32)
        for number in range(40):
            picture = av.VideoFrame.from_ndarray(np.full((72, 64), 5 * number, np.uint8), format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1)
            film.mux(stream.encode(picture))
            tone = av.AudioFrame.from_ndarray(np.full((1, 8000), number / 50, sample), kind, "mono")
            tone.sample_rate, tone.pts, tone.time_base = 8000, 8000 * number, Fraction(1, 8000)
            film.mux(voice.encode(tone))
        film.mux([*stream.encode(None), *voice.encode(None)])
    return path


@pytest.mark.parametrize("name", ["slow.mp4", "slow.mkv", "slow.ts"])
def test_a_part_far_inside_is_searched_for_and_nothing_of_it_is_missed(tmp_path: Path, name: str) -> None:
    path = slow_film(tmp_path / name)
    whole, part = shown(path), shown(path, PartConfig(begin="30", end="00:00:35"))
    assert [picture for _, picture in part] == [picture for _, picture in whole[30:35]]
    cut = FilmSource(path, part=PartConfig(begin="30", end="35")).info.cut
    with av.open(str(path)) as one, av.open(str(path)) as other:
        before = [
            packet.pts * packet.time_base - cut.shift
            for packet in one.demux(one.streams.audio[0])
            if packet.size and cut.holds(packet.pts * packet.time_base)
        ]
        sought = list(excerpt(other, [other.streams.audio[0]], cut))
    assert [packet.pts * packet.time_base for packet in sought] == before
    assert len(before) > 4


def test_a_part_of_a_film_with_an_edit_list(tmp_path: Path) -> None:
    path = tmp_path / "edited.mp4"
    options = {"avoid_negative_ts": "disabled", "video_track_timescale": "25"}
    with av.open(str(path), "w", options=options) as film:
        stream = film.add_stream("libx264", rate=25, options={"bf": "2", "g": "6", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(20):
            picture = av.VideoFrame.from_ndarray(np.full((72, 64), 10 * number, np.uint8), format="yuv420p")
            picture.pts, picture.time_base = number - 4, Fraction(1, 25)
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    whole = shown(path)
    assert len(whole) == 16
    for first, last in ((0, 3), (1, 4), (5, 9), (12, 16)):
        part = PartConfig(begin=f"00:00:00:{first:02}", end=f"00:00:00:{last:02}")
        assert [picture for _, picture in shown(path, part)] == [picture for _, picture in whole[first:last]]
