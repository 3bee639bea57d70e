"""Things in front: over faces (hats, glasses, hands, bars, discs), and beside them what only looks like a face.

A covered face is still a face: the target stays as it is. Everything is drawn, or copied from the tile itself. Works
on the gray values of one tile; knows nothing of photos.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Box = tuple[int, int, int, int]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@!?.-"
SMALLEST_DRESSED = 20
"""Faces lower than this many pixels get bars and discs only: a hat of four pixels is one already."""


def cover_face(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator) -> Gray:
    """Put something over a part of one face; ``mask`` (0/1) tells where the faces are."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return gray
    x, y, width, height, _ = (int(value) for value in stats[int(rng.integers(1, count))])
    kinds = [_blob] if height < SMALLEST_DRESSED else [_blob, _hat, _glasses, _hand]
    return kinds[int(rng.integers(len(kinds)))](gray.copy(), (x, y, width, height), rng)


def draw_beside(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator) -> Gray:
    """Draw lettering, discs and hands where no face is: false alarms are made of them."""
    drawn = gray.copy()
    side = gray.shape[0]
    for _ in range(int(rng.integers(1, 5))):
        tone = (int(rng.integers(0, 256)),)
        x, y = int(rng.integers(-side // 4, side)), int(rng.integers(0, side))
        kind = rng.random()
        if kind < 0.65:
            letters = "".join(rng.choice(list(LETTERS), int(rng.integers(2, 14))))
            scale, weight = float(np.exp(rng.uniform(-1.2, 1.2))), int(rng.integers(1, 5))
            for line in range(int(rng.integers(1, 4))):
                at = (x, y + round(line * scale * 34))
                cv2.putText(drawn, letters, at, int(rng.integers(0, 8)), scale, tone, weight, cv2.LINE_AA)
        elif kind < 0.85:
            radii = (int(rng.integers(4, side // 4)), int(rng.integers(4, side // 4)))
            width = int(rng.choice([-1, 1, 2, 4, 8]))
            cv2.ellipse(drawn, (x, y), radii, float(rng.uniform(0, 180)), 0, 360, tone, width, cv2.LINE_AA)
        else:
            reach = int(np.exp(rng.uniform(np.log(16), np.log(side * 0.6))))
            drawn = _hand(drawn, (x, y, reach, reach), rng)
    around = np.asarray(cv2.dilate(mask, np.ones((9, 9), np.uint8)))
    return np.where(around > 0, gray, drawn)


def _blob(gray: Gray, box: Box, rng: np.random.Generator) -> Gray:
    """A bar, a disc, or a piece of the same tile."""
    x, y, width, height = box
    cx, cy = x + int(rng.integers(0, width + 1)), y + int(rng.integers(0, height + 1))
    rx, ry = max(1, int(width * rng.uniform(0.1, 0.35))), max(1, int(height * rng.uniform(0.1, 0.35)))
    tone = (int(rng.integers(0, 256)),)
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(gray, (cx, cy), (rx, ry), float(rng.uniform(0, 180)), 0, 360, tone, -1)
    elif kind == 1:
        cv2.rectangle(gray, (cx - rx, cy - ry), (cx + rx, cy + ry), tone, -1)
    else:
        side = gray.shape[0]
        top, left = max(0, cy - ry), max(0, cx - rx)
        rows, columns = min(2 * ry, side - top), min(2 * rx, side - left)
        if rows > 0 and columns > 0:
            from_top = int(rng.integers(0, side - rows + 1))
            from_left = int(rng.integers(0, side - columns + 1))
            piece = gray[from_top : from_top + rows, from_left : from_left + columns].copy()
            gray[top : top + rows, left : left + columns] = piece
    return gray


def _hat(gray: Gray, box: Box, rng: np.random.Generator) -> Gray:
    """A crown over the forehead, with a brim or without."""
    x, y, width, height = box
    tone = int(rng.integers(0, 256))
    middle = x + width // 2
    edge = y + round(height * rng.uniform(0.12, 0.36))
    half = round(width * rng.uniform(0.5, 0.68))
    crown = round(height * rng.uniform(0.3, 0.6))
    cv2.ellipse(gray, (middle, edge), (half, crown), 0, 180, 360, (tone,), -1, cv2.LINE_AA)
    if rng.random() < 0.7:
        brim = round(half * rng.uniform(1.0, 1.6))
        shift = round(half * rng.uniform(-0.4, 0.4))
        thick = max(1, round(height * rng.uniform(0.02, 0.08)))
        darker = (int(np.clip(tone - rng.integers(-20, 60), 0, 255)),)
        cv2.ellipse(gray, (middle + shift, edge), (brim, thick), 0, 0, 360, darker, -1, cv2.LINE_AA)
    return gray


def _glasses(gray: Gray, box: Box, rng: np.random.Generator) -> Gray:
    """Two lenses and a bridge at eye height: dark, bright or clear with a rim."""
    x, y, width, height = box
    level = y + round(height * rng.uniform(0.34, 0.46))
    apart = width * rng.uniform(0.2, 0.26)
    radii = (max(1, round(width * rng.uniform(0.13, 0.2))), max(1, round(height * rng.uniform(0.07, 0.14))))
    middle = x + width / 2 + width * rng.uniform(-0.08, 0.08)
    tone = (int(rng.choice([rng.integers(0, 60), rng.integers(180, 256)], p=[0.8, 0.2])),)
    rim = max(1, round(height * 0.02))
    filled = -1 if rng.random() < 0.6 else rim
    for sign in (-1, 1):
        cv2.ellipse(gray, (round(middle + sign * apart), level), radii, 0, 0, 360, tone, filled, cv2.LINE_AA)
    inner = round(apart - radii[0])
    cv2.line(gray, (round(middle) - inner, level), (round(middle) + inner, level), tone, rim, cv2.LINE_AA)
    return gray


def _hand(gray: Gray, box: Box, rng: np.random.Generator) -> Gray:
    """A palm and some fingers, shaded, in a skin's even tone: that of the box's own middle, or near it."""
    x, y, width, height = box
    side = gray.shape[0]
    cx, cy = x + width * rng.uniform(0.1, 0.9), y + height * rng.uniform(0.3, 1.0)
    row, column = (int(np.clip(value, 0, side - 1)) for value in (y + height // 2, x + width // 2))
    tone = float(np.clip(int(gray[row, column]) + rng.normal(0, 25), 20, 235))
    size = 0.5 * max(4, width) * rng.uniform(0.5, 0.9)
    heading = rng.uniform(0, 2 * np.pi)
    shape = np.zeros_like(gray)
    palm = (max(1, round(size * 0.5)), max(1, round(size * 0.45)))
    cv2.ellipse(shape, (round(cx), round(cy)), palm, float(np.rad2deg(heading)), 0, 360, (255,), -1, cv2.LINE_AA)
    fingers = int(rng.integers(2, 6))
    gaps = np.zeros_like(gray)
    for number in range(fingers):
        across = (number - (fingers - 1) / 2) * 0.24 * size
        bend = heading + rng.normal(0, 0.12)
        base = np.array([cx - np.sin(heading) * across, cy + np.cos(heading) * across])
        tip = base + np.array([np.cos(bend), np.sin(bend)]) * size * rng.uniform(0.8, 1.15)
        ends = tuple(round(v) for v in base), tuple(round(v) for v in tip)
        cv2.line(shape, ends[0], ends[1], (255,), max(1, round(size * 0.2)), cv2.LINE_AA)
        cv2.line(gaps, ends[0], ends[1], (255,), max(1, round(size * 0.15)), cv2.LINE_AA)
    # Light falls off from the middle of each finger and of the palm: what makes it round, and so like a cheek.
    body = cv2.GaussianBlur(gaps, (0, 0), max(0.6, size * 0.06)).astype(np.float32)
    palm_only = cv2.GaussianBlur(shape, (0, 0), max(0.6, size * 0.1)).astype(np.float32)
    shaded = tone * (0.55 + 0.3 * body / 255 + 0.25 * palm_only / 255)
    alpha = cv2.GaussianBlur(shape, (0, 0), 0.7).astype(np.float32) / 255
    return np.clip(gray + alpha * (shaded - gray), 0, 255).astype(np.uint8)
