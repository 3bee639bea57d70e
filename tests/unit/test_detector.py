"""OpenCV's detector behind one door: what loads, what it says, and one line for what is no such detector."""

from pathlib import Path

import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.errors import ModelError
from faceerase.models.data.photo import Photo
from faceerase.models.judging.looks import DetectorLooker
from faceerase.streamer.verify.detector import FaceDetector


def picture(width: int = 160, height: int = 96) -> np.ndarray:
    shown = np.full((height, width, 3), 40, np.uint8)
    shown[24:72, 64:112] = 255
    return shown


@pytest.mark.parametrize("content", [None, "not a network", ""])
def test_what_is_no_detector_is_one_line(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "detector.onnx"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=r"detector\.onnx: (no such|not a) model") as caught:
        FaceDetector(path)
    assert "\n" not in str(caught.value)


def test_a_network_of_another_kind_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError, match="not a model of"):
        FaceDetector(SHIPPED_MODEL)
    assert capfd.readouterr().err == ""


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        FaceDetector(tmp_path)


def test_a_bright_face_is_found_where_it_is(blob_detector: Path, capfd: pytest.CaptureFixture[str]) -> None:
    detector = FaceDetector(blob_detector)
    assert capfd.readouterr().err == "", "OpenCV's warnings are nobody's business"
    (found,) = detector.detect(picture())
    assert found.score == pytest.approx(1)
    assert abs(found.box.x0 - 64) <= 8
    assert abs(found.box.y0 - 24) <= 8
    assert (found.box.width, found.box.height) == (pytest.approx(48), pytest.approx(48))


def test_pictures_of_any_size_and_memory_layout_are_taken(blob_detector: Path) -> None:
    detector = FaceDetector(blob_detector)
    assert detector.detect(np.zeros((33, 70, 3), np.uint8)) == ()
    assert len(detector.detect(picture(161, 99))) == 1
    assert len(detector.detect(np.rot90(picture()))) == 1


def test_photos_are_judged_by_the_same_detector(blob_detector: Path) -> None:
    looker = DetectorLooker(blob_detector)
    gray = picture()[..., 0]
    mask = looker.look(Photo(Path("none"), "e", (), None), gray)(looker.threshold)
    assert mask.shape == gray.shape
    assert mask[40:56, 80:96].all()
    assert not mask[:, :50].any()
    with pytest.raises(ModelError, match="no such model file"):
        DetectorLooker(Path("none.onnx"))
