"""Writes models/weights/failures.png: the sample portrait made harder and harder, and what the shipped network sees.

Green: the truth. Red: the mask. Each cell names what was done and the share of the face that is covered. Run by
``make docs``.
"""

import json
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np

from faceerase.configs.film import SHIPPED_MODEL, MaskConfig
from faceerase.models.data.photo import Photo
from faceerase.models.judging.looks import NetworkLooker
from faceerase.streamer.look.engine import OnnxEngine

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data"
FRAME = 59
SIDE = 360
Change = Callable[[np.ndarray], np.ndarray]


def turned(degrees: float) -> Change:
    """Return a turn around the picture's middle."""
    view = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, 1)
    return lambda picture: cv2.warpAffine(picture, view, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)


def shrunk(share: float) -> Change:
    """Return the picture, small, on gray."""
    side = round(SIDE * share)
    corner = (SIDE - side) // 2

    def change(picture: np.ndarray) -> np.ndarray:
        ground = np.full((SIDE, SIDE), 0 if picture.max() <= 1 else 110, np.uint8)
        small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        ground[corner : corner + side, corner : corner + side] = small
        return ground

    return change


def on_gray(change: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Return a change of gray values that leaves the truth (0/1) as it is."""
    return lambda picture: picture if picture.max() <= 1 else change(picture)


def covered(share: float) -> Change:
    """Return a gray board over the lower part of the face."""

    def change(picture: np.ndarray) -> np.ndarray:
        out = picture.copy()
        out[round(SIDE * (0.72 - share * 0.6)) :] = 90
        return out

    return on_gray(change)


def noisy(deviation: float) -> Change:
    """Return noise on top."""
    noise = np.random.default_rng(0).normal(0, deviation, (SIDE, SIDE))
    return on_gray(lambda picture: np.clip(picture + noise, 0, 255).astype(np.uint8))


CELLS: tuple[tuple[str, Change], ...] = (
    ("as it is", lambda picture: picture),
    *((f"turned {degrees}", turned(degrees)) for degrees in (30, 60, 90, 180)),
    *((f"size {share:g}", shrunk(share)) for share in (0.5, 0.25, 0.12, 0.08, 0.05)),
    *(
        (f"light {share:g}", on_gray(lambda picture, s=share: (picture * s).astype(np.uint8)))
        for share in (0.5, 0.25, 0.12, 0.06, 0.03)
    ),
    *(
        (f"blur {sigma:g} px", on_gray(lambda picture, s=sigma: cv2.GaussianBlur(picture, (0, 0), s)))
        for sigma in (3, 6, 10, 15, 22)
    ),
    *((f"hidden {share:.0%}", covered(share)) for share in (0.2, 0.4, 0.6)),
    *((f"noise {deviation}", noisy(deviation)) for deviation in (30, 80)),
)


def main() -> None:
    """Look at every cell and write the picture."""
    with av.open(str(DATA / "portrait.mp4")) as film:
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    (x, y, half_width, half_height, degrees), *_ = (
        face["ellipse"] for face in json.loads((DATA / "portrait.json").read_text())["frames"][FRAME]
    )
    frame = frames[FRAME]
    truth = np.zeros_like(frame)
    cv2.ellipse(truth, (round(x), round(y)), (round(half_width), round(half_height)), degrees, 0, 360, (1,), -1)
    left = int(np.clip(x - SIDE / 2, 0, frame.shape[1] - SIDE))
    picture, truth = frame[:SIDE, left : left + SIDE], truth[:SIDE, left : left + SIDE]
    engine = OnnxEngine(SHIPPED_MODEL, "cpu")
    contract = engine.contract
    looker = NetworkLooker(engine, contract.threshold_rule, contract.threshold, MaskConfig().margin, min_face=8)
    cells = []
    for name, change in CELLS:
        gray, face = np.ascontiguousarray(change(picture)), np.ascontiguousarray(change(truth))
        mask = looker.look(Photo(Path(name), "", (), None), gray)(contract.threshold)
        share = float(mask[face > 0].mean())
        cell = cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
        cell[mask] = cell[mask] // 2 + np.array([0, 0, 110], np.uint8)
        outline, _ = cv2.findContours(face, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cell = cv2.resize(cv2.drawContours(cell, outline, -1, (0, 220, 0), 2), (180, 180), interpolation=cv2.INTER_AREA)
        cv2.rectangle(cell, (0, 0), (180, 18), (0, 0, 0), -1)
        cv2.putText(
            cell, f"{name}: {share:.0%}", (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA
        )
        cells.append(cell)
    rows = [np.hstack(cells[start : start + 5]) for start in range(0, len(cells), 5)]
    cv2.imwrite(str(SHIPPED_MODEL.with_name("failures.png")), np.vstack(rows))


if __name__ == "__main__":
    main()
