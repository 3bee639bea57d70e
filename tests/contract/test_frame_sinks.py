"""What every ``FrameSink`` promises: the result under its name when it is whole, and nothing before or instead."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL, EncodeConfig, FilmConfig
from faceerase.errors import FaceEraseError
from faceerase.streamer.box import Box
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.matte_sink import open_matte
from faceerase.streamer.encode.settings import SourceCodec
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.mask.matte import Matte
from faceerase.streamer.mask.regions import SHAPE_SIDE, Region
from faceerase.streamer.report import FilmReport
from faceerase.streamer.seams import FrameSink
from faceerase.streamer.sidecar.schema import Report
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.stills.opening import numbering, open_sink, open_source
from faceerase.streamer.stills.place import pattern_of
from faceerase.streamer.stills.source import PictureSource

KINDS = {
    "film.mp4": 12, "film.mkv": 12, "film.avi": 12, "matte.mkv": 12, "matte.png": 1, "matte.%04d.png": 12,
    "still.png": 1, "still.jpg": 1, "still.tif": 1, "still.webp": 1, "still.dpx": 1, "still.exr": 1,
    "shot.%04d.png": 5, "shot.%d.dpx": 5, "from_film.%03d.jpg": 12, "report.json": 12,
}  # fmt: skip
"""Name of the target, and how many frames go into it."""


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


@pytest.fixture
def count(target: Path) -> int:
    return KINDS[target.name]


@pytest.fixture
def source(
    target: Path, silent_film: Path, tmp_path_factory: pytest.TempPathFactory, make_pictures: Callable[..., Path]
) -> FilmSource | PictureSource:
    if target.name.startswith(("still", "shot")):
        return open_source(make_pictures(tmp_path_factory.mktemp("in") / target.name, KINDS[target.name], 8))
    return open_source(silent_film)


def open_target(target: Path, source: FilmSource | PictureSource) -> FrameSink:
    info = source.info
    if target.suffix == ".json":
        sink = ReportSink(target, info, FilmConfig(), OnnxEngine(SHIPPED_MODEL, "cpu"))
        sink.tell(outcome(info, target), info.path)
        return sink
    if target.name.startswith("matte"):
        return open_matte(target, info, numbering(source))
    choice = choose_encoder(
        EncodeConfig(threads=1), SourceCodec(info.codec), info.planar_format, info.full_range, target.suffix
    )
    return open_sink(target, source, choice)


def frames(source: FilmSource | PictureSource, count: int) -> list[Frame]:
    return list(source.frames())[:count]


def there(target: Path) -> list[Path]:
    """The files that lie under the name of a target."""
    pattern = pattern_of(target)
    return list(pattern.existing().values()) if pattern else [target] * target.exists()


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
    return len(list(open_source(path).frames()))


def test_the_result_has_its_name_when_it_is_whole(target: Path, count: int, source: FilmSource | PictureSource) -> None:
    sink = open_target(target, source)
    for frame in frames(source, count):
        sink.write(frame, matte())
        assert not there(target)
    remarks = sink.finish()
    assert not there(target)
    assert count_in(sink.unpublished) == count
    sink.publish()
    assert all(isinstance(remark, str) for remark in remarks)
    assert sorted(target.parent.iterdir()) == sorted(there(target))
    assert len(there(target)) == (count if "%" in target.name else 1)
    assert count_in(target) == count


def test_what_is_unfinished_is_hidden_and_private(target: Path, count: int, source: FilmSource | PictureSource) -> None:
    sink = open_target(target, source)
    sink.write(frames(source, count)[0], matte())
    for path in target.parent.iterdir():
        assert path.name.startswith(".")
        assert path.stat().st_mode & 0o077 == 0
    sink.abandon()


@pytest.mark.parametrize("written", [0, 1, 7])
def test_abandoning_leaves_nothing(target: Path, count: int, source: FilmSource | PictureSource, written: int) -> None:
    sink = open_target(target, source)
    for frame in frames(source, min(count, written)):
        sink.write(frame, matte())
    sink.abandon()
    assert list(target.parent.iterdir()) == []
    sink.abandon()


def test_abandoning_leaves_an_older_result(target: Path, source: FilmSource | PictureSource) -> None:
    older = target.with_name(target.name % 8 if "%" in target.name else target.name)
    older.write_bytes(b"older")
    sink = open_target(target, source)
    sink.abandon()
    assert older.read_bytes() == b"older"


def test_abandoning_after_the_end_takes_the_result_back(
    target: Path, count: int, source: FilmSource | PictureSource
) -> None:
    sink = open_target(target, source)
    for frame in frames(source, count):
        sink.write(frame, matte())
    sink.finish()
    sink.publish()
    sink.abandon()
    assert list(target.parent.iterdir()) == []


def test_a_missing_folder_is_one_line(target: Path, source: FilmSource | PictureSource) -> None:
    with pytest.raises(FaceEraseError) as caught:
        open_target(target.parent / "none" / target.name, source)
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)
