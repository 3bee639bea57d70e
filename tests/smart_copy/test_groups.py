"""H.264 and H.265: closed groups in which nothing is erased are copied, and play without a word from FFmpeg."""

from pathlib import Path

import pytest
from joints import GOP, X265, Kind, clean, film, frames, looked_at

LONG = [
    Kind(".mp4", "libx264", options=GOP),
    Kind(".mov", "libx264", options=GOP),
    Kind(".mkv", "libx264", options=GOP),
    Kind(".ts", "libx264", options=GOP),
    Kind(".mp4", "libx264", "yuv422p10le", (*GOP, ("preset", "ultrafast"))),
    Kind(".mp4", "libx264", options=(*GOP[:1], ("bf", "0"))),
    Kind(".mp4", "libx264", options=(*GOP[:1], ("x264-params", "bframes=5:b-adapt=0:scenecut=0"))),
    Kind(".mp4", "libx265", "yuv420p10le", (("x265-params", X265),)),
    Kind(".mp4", "libx265", "yuv420p", (("x265-params", f"{X265}:ctu=16:ref=1:bframes=0:no-sao=1"),)),
    Kind(".mkv", "libx265", "yuv420p", (("x265-params", f"{X265}:ctu=32:ref=2"),)),
    Kind(".mp4", "libx264", "yuvj420p", GOP, full_range=True),
    Kind(".ts", "libx265", "yuv420p", (("x265-params", f"{X265}:bframes=3"),)),
]


def clean_groups(tmp_path: Path, kind: Kind, faces: set[int]) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 24), tmp_path / f"b{kind.suffix}"
    remarks = clean(source, target, faces)
    copied = {number for number in range(24) if number // 6 not in {face // 6 for face in faces}}
    assert any(f"{len(copied)} of 24 frames copied" in remark for remark in remarks), remarks
    looked_at(source, target, faces, copied)


@pytest.mark.parametrize("kind", LONG, ids=str)
def test_closed_groups_without_a_face_are_copied(tmp_path: Path, kind: Kind) -> None:
    clean_groups(tmp_path, kind, {0, 13})


@pytest.mark.parametrize("faces", [{7, 8, 12}, {0, 23}, set(), set(range(24))], ids=len)
@pytest.mark.parametrize("kind", LONG[:1] + LONG[-3:-2], ids=str)
def test_wherever_the_faces_are(tmp_path: Path, kind: Kind, faces: set[int]) -> None:
    clean_groups(tmp_path, kind, faces)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        (Kind(".mkv", "ffv1", "yuv420p", (("level", "3"), ("g", "1"))), ".avi"),
        (Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "standard"),)), ".mkv"),
        (Kind(".mkv", "prores_ks", "yuv422p10le", (("profile", "standard"),)), ".mxf"),
        (Kind(".mkv", "mjpeg", "yuvj420p", full_range=True), ".mov"),
        (Kind(".mkv", "libx264", options=GOP), ".mp4"),
        (Kind(".mp4", "libx264", options=GOP), ".ts"),
        (Kind(".ts", "libx264", options=GOP), ".mkv"),
        (Kind(".mp4", "libx264", options=(*GOP[:1], ("bf", "0"))), ".avi"),
        (Kind(".ts", "libx265", options=(("x265-params", X265),)), ".mov"),
    ],
    ids=str,
)
def test_from_container_to_container(tmp_path: Path, kind: Kind, suffix: str) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 18), tmp_path / f"b{suffix}"
    faces, groups = {7}, 6 if "x26" in kind.codec else 1
    remarks = clean(source, target, faces)
    copied = {number for number in range(18) if number // groups not in {face // groups for face in faces}}
    assert any(f"{len(copied)} of 18 frames copied" in remark for remark in remarks), remarks
    first = next(frames(source))[0]
    if suffix == ".avi":
        assert first == 0
    looked_at(source, target, faces, copied)


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    kind = Kind(".mp4", "libx264", options=GOP)
    times = [0, 1, 2, 5, 9, 10, 11, 12, 20, 21, 22, 23, 30, 31, 40, 41, 42, 43]
    source = film(tmp_path / "a.mp4", kind, len(times), times)
    remarks = clean(source, tmp_path / "b.mp4", {8})
    assert any("12 of 18 frames copied" in remark for remark in remarks)
    looked_at(source, tmp_path / "b.mp4", {8}, {*range(6), *range(12, 18)})
