"""The report beside a film: its format is kept, it tells the truth, and it comes and goes with the film."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from broken import BrokenEraser

from faceerase.configs.film import load_film_config
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer import pipeline, stages
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.report import FilmReport
from faceerase.streamer.sidecar import sink as report_sink
from faceerase.streamer.sidecar.schema import Report
from faceerase.streamer.verify.verdict import FacesLeftError

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def film(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    path = tmp_path_factory.mktemp("in") / "film.mkv"
    return make_film(path, codec="ffv1", width=192, height=144, times=[0, 1, 2, 5, 6, 7, 8, 9], sound="pcm_s16le")


@pytest.fixture
def clean(tmp_path: Path, film: Path, filed_blob_engine: Any) -> Callable[..., FilmReport]:
    """``clean(source, suffix, **verify)``: a film anonymised into ``clean.mkv``, with ``film.json``."""

    def clean(source: Path = film, begin: str | None = None, **verify: Any) -> FilmReport:
        config = load_film_config(None, {"encode": {"codec": "ffv1"}, "part": {"begin": begin}, "verify": verify})
        (tmp_path / "out").mkdir(exist_ok=True)
        output = tmp_path / "out" / "clean.mkv"
        sidecar = output.with_name("film.json")
        return pipeline.anonymise(source, output, None, config, filed_blob_engine, lambda _: None, sidecar=sidecar)

    return clean


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out").iterdir())


def read(path: Path) -> Report:
    return Report.model_validate_json(path.read_bytes(), strict=True)


def test_a_report_keeps_the_schema_and_tells_what_happened(
    clean: Callable[..., FilmReport], tmp_path: Path, film: Path
) -> None:
    done = clean()
    assert names(tmp_path) == ["clean.mkv", "film.json"]
    report = read(tmp_path / "out" / "film.json")
    assert report.report == 1
    assert (report.summary.frames, report.summary.faces) == (done.frames, done.faces) == (8, 8)
    assert (report.remarks, report.lost, report.check) == (done.remarks, (), None)
    assert [frame.frame for frame in report.frames] == list(range(8))
    assert [frame.time for frame in report.frames] == [0.0, 0.04, 0.08, 0.2, 0.24, 0.28, 0.32, 0.36]
    assert sum(len(frame.regions) for frame in report.frames) == done.faces
    (track,) = report.tracks
    assert (track.frames, track.first_frame, track.last_frame, track.last_time) == (8, 0, 7, 0.36)
    for frame in report.frames:
        x0, y0, x1, y1 = frame.regions[0].box
        assert x0 <= (frame.frame * 3) % 144 + 1
        assert (x1 - x0, y1 - y0) > (46, 46)
    assert report.source.path == str(film)
    assert [stream.type for stream in report.result.streams] == ["video", "audio"]
    before, after = (side.streams[side.main] for side in (report.source, report.result))
    assert (before.codec, before.width, before.height, before.pixel_format) == ("ffv1", 192, 144, "yuv420p")
    assert (after.width, after.height, after.pixel_format, after.rate) == (192, 144, "yuv420p", before.rate)
    assert report.model.sha256 != report.model.name
    assert report.configuration["encode"]["codec"] == "ffv1"
    assert report.versions.pyav == av.__version__
    assert report.cost.tiles == done.looks.tiles


def test_a_film_without_a_face_has_an_empty_list(
    clean: Callable[..., FilmReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "criteria_of", lambda *_: Criteria("fixed", 0.99, 0.08, 16))
    clean()
    report = read(tmp_path / "out" / "film.json")
    assert (report.frames, report.tracks, report.summary.frames) == ((), (), 8)


@pytest.mark.parametrize(
    ("begin", "code", "third"), [(None, "10:00:00:00", "10:00:00:05"), ("0.08", "10:00:00:02", "10:00:00:06")]
)
def test_a_films_own_time_code_is_counted_on_and_no_other_tag_is_told(
    clean: Callable[..., FilmReport], tmp_path: Path, film: Path, begin: str | None, code: str, third: str
) -> None:
    with av.open(str(film)) as old, av.open(str(tmp_path / "tagged.mkv"), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        new.metadata.update({"timecode": "10:00:00:00", "location": "+51.4779-000.0015/", "artist": "Ada Lovelace"})
        stream.metadata["title"] = "the witness"
        for packet in old.demux(video=0):
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    clean(tmp_path / "tagged.mkv", begin)
    text = (tmp_path / "out" / "film.json").read_text()
    report = read(tmp_path / "out" / "film.json")
    assert (report.counting.first, report.counting.from_film) == (code, True)
    assert report.result.time_code == code
    assert report.configuration["part"] == {"begin": begin, "end": None}
    assert report.frames[3 if begin is None else 2].time_code == third
    assert "location" in {key.lower() for key in report.source.metadata_keys}
    for value in ("51.4779", "Lovelace", "witness"):
        assert value not in text


def test_lost_frames_are_named_and_the_report_is_there(
    clean: Callable[..., FilmReport], tmp_path: Path, make_film: Callable[..., Path]
) -> None:
    whole = make_film(tmp_path / "whole.mkv", codec="ffv1", width=192, height=144, times=range(60)).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    assert clean(tmp_path / "cut.mkv").lost
    report = read(tmp_path / "out" / "film.json")
    assert "cut off" in report.lost[-1]


@pytest.mark.parametrize("keep", [False, True])
def test_a_rejected_films_report_is_kept_where_the_film_is(
    keep: bool, clean: Callable[..., FilmReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "PlaneAnonymizer", BrokenEraser)
    with pytest.raises(FacesLeftError):
        clean(enabled=True, keep_rejected=keep)
    if not keep:
        assert names(tmp_path) == []
        return
    assert names(tmp_path) == ["clean.rejected.mkv", "film.rejected.json"]
    report = read(tmp_path / "out" / "film.rejected.json")
    assert report.result.path.endswith("clean.rejected.mkv")
    assert report.check is not None
    assert not report.check.passed
    assert report.check.findings[0].first_frame == 0


def test_a_passed_check_is_told(clean: Callable[..., FilmReport], tmp_path: Path) -> None:
    clean(enabled=True)
    check = read(tmp_path / "out" / "film.json").check
    assert check is not None
    assert (check.passed, check.frames, check.finders, check.findings) == (True, 8, ("network",), ())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_report_that_cannot_be_written_takes_the_film_with_it(
    clean: Callable[..., FilmReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        report_sink.tempfile, "TemporaryFile", lambda **_: os.fdopen(os.open("/dev/full", os.O_RDWR), "w+b")
    )
    with pytest.raises(SinkError, match=r"film\.json.*No space left"):
        clean()
    assert names(tmp_path) == []


def test_a_report_is_a_json(film: Path, tmp_path: Path, filed_blob_engine: Any) -> None:
    config = load_film_config(None, {"encode": {"codec": "ffv1"}})
    with pytest.raises(ConfigError, match=r"report\.txt.*\.json"):
        pipeline.anonymise(
            film, tmp_path / "c.mkv", None, config, filed_blob_engine, lambda _: None, sidecar=tmp_path / "report.txt"
        )
    assert list(tmp_path.iterdir()) == []


def test_the_page_describes_every_key_and_its_example_keeps_the_schema() -> None:
    page = (DOCS / "report.md").read_text(encoding="utf-8")
    example = page.split("```json\n")[1].split("```")[0]
    Report.model_validate(json.loads(example))
    schema = Report.model_json_schema()
    keys = set(schema["properties"]).union(*(set(kind["properties"]) for kind in schema["$defs"].values()))
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []


@pytest.mark.parametrize(("source", "target"), [("shot.%04d.png", "clean.%04d.png"), ("shot.%04d.dpx", "clean.mkv")])
def test_pictures_have_a_report_too(
    tmp_path: Path, make_pictures: Callable[..., Path], filed_blob_engine: Any, source: str, target: str
) -> None:
    pictures = make_pictures(tmp_path / source, 4, 8)
    config = load_film_config(None, {"encode": {"pix_fmt": None if "%" in target else "gbrp"}})
    (tmp_path / "out").mkdir()
    sidecar = tmp_path / "out" / "film.json"
    pipeline.anonymise(
        pictures, tmp_path / "out" / target, None, config, filed_blob_engine, lambda _: None, sidecar=sidecar
    )
    report = read(sidecar)
    assert report.summary.frames == 4
    assert report.source.format == {".png": "PNG", ".dpx": "DPX"}[Path(source).suffix]
    assert report.result.streams[report.result.main].width == report.source.streams[0].width
    assert [stream.type for stream in report.source.streams] == ["video"]
