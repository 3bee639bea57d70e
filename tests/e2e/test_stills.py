"""Pictures through the real command: a sequence, a tree of photos, pictures to film."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def photos(small: list[av.VideoFrame]) -> list[np.ndarray]:
    """Eight frames of the sample, RGB, 320×180, a face in each."""
    return [np.asarray(picture.reformat(format="bgr24").to_ndarray(), np.uint8) for picture in small[8:16]]


def write_deep(folder: Path, photos: list[np.ndarray], first: int = 1001) -> None:
    for number, photo in enumerate(photos, first):
        assert cv2.imwrite(str(folder / f"in.{number:04d}.png"), photo.astype(np.uint16) * 257)


def test_a_sequence_of_16_bit_pictures_keeps_numbers_and_every_sample_outside_the_matte(
    tmp_path: Path, photos: list[np.ndarray], run: Run
) -> None:
    write_deep(tmp_path, photos[:5])
    (tmp_path / "in.1003.png").unlink()
    ended = run(tmp_path / "in.%04d.png", "-o", tmp_path / "out.%04d.png", "--matte", tmp_path / "m.%04d.png")
    assert ended.code == 0, ended.err
    assert "4 pictures, followed as a sequence at 24 a second" in ended.err
    assert "numbers that do not exist: 1003" in ended.err
    assert sorted(path.name for path in tmp_path.glob("out.*")) == [f"out.{n}.png" for n in (1001, 1002, 1004, 1005)]
    erased = 0
    for number in (1001, 1002, 1004, 1005):
        before, after, matte = (
            cv2.imread(str(tmp_path / f"{name}.{number}.png"), cv2.IMREAD_UNCHANGED) for name in ("in", "out", "m")
        )
        assert (after.dtype, after.shape) == (before.dtype, before.shape)
        assert np.array_equal(before[matte == 0], after[matte == 0])
        erased += int((before != after).any())
    assert erased == 4


def test_a_tree_of_photos_comes_out_as_the_same_tree_and_a_lying_face_is_found(
    tmp_path: Path, photos: list[np.ndarray], run: Run, telling_exif: Callable[[int], bytes]
) -> None:
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    assert cv2.imwrite(str(folder / "a.jpg"), np.rot90(photos[-1]))  # as a camera held upright writes it
    data = (folder / "a.jpg").read_bytes()
    content = b"Exif\0\0" + telling_exif(6)
    (folder / "a.jpg").write_bytes(data[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + data[2:])
    assert cv2.imwrite(str(folder / "deep" / "b.tif"), photos[-2])
    assert cv2.imwrite(str(folder / "deep" / "c.png"), photos[-1][:90])
    (folder / "list.txt").touch()
    ended = run(folder, "-o", tmp_path / "clean", "--matte", tmp_path / "mattes")
    assert ended.code == 0, ended.err
    assert "3 pictures, each by itself" in ended.err
    assert "dropped: EXIF (device, place, thumbnail picture) (a.jpg)" in ended.err
    assert "dropped: 1 file that no picture is in (list.txt)" in ended.err
    for root, names in (
        ("clean", ["a.jpg", "deep/b.tif", "deep/c.png"]),
        ("mattes", ["a.png", "deep/b.png", "deep/c.png"]),
    ):
        found = [str(path.relative_to(tmp_path / root)) for path in (tmp_path / root).rglob("*") if path.is_file()]
        assert sorted(found) == names
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean", "mattes", "photos"]
    matte = cv2.imread(str(tmp_path / "mattes" / "a.png"), cv2.IMREAD_GRAYSCALE)
    assert matte.shape == (320, 180)  # as the file lies, not as it is shown
    assert matte.any()
    assert b"Jane" not in (tmp_path / "clean" / "a.jpg").read_bytes()
    assert cv2.imread(str(tmp_path / "clean" / "a.jpg")).shape == (180, 320, 3)


def test_a_folder_that_is_one_sequence_becomes_a_film(tmp_path: Path, photos: list[np.ndarray], run: Run) -> None:
    (tmp_path / "shot").mkdir()
    write_deep(tmp_path / "shot", photos[:5], 7)
    ended = run(tmp_path / "shot", "-o", tmp_path / "film.mkv", "--codec", "ffv1", "--rate", "23.976")
    assert ended.code == 0, ended.err
    with av.open(str(tmp_path / "film.mkv")) as film:
        pictures = list(film.decode(video=0))
        assert float(film.streams.video[0].average_rate) == pytest.approx(24000 / 1001, abs=0.01)
    assert [picture.format.name for picture in pictures] == ["gbrp16le"] * 5


def test_what_would_end_badly_is_refused(tmp_path: Path, photos: list[np.ndarray], run: Run) -> None:
    write_deep(tmp_path, photos[:2], 1)
    for output, code in (("in.%d.png", 0), ("in.%04d.png", 2), ("in.0001.png", 2)):
        assert run(tmp_path / "in.%04d.png", "-o", tmp_path / output).code == code
    ended = run(tmp_path / "in.%04d.png", "-o", tmp_path / "in.%d.png")
    assert (ended.code, "exists already" in ended.err) == (2, True)
    assert run(tmp_path / "none.%04d.png", "-o", tmp_path / "x.%d.png").code == 3
    assert run(tmp_path, "-o", tmp_path / "inside").code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.0001.png", "in.0002.png", "in.1.png", "in.2.png"]
