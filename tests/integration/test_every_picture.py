"""Which video streams are anonymised: the main one, another one, or each; none is copied as it is."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition

from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer import stages
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import FrameMask
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.verify.verdict import FacesLeftError

FRAMES = (12, 9)
SIDE = 24


def _picture(number: int, background: int) -> av.VideoFrame:
    """A dark picture with a bright square, which is a face to the network of these tests."""
    rgb = np.full((144, 192, 3), background, np.uint8)
    left = 30 + 3 * number
    rgb[50 : 50 + SIDE, left : left + SIDE] = 235
    return av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")


def two_pictures(path: Path) -> Path:
    """A film with two pictures, of 12 and 9 frames, with B-frames where the codec has them, and sound."""
    codec, voice, sample_format = (
        ("libvpx-vp9", "libopus", "s16") if path.suffix == ".webm" else ("libx264", "aac", "fltp")
    )
    options = {"deadline": "realtime"} if codec == "libvpx-vp9" else {"preset": "veryfast", "bf": "2"}
    with av.open(str(path), "w") as film:
        streams = [film.add_stream(codec, rate=25, options=options) for _ in FRAMES]
        for stream, name in zip(streams, ("fra", "deu"), strict=True):
            stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
            stream.metadata["language"] = name
        streams[0].disposition, streams[1].disposition = Disposition.default, Disposition(0)
        sound = film.add_stream(voice, rate=48_000, layout="mono")
        samples = np.int16 if sample_format == "s16" else np.float32
        film.start_encoding()
        for number in range(max(FRAMES)):
            for stream, count, background in zip(streams, FRAMES, (30, 60), strict=True):
                if number < count:
                    picture = _picture(number, background)
                    picture.pts, picture.time_base = number, Fraction(1, 25)
                    film.mux(stream.encode(picture))
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1920), samples), format=sample_format, layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, number * 1920, Fraction(1, 48_000)
            film.mux(sound.encode(tone))
        for encoder in (*streams, sound):
            film.mux(encoder.encode(None))
    return path


@pytest.fixture
def clean(blob_engine: Any, make_contract: Callable[..., Any]) -> Callable[..., FilmReport]:
    """``clean(source, output, verify=…, matte=…, report=…, **streams)``: anonymised, bright = face."""
    engine = type(blob_engine)(make_contract(threshold_rule="fixed", threshold=0.7))

    def clean(
        source: Path,
        output: Path,
        *,
        verify: bool = False,
        matte: Path | None = None,
        report: Callable[[Progress], None] = lambda _: None,
        smart_copy: bool = False,
        **streams: Any,
    ) -> FilmReport:
        config: FilmConfig = load_film_config(
            None,
            {
                "encode": {"threads": 1, "smart_copy": smart_copy},
                "streams": streams,
                "verify": {"enabled": verify},
            },
        )
        return anonymise_film(source, output, matte, config, engine, report)

    return clean


def frames(path: Path, video: int) -> list[tuple[Fraction, bytes]]:
    with av.open(str(path)) as film:
        return [
            (picture.pts * picture.time_base, picture.to_ndarray().tobytes()) for picture in film.decode(video=video)
        ]


def brightest(path: Path, video: int) -> int:
    with av.open(str(path)) as film:
        return max(int(picture.to_ndarray(format="gray").max()) for picture in film.decode(video=video))


def test_another_picture_than_the_main_one(tmp_path: Path, clean: Callable[..., FilmReport]) -> None:
    source = two_pictures(tmp_path / "in.mp4")
    report = clean(source, tmp_path / "out.mp4", video=1, verify=True)
    assert report.frames == FRAMES[1]
    assert report.verified is not None
    assert report.verified.frames == FRAMES[1]
    assert "dropped: stream 0 (video h264, fra): further video stream" in report.remarks
    assert len(frames(tmp_path / "out.mp4", 0)) == FRAMES[1]
    assert brightest(tmp_path / "out.mp4", 0) < 150
    with av.open(str(tmp_path / "out.mp4")) as result:
        assert [stream.type for stream in result.streams] == ["video", "audio"]
        assert result.streams.video[0].metadata["language"] == "deu"


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_no_picture_is_refused_with_what_there_is(
    tmp_path: Path, clean: Callable[..., FilmReport], number: int
) -> None:
    source = two_pictures(tmp_path / "in.mp4")
    said = (
        rf"--video-stream {number}: not a video stream of .*in\.mp4, which has 0 \(h264 192×144\), 1 \(h264 192×144\)"
    )
    with pytest.raises(ConfigError, match=said):
        clean(source, tmp_path / "out.mp4", video=number)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".ts", ".webm"])
def test_every_picture_is_anonymised_and_none_is_copied(
    tmp_path: Path, clean: Callable[..., FilmReport], suffix: str
) -> None:
    source = two_pictures(tmp_path / f"in{suffix}")
    assert brightest(source, 1) > 220
    told: list[Progress] = []
    report = clean(source, tmp_path / f"both{suffix}", video="all", strict=True, report=told.append)
    alone = [clean(source, tmp_path / f"{number}{suffix}", video=number) for number in (0, 1)]
    assert report.frames == sum(FRAMES)
    assert report.faces == sum(one.faces for one in alone)
    assert not [text for text in report.remarks if "dropped" in text]
    for number, count in enumerate(FRAMES):
        found = frames(tmp_path / f"both{suffix}", number)
        assert found == frames(tmp_path / f"{number}{suffix}", 0)
        assert [time for time, _ in found] == [time for time, _ in frames(source, number)]
        assert len(found) == count
        assert brightest(tmp_path / f"both{suffix}", number) < 150
    with av.open(str(tmp_path / f"both{suffix}")) as result:
        assert sorted(stream.type for stream in result.streams) == ["audio", "video", "video"]
        assert {stream.average_rate for stream in result.streams.video} == {25}
        if suffix in {".mp4", ".mkv"}:
            assert [stream.metadata["language"] for stream in result.streams.video] == ["fra", "deu"]
    assert [progress.frames for progress in told] == list(range(1, sum(FRAMES) + 1))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_every_picture_is_checked(
    tmp_path: Path, clean: Callable[..., FilmReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = two_pictures(tmp_path / "in.mkv")
    report = clean(source, tmp_path / "out.mkv", video="all", verify=True, matte=tmp_path / "matte.mkv")
    assert "video stream 1: 9 frames, faces in 9; network found nobody left in it" in report.remarks
    assert "the matte is that of the main picture; the further ones have none" in report.remarks
    (tmp_path / "out.mkv").unlink()
    (tmp_path / "matte.mkv").unlink()

    class BrokenEraser:
        def __init__(self, *options: object) -> None:
            del options

        def erase(self, frame: Frame, mask: FrameMask) -> tuple[Frame, Matte]:
            return frame, Matte(np.zeros((72, 96), np.uint8), (2, 2), 192, 144)

    monkeypatch.setattr(stages, "PlaneAnonymizer", BrokenEraser)
    with pytest.raises(FacesLeftError, match=r"out\.mkv: .*video stream 1; nothing was kept"):
        clean(source, tmp_path / "out.mkv", video="all", verify=True)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]


@pytest.mark.parametrize("suffix", [".avi", ".mxf"])
def test_a_container_for_one_picture_is_refused_before_any_work(
    tmp_path: Path, clean: Callable[..., FilmReport], suffix: str
) -> None:
    source = two_pictures(tmp_path / "in.mkv")
    told: list[Progress] = []
    with pytest.raises(SinkError, match=r"no place for a second picture"):
        clean(source, tmp_path / f"out{suffix}", video="all", report=told.append)
    assert told == []
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]


def test_one_picture_is_all_there_is(tmp_path: Path, make_film: Callable[..., Path], clean: Callable[..., Any]) -> None:
    source = make_film(tmp_path / "in.mkv", codec="ffv1")
    assert clean(source, tmp_path / "out.mkv", video="all").frames == 12


def test_a_source_of_a_number(tmp_path: Path) -> None:
    source = two_pictures(tmp_path / "in.mkv")
    assert [FilmSource(source, number).info.stream_index for number in (None, 0, 1)] == [0, 0, 1]
    assert len(list(FilmSource(source, 1).frames())) == FRAMES[1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_each_picture_is_copied_or_not_by_itself(tmp_path: Path, clean: Callable[..., FilmReport], suffix: str) -> None:
    source = two_pictures(tmp_path / f"in{suffix}")
    report = clean(source, tmp_path / f"out{suffix}", video="all", verify=True, smart_copy=True)
    assert any(text.startswith("smart copy: 0 of 12 frames") for text in report.remarks)
    assert any(text.startswith("video stream 1: smart copy: 0 of 9 frames") for text in report.remarks)
    assert all(brightest(tmp_path / f"out{suffix}", video) < 150 for video in (0, 1))
    if suffix == ".mp4":
        with av.open(str(tmp_path / "out.mp4")) as film:
            assert {stream.codec_context.codec_tag for stream in film.streams.video} == {"avc3"}
