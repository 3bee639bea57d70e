"""Intra codecs: each frame in which nothing is erased is copied."""

from fractions import Fraction
from pathlib import Path

import pytest
from joints import Kind, clean, film, looked_at, packets

INTRA = [
    Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mov", "prores_ks", "yuv422p10le", (("profile", "lt"),)),
    Kind(".mkv", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mov", "prores_ks", "yuv444p10le", (("profile", "4444"),)),
    Kind(".mov", "dnxhd", "yuv422p", (("profile", "dnxhr_hq"),)),
    Kind(".mov", "dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),)),
    Kind(".mxf", "dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),)),
    Kind(".mxf", "prores_ks", "yuv422p10le", (("profile", "hq"),)),
    Kind(".mkv", "ffv1", "yuv420p"),
    Kind(".mkv", "ffv1", "bgr0", (("level", "3"), ("g", "1"), ("slices", "12"), ("slicecrc", "1"))),
    Kind(".mkv", "ffv1", "gray16le", (("level", "3"), ("g", "1"), ("slices", "24"), ("coder", "range_tab"))),
    Kind(".mkv", "ffv1", "yuv422p10le", (("level", "3"), ("g", "1"), ("slices", "4"), ("slicecrc", "1"))),
    Kind(".avi", "ffv1", "yuv420p", (("level", "1"), ("g", "1"))),
    Kind(".avi", "mjpeg", "yuvj420p", (("qmin", "2"), ("qmax", "2")), full_range=True),
    Kind(".mov", "mjpeg", "yuvj422p", (), full_range=True),
    Kind(".mkv", "mjpeg", "yuvj420p", (), full_range=True),
]


@pytest.mark.parametrize("kind", INTRA, ids=str)
def test_intra_frames_without_a_face_are_copied(tmp_path: Path, kind: Kind) -> None:
    source, target = film(tmp_path / f"a{kind.suffix}", kind, 12), tmp_path / f"b{kind.suffix}"
    faces = {3, 4, 8}
    remarks = clean(source, target, faces)
    whole = kind.codec == "ffv1" and not kind.options  # its groups are of 12 frames
    copied = set() if whole else set(range(12)) - faces
    assert any(f"{len(copied)} of 12 frames copied" in remark for remark in remarks), remarks
    looked_at(source, target, faces, copied)
    before, after = packets(source), packets(target)
    for number in copied:
        assert before[Fraction(number, 25)] == after[Fraction(number, 25)]
