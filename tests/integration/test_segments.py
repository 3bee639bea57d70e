"""A film in segments is the film: frames, times, matte, report; stopped and gone on with, it has the same bytes."""

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ConfigError, SinkError, WorkerError
from faceerase.streamer import pipeline
from faceerase.streamer.encode.holds import held_by
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.segments import workplace

FRAMES = 24
UNEVEN = [0, 1, 2, 3, 8, 9, 10, 11, 12, 20, 21, 22, 23, 24, 25, 26, 27, 40, 41, 42, 43, 44, 45, 46]


class StoppedError(Exception):
    """The run ends early."""


@pytest.fixture
def make_source(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Callable[..., Path]:
    """``make_source(suffix, **kwargs)``: a film with a bright square and a key frame in every fourth frame."""

    def make(suffix: str = ".mkv", **kwargs: Any) -> Path:
        path = tmp_path_factory.mktemp("in") / f"film{suffix}"
        shape: dict[str, Any] = {"width": 192, "height": 144, "times": range(FRAMES), "group": 4, "b_frames": 2}
        return make_film(path, **{**shape, **kwargs})

    return make


@pytest.fixture
def clean(filed_blob_engine: Any) -> Callable[..., FilmReport]:
    """``clean(source, output, seconds, stop=n, resume=…, …)``: a film anonymised in segments, with matte and report."""

    def clean(
        source: Path, output: Path, seconds: float, stop: int = 0, resume: bool = False, **tables: Any
    ) -> FilmReport:
        flags = {"segments": {"seconds": seconds, "resume": resume}, "look": {"min_face": 24}, **tables}
        config = load_film_config(None, flags)
        output.parent.mkdir(exist_ok=True)

        def count(progress: Progress) -> None:
            if progress.frames == stop:
                raise StoppedError

        matte, sidecar = output.with_name("matte.mkv"), output.with_name("film.json")
        return pipeline.anonymise(source, output, matte, config, filed_blob_engine, count, sidecar=sidecar)

    return clean


def pictures(path: Path) -> list[tuple[Fraction, Any]]:
    with av.open(str(path)) as container:
        return [(item.pts * item.time_base, item.to_ndarray()) for item in container.decode(video=0)]


def packets(path: Path) -> list[tuple[int | None, int | None, int | None, bytes]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(item.pts, item.dts, item.duration, bytes(item)) for item in container.demux(stream) if item.size]


def holds(suffix: str, encoder: str) -> bool:
    held = held_by(suffix)
    return held is None or av.Codec(encoder, "w").canonical_name in held


SUFFIXES = (".mkv", ".mp4", ".mov", ".ts", ".avi")
HELD = [(codec, suffix) for codec in ("ffv1", "libx264", "mjpeg") for suffix in SUFFIXES if holds(suffix, codec)]


@pytest.mark.parametrize(("codec", "suffix"), HELD)
def test_a_film_in_segments_has_the_frames_and_times_of_the_whole_one(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path, suffix: str, codec: str
) -> None:
    source = make_source(sound="aac" if suffix == ".ts" else "pcm_s16le" if suffix != ".mp4" else None)
    options = {"encode": {"codec": codec}}
    whole = clean(source, tmp_path / "one" / f"clean{suffix}", 60, **options)
    parts = clean(source, tmp_path / "many" / f"clean{suffix}", 0.16, **options)
    for ours in (tmp_path / "one", tmp_path / "many"):
        assert sorted(path.name for path in ours.iterdir()) == [f"clean{suffix}", "film.json", "matte.mkv"]
    assert (parts.frames, parts.faces, parts.erased_share) == (whole.frames, whole.faces, whole.erased_share)
    assert parts.remarks == whole.remarks
    one, many = (pictures(tmp_path / folder / f"clean{suffix}") for folder in ("one", "many"))
    assert [time for time, _ in many] == [time for time, _ in one]
    near = 0 if codec == "ffv1" else 4
    assert all(np.abs(a.astype(int) - b.astype(int)).mean() <= near for (_, a), (_, b) in zip(one, many, strict=True))
    stamps = [dts for _, dts, _, _ in packets(tmp_path / "many" / f"clean{suffix}") if dts is not None]
    assert all(a < b for a, b in pairwise(stamps))
    mattes = [pictures(tmp_path / folder / "matte.mkv") for folder in ("one", "many")]
    assert all(np.array_equal(a, b) and s == t for (s, a), (t, b) in zip(*mattes, strict=True))
    reports = [json.loads((tmp_path / folder / "film.json").read_text()) for folder in ("one", "many")]
    assert reports[0]["tracks"] == reports[1]["tracks"]
    assert reports[0]["frames"] == reports[1]["frames"]


@pytest.mark.parametrize("b_frames", [0, 3])
def test_uneven_times_and_durations_are_the_source_s(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path, b_frames: int
) -> None:
    source = make_source(".mp4", times=UNEVEN, b_frames=b_frames)
    options = {"encode": {"options": {"bf": str(b_frames)}}}
    for suffix in (".mkv", ".mp4"):
        clean(source, tmp_path / "one" / f"clean{suffix}", 60, **options)
        clean(source, tmp_path / "many" / f"clean{suffix}", 0.3, **options)
    one, many = (packets(tmp_path / folder / "clean.mkv") for folder in ("one", "many"))
    told = [sorted((pts, duration) for pts, _, duration, _ in film) for film in (one, many)]
    assert told[0] == told[1]
    one, many = (packets(tmp_path / folder / "clean.mp4") for folder in ("one", "many"))
    assert sorted(pts for pts, _, _, _ in one) == sorted(pts for pts, _, _, _ in many)
    stamps = [(dts, pts) for pts, dts, _, _ in many]
    assert all(a[0] < b[0] for a, b in pairwise(stamps))
    assert all(dts <= pts for dts, pts in stamps)


def test_a_part_of_a_film_is_cut_too(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path
) -> None:
    source = make_source()
    options = {"part": {"begin": "0.2", "end": "0.8"}, "encode": {"codec": "ffv1"}}
    clean(source, tmp_path / "one" / "clean.mkv", 60, **options)
    clean(source, tmp_path / "many" / "clean.mkv", 0.16, **options)
    one, many = (pictures(tmp_path / folder / "clean.mkv") for folder in ("one", "many"))
    assert len(one) == 15
    assert all(s == t and np.array_equal(a, b) for (s, a), (t, b) in zip(one, many, strict=True))


@pytest.mark.parametrize("stop", [1, 9, 17, 23])
def test_a_run_that_is_resumed_gives_the_same_bytes(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path, stop: int
) -> None:
    source = make_source(sound="pcm_s16le")
    clean(source, tmp_path / "one" / "clean.mkv", 0.16)
    again = tmp_path / "again" / "clean.mkv"
    with pytest.raises(StoppedError):
        clean(source, again, 0.16, stop=stop, resume=True)
    (left,) = again.parent.iterdir()
    assert left.name.endswith(".segments")
    done = clean(source, again, 0.16, resume=True)
    said = [text for text in done.remarks if text.startswith("resumed")]
    assert said == ([f"resumed: {stop // 4} of 6 segments were there"] if stop > 4 else [])
    for name in ("clean.mkv", "matte.mkv"):
        assert (tmp_path / "one" / name).read_bytes() == again.with_name(name).read_bytes()
    assert sorted(path.name for path in again.parent.iterdir()) == ["clean.mkv", "film.json", "matte.mkv"]


def test_any_number_of_workers_gives_the_same_bytes(make_source: Callable[..., Path], tmp_path: Path) -> None:
    source, found = make_source(sound="pcm_s16le"), []
    for workers in (1, 2):
        flags = {"segments": {"seconds": 0.3, "workers": workers}, "look": {"min_face": 24, "threads": 1}}
        config = load_film_config(None, flags)
        engine = OnnxEngine(config.look.model, "cpu", threads=workers)
        output, matte = tmp_path / f"{workers}.mkv", tmp_path / f"{workers}.matte.mkv"
        shown: list[Progress] = []
        done = pipeline.anonymise(source, output, matte, config, engine, shown.append)
        assert done.frames == shown[-1].frames == FRAMES
        found.append((output.read_bytes(), matte.read_bytes()))
    assert found[0] == found[1]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_worker_s_error_is_the_film_s(
    make_source: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_film_config(None, {"segments": {"seconds": 0.3, "workers": 2}, "look": {"min_face": 24}})
    engine = OnnxEngine(config.look.model, "cpu", threads=1)
    elsewhere = config.model_copy(update={"look": config.look.model_copy(update={"model": tmp_path / "gone.onnx"})})
    with pytest.raises(WorkerError, match=r"clean\.mkv, segment \d: .*no such model file") as caught:
        pipeline.anonymise(make_source(), tmp_path / "clean.mkv", None, elsewhere, engine, lambda _: None)
    assert caught.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []


def test_without_resume_nothing_is_left(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path
) -> None:
    with pytest.raises(StoppedError):
        clean(make_source(), tmp_path / "out" / "clean.mkv", 0.16, stop=17)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("resume", [False, True])
def test_a_film_is_read_whole_beforehand_only_where_it_may_be_resumed(
    resume: bool, make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    source = make_source()
    hashed: list[Path] = []

    def hash_of(path: Path) -> str:
        hashed.append(path)
        return "0" * 64

    monkeypatch.setattr(workplace, "hash_of", hash_of)
    clean(source, tmp_path / "clean.mp4", 0.16, resume=resume)
    assert hashed == ([source] if resume else [])


def test_a_spoilt_segment_is_done_again(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path
) -> None:
    source, output = make_source(), tmp_path / "out" / "clean.mkv"
    with pytest.raises(StoppedError):
        clean(source, output, 0.16, stop=17, resume=True)
    (folder,) = output.parent.iterdir()
    segment = folder / "00001.segment"
    segment.write_bytes(segment.read_bytes()[:-40])
    done = clean(source, output, 0.16, resume=True)
    assert "resumed: 3 of 6 segments were there" in done.remarks
    assert done.frames == FRAMES


def test_a_film_without_times_is_not_cut(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path
) -> None:
    source = make_source(".avi", codec="mpeg4", b_frames=1)
    assert clean(source, tmp_path / "out" / "clean.mkv", 0.16).frames == FRAMES


def test_lengths_are_checked() -> None:
    assert FilmConfig().segments.seconds == 20
    with pytest.raises(ConfigError, match="segments"):
        load_film_config(None, {"segments": {"seconds": 0}})


def test_segments_go_into_no_pictures_but_a_film(
    make_source: Callable[..., Path], filed_blob_engine: Any, tmp_path: Path
) -> None:
    config = load_film_config(None, {"segments": {"seconds": 0.16}, "look": {"min_face": 24}})
    target = tmp_path / "out.%04d.png"
    done = pipeline.anonymise(make_source(), target, None, config, filed_blob_engine, lambda _: None)
    assert len(list(tmp_path.iterdir())) == done.frames == FRAMES


def test_a_folder_that_refuses_is_named(
    make_source: Callable[..., Path], clean: Callable[..., FilmReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("faceerase.streamer.hidden.half.os.replace", refuse)
    with pytest.raises(SinkError, match="a segment cannot be written \\(No space left on device\\)"):
        clean(make_source(), tmp_path / "out" / "clean.mkv", 0.16)
    monkeypatch.undo()
    assert list((tmp_path / "out").iterdir()) == []
