"""The Pascal VOC layout: boxes, classes, difficult objects, poses, splits; faults are named."""

from pathlib import Path

import pytest

from faceerase.errors import DataError
from faceerase.models.data.photo import FaceBox
from faceerase.models.data.voc import is_voc, read_voc


def annotation(name: str, *objects: str) -> str:
    return f"<annotation><filename>{name}</filename>{''.join(objects)}</annotation>"


def face(name: str = "face", box: tuple[int, int, int, int] = (11, 21, 30, 60), extra: str = "") -> str:
    keys = ("xmin", "ymin", "xmax", "ymax")
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in zip(keys, box, strict=True))
    return f"<object><name>{name}</name>{extra}<bndbox>{inside}</bndbox></object>"


def write(root: Path, name: str, text: str, folder: str = "Annotations") -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / f"{name}.xml").write_text(text)


def test_boxes_are_one_based_and_inclusive(tmp_path: Path) -> None:
    write(tmp_path, "a", annotation("a.jpg", face()))
    photos, faults = read_voc(tmp_path)
    (photo,) = photos[None]
    assert photo.faces == (FaceBox(10, 20, 20, 40, ignore=False, turned=None),)
    assert faults == []
    assert is_voc(tmp_path)


def test_difficult_and_empty_boxes_are_ignored_and_poses_read(tmp_path: Path) -> None:
    objects = (
        face(extra="<difficult>1</difficult><pose>Frontal</pose>"),
        face(extra="<difficult>0</difficult><pose>Left</pose>"),
        face(box=(5, 5, 5, 9)),
    )
    write(tmp_path, "a", annotation("a.jpg", *objects))
    (photo,) = read_voc(tmp_path)[0][None]
    assert [(entry.ignore, entry.turned) for entry in photo.faces] == [(True, False), (False, True), (True, None)]


def test_other_classes_are_left_out_and_named(tmp_path: Path) -> None:
    write(tmp_path, "a", annotation("a.jpg", face("dog"), face("With_Mask")))
    photos, faults = read_voc(tmp_path)
    assert len(photos[None][0].faces) == 1
    assert faults == ["object of another class: Annotations/a.xml (dog)"]
    assert len(read_voc(tmp_path, ("dog",))[0][None][0].faces) == 1


def test_the_sets_own_split_is_read(tmp_path: Path) -> None:
    for name in "abc":
        write(tmp_path, name, annotation(f"{name}.jpg", face()))
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("a\nb 1\n")
    (lists / "val.txt").write_text("c\n")
    photos, _ = read_voc(tmp_path)
    assert {split: len(found) for split, found in photos.items()} == {"train": 2, "val": 1}


@pytest.mark.parametrize(
    "text",
    [
        "no xml",
        annotation("a.jpg", "<object><name>face</name></object>"),
        annotation("a.jpg", face().replace("11", "x")),
    ],
)
def test_an_annotation_that_makes_no_sense_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path, "bad", text)
    write(tmp_path, "good", annotation("good.jpg", face()))
    photos, faults = read_voc(tmp_path)
    assert [photo.image.name for photo in photos[None]] == ["good.jpg"]
    assert len(faults) == 1
    assert faults[0].startswith("annotation that cannot be understood: Annotations/bad.xml (")


@pytest.mark.parametrize("folder", ["JPEGImages", "images", "Annotations", "."])
def test_pictures_are_looked_for_where_they_may_be(tmp_path: Path, folder: str) -> None:
    write(tmp_path, "a", annotation("other-name.jpg", face()))
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "a.png").write_bytes(b"")
    (photo,) = read_voc(tmp_path)[0][None]
    assert photo.image == tmp_path / folder / "a.png"


def test_a_folder_without_annotations_is_refused(tmp_path: Path) -> None:
    assert not is_voc(tmp_path)
    with pytest.raises(DataError, match="no Pascal VOC annotations"):
        read_voc(tmp_path)
