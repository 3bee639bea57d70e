"""What every ``FrameSink`` promises: the result under its name when it is whole, and nothing before or instead."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL, EncodeConfig, FilmConfig
from faceerase.errors import FaceEraseError
from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import SourceCodec, choose_encoder
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.matte_sink import MatteFilm, MattePicture
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region
from faceerase.streamer.report import FilmReport
from faceerase.streamer.seams import FrameSink
from faceerase.streamer.sidecar.schema import Report
from faceerase.streamer.sidecar.sink import ReportSink

KINDS = {
    "film.mp4": 12,
    "film.mkv": 12,
    "film.avi": 12,
    "still.png": 1,
    "matte.mkv": 12,
    "matte.png": 1,
    "report.json": 12,
}
"""Name of the target, and how many frames go into it."""


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


@pytest.fixture
def count(target: Path) -> int:
    return KINDS[target.name]


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("still") / "still.png"
    assert cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8))
    return path


@pytest.fixture
def source(target: Path, silent_film: Path, still: Path) -> Path:
    return still if target.name == "still.png" else silent_film


@pytest.fixture
def info(source: Path) -> FilmInfo:
    return FilmSource(source).info


def open_sink(target: Path, info: FilmInfo) -> FrameSink:
    if target.suffix == ".json":
        sink = ReportSink(target, info, FilmConfig(), OnnxEngine(SHIPPED_MODEL, "cpu"))
        sink.tell(outcome(info, target), info.path)
        return sink
    if target.name == "matte.mkv":
        return MatteFilm(target, info)
    if target.name == "matte.png":
        return MattePicture(target)
    choice = choose_encoder(
        EncodeConfig(threads=1), SourceCodec(info.codec), info.planar_format, info.full_range, target.suffix
    )
    return FilmSink(target, info, choice)


def frames(path: Path, count: int) -> list[Frame]:
    return list(FilmSource(path).frames())[:count]


def matte() -> Matte:
    region = Region(Box(0, 0, 64, 48), np.zeros((SHAPE_SIDE, SHAPE_SIDE), np.uint8), 0.9, 0)
    return Matte(np.eye(24, 32, dtype=np.uint8), (2, 2), 64, 48, (region,))


def outcome(info: FilmInfo, target: Path) -> FilmReport:
    return FilmReport(
        info.path, target.with_suffix(".mkv"), None, 12, 12, 12, Looks(), 1, 0.1, "cpu", "ffv1 yuv420p", 1.0, (), ()
    )


def count_in(path: Path) -> int:
    if path.suffix == ".json":
        return len(Report.model_validate_json(path.read_bytes()).frames)
    return len(list(FilmSource(path).frames()))


def test_the_result_has_its_name_when_it_is_whole(target: Path, count: int, source: Path, info: FilmInfo) -> None:
    sink = open_sink(target, info)
    for frame in frames(source, count):
        sink.write(frame, matte())
        assert not target.exists()
    remarks = sink.finish()
    assert not target.exists()
    assert count_in(sink.unpublished) == count
    sink.publish()
    assert all(isinstance(remark, str) for remark in remarks)
    assert list(target.parent.iterdir()) == [target]
    assert count_in(target) == count


def test_what_is_unfinished_is_hidden_and_private(target: Path, count: int, source: Path, info: FilmInfo) -> None:
    sink = open_sink(target, info)
    sink.write(frames(source, count)[0], matte())
    for path in target.parent.iterdir():
        assert path.name.startswith(".")
        assert path.stat().st_mode & 0o077 == 0
    sink.abandon()


@pytest.mark.parametrize("written", [0, 1, 7])
def test_abandoning_leaves_nothing(target: Path, count: int, source: Path, info: FilmInfo, written: int) -> None:
    sink = open_sink(target, info)
    for frame in frames(source, min(count, written)):
        sink.write(frame, matte())
    sink.abandon()
    assert list(target.parent.iterdir()) == []
    sink.abandon()


def test_abandoning_leaves_an_older_result(target: Path, info: FilmInfo) -> None:
    target.write_bytes(b"older")
    sink = open_sink(target, info)
    sink.abandon()
    assert target.read_bytes() == b"older"


def test_abandoning_after_the_end_takes_the_result_back(target: Path, count: int, source: Path, info: FilmInfo) -> None:
    sink = open_sink(target, info)
    for frame in frames(source, count):
        sink.write(frame, matte())
    sink.finish()
    sink.publish()
    sink.abandon()
    assert list(target.parent.iterdir()) == []


def test_a_missing_folder_is_one_line(target: Path, info: FilmInfo) -> None:
    with pytest.raises(FaceEraseError) as caught:
        open_sink(target.parent / "none" / target.name, info)
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
