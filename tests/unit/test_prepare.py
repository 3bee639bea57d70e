"""From annotated photos to a pack: what is wrong is counted and named, and the pack says the same as the folder."""

import json
import pickle
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from faceerase.errors import DataError
from faceerase.models.data.pack import INDEX, PICTURES, is_pack, read_pack
from faceerase.models.data.photo import read_gray
from faceerase.models.data.prepare import PrepareOptions, PrepareReport, open_packed, open_photos, prepare


def packed(source: Path, target: Path, options: PrepareOptions | None = None) -> PrepareReport:
    return prepare(source, target, options or PrepareOptions(), lambda done, total: None)


@pytest.fixture
def folder(photo_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(photo_folder, tmp_path / "photos"))


def annotations(folder: Path, split: str = "train") -> Path:
    return folder / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"


def test_a_pack_says_the_same_as_its_folder(photo_folder: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    report = prepare(photo_folder, tmp_path / "pack", PrepareOptions(), lambda *call: calls.append(call))
    assert calls == [(number, 8) for number in range(1, 9)]
    assert (report.photos, report.faces) == ({"train": 6, "val": 2}, {"train": 4, "val": 2})
    assert report.faults == ()
    assert not report.drawn
    for split in ("train", "val"):
        plain, pack = open_photos(photo_folder, split), read_pack(tmp_path / "pack", split)
        assert [photo.faces for photo in pack.photos] == [photo.faces for photo in plain.photos]
        assert [photo.event for photo in pack.photos] == [photo.event for photo in plain.photos]
        for one, other in zip(plain.photos, pack.photos, strict=True):
            assert np.array_equal(plain.read(one.image), pack.read(other.image))


def test_masks_are_packed(folder: Path, tmp_path: Path) -> None:
    mask = np.zeros((128, 128), np.uint8)
    mask[40:70, 30:50] = 255
    (folder / "masks" / "0--Event").mkdir(parents=True)
    assert cv2.imwrite(str(folder / "masks" / "0--Event" / "train_0.png"), mask)
    assert packed(folder, tmp_path / "pack").masks == 1
    pack = read_pack(tmp_path / "pack", "train")
    (photo,) = (photo for photo in pack.photos if photo.mask is not None)
    assert photo.mask is not None
    assert np.array_equal(pack.read(photo.mask), mask)


def test_what_is_wrong_is_named_and_left_out(folder: Path, tmp_path: Path) -> None:
    images = folder / "WIDER_train" / "images"
    (images / "0--Event" / "train_0.jpg").unlink()
    (images / "1--Event" / "train_1.jpg").write_bytes(b"no picture")
    (folder / "masks" / "0--Event").mkdir(parents=True)
    assert cv2.imwrite(str(folder / "masks" / "0--Event" / "train_2.png"), np.zeros((5, 5), np.uint8))
    text = annotations(folder).read_text()
    extra = "0--Event/train_2.jpg\n4\n500 500 20 20 0 0 0 0 0 0\n-10 5 40 50 0 0 0 0 0 0\n3 3 0 9 0 0 0 0 0 0\n"
    kept = "\n".join(text.splitlines()[:6]) + "\n" + extra + "30 30 40 50 0 0 0 0 0 0\n"
    annotations(folder).write_text(kept)
    report = packed(folder, tmp_path / "pack")
    assert report.fault_counts() == {
        "missing image": 1,
        "unreadable image": 1,
        "box outside the picture": 1,
        "box beyond the edge (kept, the picture ends there)": 1,
        "empty box": 1,
        "mask of another size": 1,
    }
    assert "missing image: 0--Event/train_0.jpg" in report.faults
    assert report.faces["train"] == 2


def test_one_split_is_divided_with_duplicates_on_one_side(folder: Path, tmp_path: Path) -> None:
    annotations(folder, "val").unlink()
    images = folder / "WIDER_train" / "images" / "0--Event"
    lines = []
    for number in range(40):
        # Twenty pictures, each there twice.
        coarse = np.random.default_rng(number // 2).integers(0, 256, (12, 12), dtype=np.uint8)
        assert cv2.imwrite(str(images / f"{number}.png"), cv2.resize(coarse, (100, 100)))
        lines += [f"0--Event/{number}.png", "1", "10 10 30 40 0 0 0 0 0 0"]
    annotations(folder).write_text("\n".join(lines) + "\n")
    shutil.rmtree(folder / "backgrounds")
    report = packed(folder, tmp_path / "pack")
    assert report.drawn
    assert report.alike == 40
    assert report.photos == {"train": 34, "val": 6}
    sides = {}
    for split in ("train", "val"):
        for photo in read_pack(tmp_path / "pack", split).photos:
            sides[int(photo.image.stem)] = split
    assert all(sides[number] == sides[number + 1] for number in range(0, 40, 2))
    packed(folder, tmp_path / "again")
    assert (tmp_path / "pack" / INDEX).read_text() == (tmp_path / "again" / INDEX).read_text()


def test_a_training_photo_that_is_also_checked_on_is_left_out(folder: Path, tmp_path: Path) -> None:
    shown = folder / "WIDER_val" / "images" / "0--Event" / "val_0.jpg"
    smooth = cv2.resize(np.random.default_rng(5).integers(0, 256, (12, 12), dtype=np.uint8), (128, 128))
    assert cv2.imwrite(str(shown), smooth)
    assert cv2.imwrite(str(folder / "WIDER_train" / "images" / "0--Event" / "train_0.jpg"), smooth)
    report = packed(folder, tmp_path / "pack")
    assert report.faults == ("training photo like a validation photo (left out): 0--Event/train_0.jpg",)
    assert report.photos == {"train": 5, "val": 2}


def test_large_photos_are_shrunk_with_their_boxes(photo_folder: Path, tmp_path: Path) -> None:
    packed(photo_folder, tmp_path / "pack", PrepareOptions(largest_side=64))
    pack, plain = read_pack(tmp_path / "pack", "train"), open_photos(photo_folder, "train")
    assert pack.read(pack.photos[0].image).shape == (64, 64)
    assert pack.photos[0].faces[0].height == plain.photos[0].faces[0].height / 2


def test_pascal_voc_is_packed_too(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for number in range(12):
        noise = np.random.default_rng(number).integers(0, 256, (60, 80), dtype=np.uint8)
        assert cv2.imwrite(str(tmp_path / "set" / f"{number}.png"), noise)
        box = "<bndbox><xmin>5</xmin><ymin>5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
        (tmp_path / "set" / f"{number}.xml").write_text(
            f"<annotation><filename>{number}.png</filename><object><name>face</name>{box}</object></annotation>"
        )
    report = packed(tmp_path / "set", tmp_path / "pack")
    assert report.drawn
    assert sum(report.photos.values()) == sum(report.faces.values()) == 12
    assert report.photos["val"] >= 1


@pytest.mark.parametrize("fault", ["unknown layout", "no usable photo", "exists"])
def test_nothing_half_made_is_left(folder: Path, tmp_path: Path, fault: str) -> None:
    source, target = folder, tmp_path / "pack"
    if fault == "unknown layout":
        source = tmp_path / "empty"
        source.mkdir()
    elif fault == "no usable photo":
        for split in ("train", "val"):
            shutil.rmtree(folder / f"WIDER_{split}" / "images")
            (folder / f"WIDER_{split}" / "images").mkdir()
        shutil.rmtree(folder / "backgrounds")
    else:
        target.mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(DataError):
        packed(source, target)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("damage", ["version", "text", "cut"])
def test_a_damaged_pack_is_refused(photo_folder: Path, tmp_path: Path, damage: str) -> None:
    pack = tmp_path / "pack"
    packed(photo_folder, pack)
    if damage == "version":
        (pack / INDEX).write_text(json.dumps({**json.loads((pack / INDEX).read_text()), "version": 99}))
    elif damage == "text":
        (pack / INDEX).write_text("{")
    else:
        whole = (pack / PICTURES).read_bytes()
        (pack / PICTURES).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="prepare it again"):
        read_pack(pack, "train")


def test_a_packs_reader_can_be_sent_to_another_process(photo_folder: Path, tmp_path: Path) -> None:
    packed(photo_folder, tmp_path / "pack")
    photos = read_pack(tmp_path / "pack", "train")
    first = photos.read(photos.photos[0].image)
    sent = pickle.dumps(photos.read)
    assert len(sent) < 10_000, "the pictures themselves stay behind"
    assert np.array_equal(pickle.loads(sent)(photos.photos[0].image), first)
    with pytest.raises(DataError, match="has no picture"):
        photos.read(Path("none"))


def test_a_folder_is_packed_once_and_a_pack_is_taken_as_it_is(photo_folder: Path, tmp_path: Path) -> None:
    calls: list[int] = []
    for _ in range(2):
        train, val = open_packed(photo_folder, tmp_path / "pack", lambda done, total: calls.append(done))
    assert len(calls) == 8
    assert (len(train.photos), len(val.photos)) == (6, 2)
    assert is_pack(tmp_path / "pack")
    open_packed(tmp_path / "pack", tmp_path / "other", lambda done, total: calls.append(done))
    assert not (tmp_path / "other").exists()


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    for name in ("no.jpg", "none.jpg"):
        with pytest.raises(DataError, match=f"{name}: missing, or not a picture"):
            read_gray(tmp_path / name)
