"""The gate: a film in which somebody was found does not get its name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from broken import BrokenEraser

from faceerase.configs.film import FilmConfig, load_film_config
from faceerase.errors import ModelError, SourceError, VerificationError
from faceerase.streamer import pipeline, stages
from faceerase.streamer.report import FilmReport, Progress
from faceerase.streamer.verify import gate
from faceerase.streamer.verify.gate import rejected_name
from faceerase.streamer.verify.verdict import FacesLeftError


@pytest.fixture
def film(tmp_path_factory: pytest.TempPathFactory, make_film: Callable[..., Path]) -> Path:
    return make_film(tmp_path_factory.mktemp("in") / "film.mkv", codec="ffv1", width=192, height=144)


@pytest.fixture
def clean(tmp_path: Path, film: Path, blob_engine: Any, make_contract: Callable[..., Any]) -> Callable[..., FilmReport]:
    """``clean(matte=…, report=…, **verify)``: the film anonymised into ``clean.mkv``, bright = face."""
    engine = type(blob_engine)(make_contract(threshold_rule="fixed", threshold=0.7))

    def clean(
        matte: Path | None = None, report: Callable[[Progress], None] = lambda _: None, **verify: Any
    ) -> FilmReport:
        config = load_film_config(None, {"encode": {"codec": "ffv1"}, "verify": {"enabled": True, **verify}})
        return pipeline.anonymise(film, tmp_path / "clean.mkv", matte, config, engine, report)

    return clean


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "PlaneAnonymizer", BrokenEraser)


def test_it_is_off_unless_asked_for(clean: Callable[..., FilmReport]) -> None:
    assert not FilmConfig().verify.enabled
    assert clean(enabled=False).verified is None


@pytest.mark.parametrize("matte", [None, "matte.mkv"])
def test_a_clean_film_passes(tmp_path: Path, clean: Callable[..., FilmReport], matte: str | None) -> None:
    told: list[Progress] = []
    report = clean(tmp_path / matte if matte else None, told.append)
    assert report.verified is not None
    assert report.verified.passed
    assert (report.verified.frames, report.verified.finders) == (12, ("network",))
    assert report.to_dict()["verified"]["passed"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.mkv", *([matte] if matte else [])]
    assert [progress.stage for progress in told] == ["erasing"] * 12 + ["verifying"] * 12


@pytest.mark.usefixtures("_broken")
def test_a_film_with_faces_gets_no_name(tmp_path: Path, clean: Callable[..., FilmReport]) -> None:
    (tmp_path / "clean.mkv").write_bytes(b"older")
    with pytest.raises(FacesLeftError, match=r"clean\.mkv: a face was found .* nothing was kept$") as caught:
        clean(tmp_path / "matte.mkv")
    assert caught.value.exit_code == 6
    assert caught.value.verdict.spans[0].first == 0
    assert [path.name for path in tmp_path.iterdir()] == ["clean.mkv"]
    assert (tmp_path / "clean.mkv").read_bytes() == b"older"


@pytest.mark.usefixtures("_broken")
def test_it_may_be_kept_under_another_name(
    tmp_path: Path, clean: Callable[..., FilmReport], read_count: Callable[[Path], int]
) -> None:
    with pytest.raises(FacesLeftError, match=r"kept as .*clean\.rejected\.mkv"):
        clean(tmp_path / "matte.mkv", keep_rejected=True)
    assert [path.name for path in tmp_path.iterdir()] == ["clean.rejected.mkv"]
    assert read_count(tmp_path / "clean.rejected.mkv") == 12


@pytest.mark.parametrize(
    ("error", "told"),
    [(SourceError("x: no such file"), "cannot be read again"), (VerificationError("it goes on"), "it goes on")],
)
def test_a_film_that_cannot_be_checked_gets_no_name_at_all(
    tmp_path: Path,
    clean: Callable[..., FilmReport],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    told: str,
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(gate, "verify", fail)
    with pytest.raises(VerificationError, match=told):
        clean(keep_rejected=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_detector_is_told_before_any_work(tmp_path: Path, clean: Callable[..., FilmReport]) -> None:
    told: list[Progress] = []
    with pytest.raises(ModelError, match=r"none\.onnx: no such model file"):
        clean(report=told.append, detector=tmp_path / "none.onnx")
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_a_real_detector_looks_too(clean: Callable[..., FilmReport], blob_detector: Path) -> None:
    report = clean(detector=blob_detector)
    assert report.verified is not None
    assert report.verified.finders == ("network", "FaceDetectorYN")
    assert report.verified.passed


@pytest.mark.usefixtures("_broken")
def test_a_real_detector_finds_who_was_left(clean: Callable[..., FilmReport], blob_detector: Path) -> None:
    with pytest.raises(FacesLeftError) as caught:
        clean(detector=blob_detector)
    assert {span.finder for span in caught.value.verdict.spans} == {"network", "FaceDetectorYN"}


def test_the_other_name_keeps_the_suffix() -> None:
    assert rejected_name(Path("a/clean.film.mp4")) == Path("a/clean.film.rejected.mp4")


@pytest.fixture
def read_count() -> Callable[[Path], int]:
    """How many frames a film has."""
    from faceerase.streamer.decode.source import FilmSource

    return lambda path: sum(1 for _ in FilmSource(path).frames())
