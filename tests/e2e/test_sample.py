"""The sample film through the real command: everything but the faces comes out as it went in, and no face does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

COVERED_FACES, COVERED_PIXELS = 0.9, 0.7
LARGE_FACE = 45


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Any], sample: Path) -> Path:
    """Return the folder with clean.mp4 and matte.mkv of the whole sample film."""
    folder = tmp_path_factory.mktemp("sample")
    ended = run(sample, "-o", folder / "clean.mp4", "--matte", folder / "matte.mkv")
    assert ended.code == 0, ended.err
    assert "100 frames" in ended.err
    return folder


@pytest.fixture(scope="module")
def source(read_film: Callable[[Path], Any], sample: Path) -> Any:
    """Return the sample film, read."""
    return read_film(sample)


@pytest.fixture(scope="module")
def clean(read_film: Callable[[Path], Any], folder: Path) -> Any:
    """Return the clean film, read."""
    return read_film(folder / "clean.mp4")


@pytest.fixture(scope="module")
def mattes(read_film: Callable[[Path], Any], folder: Path) -> list[NDArray[np.uint8]]:
    """Return the matte of every frame."""
    return [planes[0] for planes in read_film(folder / "matte.mkv").pictures]


def _ellipse(face: dict[str, Any], shape: tuple[int, int]) -> NDArray[np.bool_]:
    x, y, rx, ry, degrees = face["ellipse"]
    mask = np.zeros(shape, np.uint8)
    cv2.ellipse(mask, ((x - 0.5, y - 0.5), (2 * rx, 2 * ry), degrees), (1,), -1)
    return mask > 0


def test_the_folder_holds_the_two_films_and_nothing_else(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["clean.mp4", "matte.mkv"]


def test_every_frame_is_there_at_its_time(source: Any, clean: Any) -> None:
    assert len(clean.times) == len(source.times) == 100
    assert all(abs(a - b) <= clean.time_base / 2 for a, b in zip(clean.times, source.times, strict=True))


def test_colour_and_depth_stay(source: Any, clean: Any) -> None:
    assert clean.codec == "h264"
    assert (clean.pixel_format, clean.color_range, clean.tags) == ("yuv420p", source.color_range, source.tags)


def test_the_sound_is_the_same_to_the_byte(source: Any, clean: Any) -> None:
    assert len(source.sound) > 100
    assert [data for _, data in clean.sound] == [data for _, data in source.sound]
    assert all(abs(a - b) <= clean.sound_base / 2 for (a, _), (b, _) in zip(clean.sound, source.sound, strict=True))


def test_the_matte_is_gray_of_frame_size_and_says_only_yes_or_no(
    folder: Path, read_film: Callable[[Path], Any], source: Any
) -> None:
    matte = read_film(folder / "matte.mkv")
    assert (matte.codec, matte.pixel_format) == ("ffv1", "gray")
    assert all(abs(a - b) <= matte.time_base / 2 for a, b in zip(matte.times, source.times, strict=True))
    for planes in matte.pictures:
        assert planes[0].shape == source.pictures[0][0].shape
        assert set(np.unique(planes[0])) <= {0, 255}


def test_faces_are_in_the_matte(mattes: list[NDArray[np.uint8]], truth: dict[str, Any]) -> None:
    shares = [
        float((mattes[index] > 0)[_ellipse(face, mattes[index].shape)].mean())
        for index, faces in enumerate(truth["frames"])
        for face in faces
        if face["visible"] == 1
    ]
    covered = np.mean([share >= COVERED_PIXELS for share in shares])
    print(f"{covered:.1%} of {len(shares)} faces covered, {np.mean(shares):.1%} of their pixels")
    assert covered >= COVERED_FACES


def test_every_large_face_is_covered_in_its_middle(mattes: list[NDArray[np.uint8]], truth: dict[str, Any]) -> None:
    missed = []
    for index, faces in enumerate(truth["frames"]):
        for face in faces:
            x, y, _, ry, _ = face["ellipse"]
            if 2 * ry >= LARGE_FACE and face["visible"] == 1 and not mattes[index][int(y), int(x)]:
                missed.append(index)
    assert not missed


def test_most_of_the_picture_is_left_alone(mattes: list[NDArray[np.uint8]], truth: dict[str, Any]) -> None:
    erased_elsewhere = []
    for matte, faces in zip(mattes, truth["frames"], strict=True):
        near = np.zeros(matte.shape, bool)
        for face in faces:
            x, y, rx, ry, degrees = face["ellipse"]
            near |= _ellipse({"ellipse": [x, y, 2 * rx, 2 * ry, degrees]}, matte.shape)
        erased_elsewhere.append(float(((matte > 0) & ~near).mean()))
    print(f"{np.mean(erased_elsewhere):.2%} of the picture erased where no face is near")
    assert np.mean(erased_elsewhere) < 0.04


def test_a_covered_face_is_gone_from_the_picture(
    source: Any, clean: Any, mattes: list[NDArray[np.uint8]], truth: dict[str, Any]
) -> None:
    for index in (45, 62, 80, 99):
        face = _ellipse(truth["frames"][index][0], mattes[index].shape) & (mattes[index] > 0)
        before, after = (film.pictures[index][0].astype(np.float32) for film in (source, clean))
        # Eyes, mouth and brows are steep edges; what stands there now has none.
        steepness = [np.abs(cv2.Laplacian(cv2.GaussianBlur(luma, (0, 0), 1.5), cv2.CV_32F)) for luma in (before, after)]
        assert steepness[1][face].mean() < 0.5 * steepness[0][face].mean()
        likeness = np.corrcoef(before[face], after[face])[0, 1]
        assert likeness < 0.8
