"""How calm filled patches are: their change from frame to frame beside that of their surroundings, the camera still.

    python -m benchmarks.patches OUTPUT MATTE [--pictures DIR]

Prints one JSON object; method in README.md. Needs what the runtime needs and nothing else.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.follow.camera import camera_shift
from faceerase.streamer.follow.scene import small_picture
from faceerase.streamer.look.gray import GrayPicture

STILL = 0.25
"""Pixels of the small picture by which the camera may have moved."""

CUT = 20.0
"""Mean change of the whole picture, in gray levels, from which a pair of frames is two scenes."""

WORST = 6
"""Pairs of patches of which pictures are made."""

Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two frames in a row: mean change in gray levels inside patches and around them, and how many pixels these are."""

    frame: int
    inside: float
    around: float
    pixels: int


def pairs(output: Path, matte: Path) -> Iterator[tuple[Pair, Gray, Gray, Gray]]:
    """Yield every pair of frames with a still camera and a patch in both; the frames and the ring around the patch."""
    before: tuple[Gray, Gray] | None = None
    for number, (now, hole) in enumerate(zip(_luma(output), _luma(matte), strict=True)):
        if before is not None:
            pair = _compared(number, before, (now, hole))
            if pair is not None:
                yield pair, before[0], now, hole
        before = now, hole


def summary(found: list[Pair]) -> dict[str, float | int]:
    """Return the pooled change inside and around, and their ratio."""
    weights = np.array([pair.pixels for pair in found], np.float64)
    if not found:
        return {"pairs": 0}
    inside = float(np.average([pair.inside for pair in found], weights=weights))
    around = float(np.average([pair.around for pair in found], weights=weights))
    return {"pairs": len(found), "inside": inside, "around": around, "ratio": inside / max(around, 1e-6)}


def _compared(number: int, before: tuple[Gray, Gray], now: tuple[Gray, Gray]) -> Pair | None:
    change = cv2.absdiff(before[0], now[0])
    if change.mean() > CUT:
        return None
    small = [small_picture(GrayPicture(picture, 0, 255)) for picture in (before[0], now[0])]
    if np.hypot(*camera_shift(small[0], small[1], 1.0)) > STILL:
        return None
    inside = (before[1] > 127) & (now[1] > 127)
    either = ((before[1] > 127) | (now[1] > 127)).astype(np.uint8)
    if not inside.any():
        return None
    reach = max(8, round(0.15 * float(np.sqrt(inside.sum()))))
    ring = (np.asarray(cv2.dilate(either, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))) > 0) & (either == 0)
    if not ring.any():
        return None
    return Pair(number, float(change[inside].mean()), float(change[ring].mean()), int(inside.sum()))


def _luma(path: Path) -> Iterator[Gray]:
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield frame.to_ndarray(format="gray")


def _draw(folder: Path, worst: list[tuple[Pair, Gray, Gray, Gray]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for pair, before, now, hole in worst:
        outlines, _ = cv2.findContours((hole > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        shown = [cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) for picture in (before, now)]
        shown.append(cv2.cvtColor(cv2.convertScaleAbs(cv2.absdiff(before, now), alpha=8), cv2.COLOR_GRAY2BGR))
        for picture in shown:
            cv2.drawContours(picture, outlines, -1, (0, 200, 0), 1)
        cv2.imwrite(str(folder / f"{pair.frame:05d}.png"), np.hstack(shown))


def main() -> None:
    """Measure one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("matte", type=Path)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    found: list[Pair] = []
    worst: list[tuple[Pair, Gray, Gray, Gray]] = []
    for entry in pairs(asked.output, asked.matte):
        found.append(entry[0])
        worst = sorted([*worst, entry], key=lambda one: one[0].around - one[0].inside)[:WORST]
    print(json.dumps(summary(found)))
    if asked.pictures is not None:
        _draw(asked.pictures, worst)


if __name__ == "__main__":
    main()
