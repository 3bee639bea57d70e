"""Writes docs/before-after.png: frames of the sample film above what the program made of them. Run by ``make docs``."""

import sys
import tempfile
from pathlib import Path

import av
import cv2
import numpy as np

from faceerase.cli.commands import video_app

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "tests" / "data" / "portrait.mp4"
FRAMES = (5, 45, 70)
WIDTH = 360


def strip(film: Path) -> np.ndarray:
    """Return the chosen frames of a film side by side, BGR."""
    with av.open(str(film)) as container:
        pictures = [picture.to_ndarray(format="bgr24") for picture in container.decode(video=0)]
    height = round(WIDTH * pictures[0].shape[0] / pictures[0].shape[1])
    return np.hstack([cv2.resize(pictures[n], (WIDTH, height), interpolation=cv2.INTER_AREA) for n in FRAMES])


def main() -> None:
    """Anonymise the sample film and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean.mp4"
        sys.argv = ["faceerase-video"]
        video_app([str(SAMPLE), "-o", str(clean)], standalone_mode=False)
        cv2.imwrite(str(ROOT / "docs" / "before-after.png"), np.vstack([strip(SAMPLE), strip(clean)]))


if __name__ == "__main__":
    main()
