"""The WIDER FACE layout: read to the letter, wrong lines named."""

from pathlib import Path

import pytest

from faceerase.errors import DataError
from faceerase.models.data.wider import FaceBox, parse_annotations, read_wider

FACE = "10 20 30 40 0 0 0 0 0 0"
ZEROS = "0 0 0 0 0 0 0 0 0 0 "


def annotations(folder: Path, *lines: str) -> Path:
    path = folder / "gt.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


def layout(root: Path, split: str, *lines: str) -> Path:
    (root / f"WIDER_{split}" / "images" / "0--Parade").mkdir(parents=True)
    (root / "wider_face_split").mkdir(exist_ok=True)
    (root / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt").write_text("\n".join(lines) + "\n")
    return root


def test_faces_are_read_in_order(tmp_path: Path) -> None:
    path = annotations(tmp_path, "a/1.jpg", "2", FACE, "1 2 3 4 1 0 1 0 2 1", "a/2.jpg", "1", FACE)
    assert list(parse_annotations(path)) == [
        ("a/1.jpg", (FaceBox(10, 20, 30, 40, False, turned=False), FaceBox(1, 2, 3, 4, False, turned=True))),
        ("a/2.jpg", (FaceBox(10, 20, 30, 40, False, turned=False),)),
    ]


@pytest.mark.parametrize("zeros", [(ZEROS,), ()], ids=["official", "bare"])
@pytest.mark.parametrize("last", [True, False])
def test_a_photo_without_faces_has_a_line_of_zeros_or_none(tmp_path: Path, zeros: tuple[str, ...], last: bool) -> None:
    empty = ["a/0.jpg", "0", *zeros]
    full = ["a/1.jpg", "1", FACE]
    path = annotations(tmp_path, *(full + empty if last else empty + full))
    found = dict(parse_annotations(path))
    assert found["a/0.jpg"] == ()
    assert len(found["a/1.jpg"]) == 1
    assert len(found) == 2


@pytest.mark.parametrize(
    "line", ["10 20 30 40 0 0 0 1 0 0", "10 20 0 40 0 0 0 0 0 0", "10 20 30 0 0 0 0 0 0 0", "10 20 -3 40 0 0 0 0 0 0"]
)
def test_invalid_and_empty_boxes_count_for_nothing(tmp_path: Path, line: str) -> None:
    ((_, (face,)),) = parse_annotations(annotations(tmp_path, "a/1.jpg", "1", line))
    assert face.ignore


def test_empty_lines_between_photos_are_passed_over(tmp_path: Path) -> None:
    path = annotations(tmp_path, "", "a/1.jpg", "1", FACE, "", "", "a/2.jpg", "1", FACE, "")
    assert len(list(parse_annotations(path))) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["a/2.jpg", "one", FACE],
        ["a/2.jpg", "-1", FACE],
        ["a/2.jpg", "2", FACE],
        ["a/2.jpg", "2", FACE, "a/3.jpg", "1", FACE],
        ["a/2.jpg", "1", "10 20 30"],
        ["a/2.jpg", "1", "10 20 30 forty 0 0 0 0 0 0"],
        ["a/2.jpg", "1", "10 20 30 nan 0 0 0 0 0 0"],
        ["a/2.jpg"],
    ],
)
def test_a_wrong_annotation_is_named_with_its_line(tmp_path: Path, lines: list[str]) -> None:
    path = annotations(tmp_path, "a/1.jpg", "1", FACE, *lines)
    with pytest.raises(DataError, match=r"gt\.txt:4: annotation of a/2\.jpg cannot be understood") as caught:
        list(parse_annotations(path))
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_annotation_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the annotations"):
        list(parse_annotations(tmp_path / "gt.txt"))
    (tmp_path / "gt.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot read the annotations"):
        list(parse_annotations(tmp_path / "gt.txt"))


def test_a_photo_knows_its_event_and_its_mask(tmp_path: Path) -> None:
    root = layout(tmp_path, "train", "0--Parade/a.jpg", "1", FACE, "0--Parade/b.jpg", "0", ZEROS)
    mask = root / "masks" / "0--Parade" / "a.png"
    mask.parent.mkdir(parents=True)
    mask.touch()
    first, second = read_wider(root, "train")
    assert first.image == root / "WIDER_train" / "images" / "0--Parade" / "a.jpg"
    assert (first.event, first.mask) == ("0--Parade", mask)
    assert (second.faces, second.mask) == ((), None)


def test_backgrounds_follow_the_training_photos_alone(tmp_path: Path) -> None:
    root = layout(tmp_path, "train", "0--Parade/a.jpg", "1", FACE)
    layout(root, "val", "0--Parade/v.jpg", "1", FACE)
    (root / "backgrounds").mkdir()
    for name in ("2.jpg", "1.jpg", "notes.txt"):
        (root / "backgrounds" / name).touch()
    photos = read_wider(root, "train")
    assert [photo.image.name for photo in photos] == ["a.jpg", "1.jpg", "2.jpg"]
    assert [photo.faces for photo in photos[1:]] == [(), ()]
    assert [photo.image.name for photo in read_wider(root, "val")] == ["v.jpg"]


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder; expected the WIDER FACE layout"):
        read_wider(tmp_path, "train")


def test_a_missing_split_is_refused(tmp_path: Path) -> None:
    layout(tmp_path, "train", "0--Parade/a.jpg", "1", FACE)
    with pytest.raises(DataError, match="WIDER_val"):
        read_wider(tmp_path, "val")


def test_a_number_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text("a/1.jpg\n1\n1 2 inf 4 0 0 0 0 0 0\n")
    with pytest.raises(DataError, match=r"gt\.txt:1"):
        list(parse_annotations(tmp_path / "gt.txt"))
