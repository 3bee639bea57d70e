"""Makes a clean photo tile look like film: exposure, blur, noise, compression, things in front of faces.

Works on the gray values of one tile; the target stays as it is (a covered face is still a face). Pure given the
generator. Knows nothing of photos, boxes or torch.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.training import AugmentRecipe

Gray = NDArray[np.uint8]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@!?.-"


def augment(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator, recipe: AugmentRecipe) -> Gray:
    """Return a changed copy of a tile: uint8 (side, side) in and out; ``mask`` (0/1) tells where faces are."""
    if rng.random() < recipe.occlude:
        gray = _occlude(gray, mask, rng)
    if rng.random() < recipe.distract:
        gray = _distract(gray, mask, rng)
    if rng.random() < recipe.light:
        gray = _light(gray, rng)
    if rng.random() < recipe.blur:
        gray = _blur(gray, rng)
    if rng.random() < recipe.noise:
        deviation = rng.uniform(1, 12)
        noise = rng.standard_normal(gray.shape, dtype=np.float32) * np.float32(deviation)
        gray = np.clip(gray + noise, 0, 255).astype(np.uint8)
    if rng.random() < recipe.compress:
        gray = _compress(gray, rng)
    return gray


def _light(gray: Gray, rng: np.random.Generator) -> Gray:
    """Change gamma and contrast; every third time to what an unlit room leaves: 20 to 120 gray levels in all."""
    gamma = np.exp(rng.uniform(-0.7, 0.9))
    if rng.random() < 0.33:
        black = rng.uniform(0, 20)
        white = black + np.exp(rng.uniform(np.log(20), np.log(120)))
    else:
        black, white = rng.uniform(0, 50), rng.uniform(150, 255)
    ramp = black + (white - black) * (np.arange(256) / 255) ** gamma
    return np.asarray(cv2.LUT(gray, np.rint(ramp).astype(np.uint8)), np.uint8)


def _blur(gray: Gray, rng: np.random.Generator) -> Gray:
    kind = rng.integers(3)
    if kind == 0:
        return np.asarray(cv2.GaussianBlur(gray, (0, 0), float(rng.uniform(0.4, 2.0))), np.uint8)
    if kind == 1:
        # Upscaled footage: detail is lost, size stays.
        side = gray.shape[0]
        small = max(8, round(side * float(rng.uniform(0.35, 0.8))))
        shrunk = cv2.resize(gray, (small, small), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(shrunk, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
    length = int(rng.integers(3, 12))
    angle = rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    cv2.line(
        kernel,
        (round(middle - dx), round(middle - dy)),
        (round(middle + dx), round(middle + dy)),
        (1.0,),
    )
    return np.asarray(cv2.filter2D(gray, -1, kernel / kernel.sum()), np.uint8)


def _compress(gray: Gray, rng: np.random.Generator) -> Gray:
    quality = int(rng.integers(15, 85))
    done, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if done else None
    return gray if decoded is None else np.asarray(decoded, np.uint8)


def _distract(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator) -> Gray:
    """Write lettering and draw discs where no face is: what false alarms are made of, and face-free photos lack."""
    drawn = gray.copy()
    side = gray.shape[0]
    for _ in range(int(rng.integers(1, 5))):
        tone = (int(rng.integers(0, 256)),)
        x, y = int(rng.integers(-side // 4, side)), int(rng.integers(0, side))
        if rng.random() < 0.75:
            letters = "".join(rng.choice(list(LETTERS), int(rng.integers(2, 14))))
            scale, weight = float(np.exp(rng.uniform(-1.2, 1.2))), int(rng.integers(1, 5))
            for line in range(int(rng.integers(1, 4))):
                at = (x, y + round(line * scale * 34))
                cv2.putText(drawn, letters, at, int(rng.integers(0, 8)), scale, tone, weight, cv2.LINE_AA)
        else:
            radii = (int(rng.integers(4, side // 4)), int(rng.integers(4, side // 4)))
            width = int(rng.choice([-1, 1, 2, 4, 8]))
            cv2.ellipse(drawn, (x, y), radii, float(rng.uniform(0, 180)), 0, 360, tone, width, cv2.LINE_AA)
    around = np.asarray(cv2.dilate(mask, np.ones((9, 9), np.uint8)))
    return np.where(around > 0, gray, drawn)


def _occlude(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator) -> Gray:
    """Put a bar, a disc or a piece of the same picture over a part of one face."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return gray
    x, y, width, height, _ = (int(v) for v in stats[int(rng.integers(1, count))])
    out = gray.copy()
    cx, cy = x + int(rng.integers(0, width + 1)), y + int(rng.integers(0, height + 1))
    rx, ry = max(1, int(width * rng.uniform(0.1, 0.35))), max(1, int(height * rng.uniform(0.1, 0.35)))
    tone = int(rng.integers(0, 256))
    kind = rng.integers(3)
    if kind == 0:
        cv2.ellipse(out, (cx, cy), (rx, ry), float(rng.uniform(0, 180)), 0, 360, (tone,), -1)
    elif kind == 1:
        cv2.rectangle(out, (cx - rx, cy - ry), (cx + rx, cy + ry), (tone,), -1)
    else:
        side = gray.shape[0]
        top, left = max(0, cy - ry), max(0, cx - rx)
        rows, columns = min(2 * ry, side - top), min(2 * rx, side - left)
        if rows > 0 and columns > 0:
            from_top = int(rng.integers(0, side - rows + 1))
            from_left = int(rng.integers(0, side - columns + 1))
            out[top : top + rows, left : left + columns] = gray[
                from_top : from_top + rows, from_left : from_left + columns
            ]
    return out
