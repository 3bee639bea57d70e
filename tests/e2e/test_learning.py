"""From a folder of photos to scores, by the commands alone; and the mistakes that people make on the way."""

import json
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

TINY = """
tiles = 32
batch = 4
warmup_tiles = 8
checkpoint_tiles = 16
validation_tiles = 4
mine_photos = 2
threads = 1
loaders = 0
[network]
stem = [4]
widths = [4, 8]
[crops]
side = 64
"""

Command = Callable[..., Any]


@pytest.fixture
def faceerase(run: Command) -> Command:
    return partial(run, program="faceerase")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def test_photos_are_packed_and_counted(photo_folder: Path, tmp_path: Path, faceerase: Command) -> None:
    ended = faceerase("data", "prepare", photo_folder, "-o", tmp_path / "pack")
    assert ended.code == 0, ended.err
    assert "ignore regions" in ended.out
    assert "split as given" in ended.err
    again = faceerase("data", "prepare", photo_folder, "-o", tmp_path / "pack")
    assert again.code == 3
    assert len(again.lines) == 1
    assert "exists already" in again.err


def test_faults_are_named_for_people_and_for_machines(photo_folder: Path, tmp_path: Path, faceerase: Command) -> None:
    lines = [f"0--Event/missing_{number}.jpg\n1\n10 10 30 30 0 0 0 0 0 0" for number in range(8)]
    annotations = tmp_path / "set" / "wider_face_split" / "wider_face_train_bbx_gt.txt"
    annotations.parent.mkdir(parents=True)
    (tmp_path / "set" / "WIDER_train").mkdir()
    (tmp_path / "set" / "WIDER_train" / "images").symlink_to(photo_folder / "WIDER_train" / "images")
    text = (photo_folder / "wider_face_split" / "wider_face_train_bbx_gt.txt").read_text()
    annotations.write_text(text + "\n".join(lines) + "\n")
    ended = faceerase("data", "prepare", tmp_path / "set", "-o", tmp_path / "pack")
    assert ended.code == 0, ended.err
    assert "8 × missing image" in ended.err
    assert "0--Event/missing_4.jpg" in ended.err
    assert "… and 3 more" in ended.err
    assert "drawn here, 85/15" in ended.err
    machine = faceerase("data", "prepare", tmp_path / "set", "-o", tmp_path / "other", "--json")
    (line,) = machine.out.splitlines()
    assert len(json.loads(line)["faults"]) == 8


def test_a_folder_of_something_else_is_refused(tmp_path: Path, faceerase: Command) -> None:
    ended = faceerase("data", "prepare", tmp_path, "-o", tmp_path / "pack")
    assert ended.code == 3
    assert "neither the WIDER FACE layout" in ended.err
    assert len(ended.lines) == 1


def test_models_are_judged_side_by_side(photo_folder: Path, tmp_path: Path, faceerase: Command) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("matplotlib")
    from faceerase.configs.film import SHIPPED_MODEL

    other = tmp_path / "other.onnx"
    other.write_bytes(SHIPPED_MODEL.read_bytes())
    options = ("--data", photo_folder, "--compare", other, "--cost")
    ended = faceerase("evaluate", *options, "--plots", tmp_path / "plots")
    assert ended.code == 0, ended.err
    assert "unet-lite" in ended.out
    assert "other" in ended.out
    assert "ms a tile, one thread" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 100
    assert {path.suffix for path in (tmp_path / "plots").iterdir()} == {".png"}
    machine = faceerase("evaluate", *options, "--json", "--threshold", "0.4", "--threshold", "0.6")
    lines = [json.loads(line) for line in machine.out.splitlines()]
    assert [line["event"] for line in lines] == ["scores"] * 4 + ["cost"] * 2
    first, _, same, _ = lines[:4]
    assert first["threshold"] == 0.4
    assert first["large"]["faces"] == 2
    assert {key: value for key, value in first.items() if key != "model"} == {
        key: value for key, value in same.items() if key != "model"
    }
    assert 1_300_000 < lines[-1]["parameters"] < 1_450_000
    assert lines[-1]["multiply_adds"] > 100e6


def test_a_detector_that_is_none_is_named(photo_folder: Path, tmp_path: Path, faceerase: Command) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no model")
    ended = faceerase("evaluate", "--data", photo_folder, "--detector", tmp_path / "no.onnx")
    assert ended.code == 5
    assert "not a model of cv2.FaceDetectorYN" in ended.err


def test_the_shipped_model_passes_the_check(faceerase: Command) -> None:
    from faceerase.configs.film import SHIPPED_MODEL

    ended = faceerase("export", "--check", SHIPPED_MODEL)
    assert ended.code == 0, ended.err
    assert "keeps its contract" in ended.err
    assert "training_data:" in ended.err


INT8 = ("-o", "x.onnx", "--precision", "int8")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("some.pt",),
        ("some.pt", "--check", "x.onnx"),
        ("some.pt", *INT8),
        ("some.onnx", "-o", "x.onnx"),
        ("some.onnx", *INT8, "--data", "photos", "--threshold", "0.5"),
    ],
)
def test_export_says_what_it_needs(arguments: tuple[str, ...], faceerase: Command) -> None:
    ended = faceerase("export", *arguments)
    assert ended.code == 2
    assert len(ended.lines) == 1


@pytest.mark.train
def test_an_exported_network_is_made_an_8_bit_one(
    tiny_onnx: tuple[Any, Path], photo_folder: Path, tmp_path: Path, faceerase: Command
) -> None:
    eight = tmp_path / "eight.onnx"
    ended = faceerase("export", tiny_onnx[1], "-o", eight, "--precision", "int8", "--data", photo_folder)
    assert ended.code == 0, ended.err
    assert "differs from fp32 by" in ended.err
    assert len(ended.lines) == 1
    assert faceerase("export", "--check", eight).code == 0


@pytest.mark.train
@pytest.mark.skipif(find_spec("torch") is None, reason="needs the train extra")
def test_from_photos_to_a_model_that_is_judged(
    photo_folder: Path, tmp_path: Path, recipe: Path, faceerase: Command
) -> None:
    run = tmp_path / "run"
    trained = faceerase("train", "--config", recipe, "--data", photo_folder, "--run", run)
    assert trained.code == 0, trained.err
    assert "32/32 tiles" in trained.err
    assert (run / "curves.png").exists()
    assert (run / "photos.pack").is_dir()
    model = tmp_path / "tiny.onnx"
    for options in ((), ("--precision", "fp16"), ("--data", photo_folder)):
        exported = faceerase("export", run / "best.pt", "-o", model, *options)
        assert exported.code == 0, exported.err
        assert "differs from torch by at most" in exported.err
        assert faceerase("export", "--check", model).code == 0
    again = faceerase("train", "--config", recipe, "--data", run / "photos.pack", "--run", run, "--json")
    assert again.code == 0
    assert again.out == "", "a finished run is left as it is"
