"""``--smart-copy`` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np


def test_a_part_without_a_face_is_copied_and_it_is_said(
    tmp_path: Path,
    small: list[av.VideoFrame],
    sample: Path,
    run: Callable[..., Any],
    write_film: Callable[..., Path],
    read_film: Callable[[Path], Any],
) -> None:
    gray = np.full((180, 320, 3), 90, np.uint8)
    nobody = [av.VideoFrame.from_ndarray(gray + number, format="rgb24") for number in range(6)]
    source = write_film(
        tmp_path / "in.mov", [*nobody, *small[-6:]], codec="prores_ks", pixel_format="yuv422p10le", sound=sample
    )
    output = tmp_path / "out.mov"
    ended = run(source, "-o", output, "--smart-copy", "--scan", "thorough", "--report", tmp_path / "r.json", "--json")
    assert ended.code == 0, ended.err
    said = [text for text in json.loads(ended.out.splitlines()[-1])["remarks"] if text.startswith("smart copy: ")]
    assert said[0] in json.loads((tmp_path / "r.json").read_text())["remarks"]
    before, after = read_film(source), read_film(output)
    same = [
        all(np.array_equal(one, other) for one, other in zip(*pair, strict=True))
        for pair in zip(before.pictures, after.pictures, strict=True)
    ]
    assert said[0].startswith(f"smart copy: {sum(same)} of 12 frames copied as they are")
    assert 0 < sum(same) <= 6
    assert not any(same[6:])
    assert (after.times, after.sound) == (before.times, before.sound)
