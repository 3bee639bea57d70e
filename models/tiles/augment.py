"""Makes a clean photo tile look like film: exposure, blur, noise, compression, things in front of faces.

Works on the gray values of one tile; the target stays as it is (a covered face is still a face). Pure given the
generator. Knows nothing of photos, boxes or torch.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.training import AugmentRecipe
from faceerase.models.tiles.film_look import through_h264
from faceerase.models.tiles.obstruct import cover_face, draw_beside

Gray = NDArray[np.uint8]


def augment(gray: Gray, mask: NDArray[np.uint8], rng: np.random.Generator, recipe: AugmentRecipe) -> Gray:
    """Return a changed copy of a tile: uint8 (side, side) in and out; ``mask`` (0/1) tells where faces are."""
    if rng.random() < recipe.occlude:
        gray = cover_face(gray, mask, rng)
    if rng.random() < recipe.distract:
        gray = draw_beside(gray, mask, rng)
    if rng.random() < recipe.light:
        gray = _light(gray, rng)
    if rng.random() < recipe.blur:
        gray = _blur(gray, rng)
    if rng.random() < recipe.noise:
        gray = _noise(gray, rng)
    if rng.random() < recipe.compress:
        gray = through_h264(gray, rng) if rng.random() < recipe.h264 else _through_jpeg(gray, rng)
    return gray


def _light(gray: Gray, rng: np.random.Generator) -> Gray:
    """Change gamma and contrast; every fourth time to what an unlit room leaves: 20 to 120 gray levels in all."""
    gamma = np.exp(rng.uniform(-0.7, 0.9))
    if rng.random() < 0.25:
        black = rng.uniform(0, 20)
        white = black + np.exp(rng.uniform(np.log(20), np.log(120)))
    else:
        black, white = rng.uniform(0, 50), rng.uniform(150, 255)
    ramp = black + (white - black) * (np.arange(256) / 255) ** gamma
    return np.asarray(cv2.LUT(gray, np.rint(ramp).astype(np.uint8)), np.uint8)


def _noise(gray: Gray, rng: np.random.Generator) -> Gray:
    """Sensor noise, or grain some pixels wide."""
    noise = rng.standard_normal(gray.shape, dtype=np.float32)
    if rng.random() < 0.3:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), float(rng.uniform(0.6, 1.2)))) * np.float32(2)
    return np.clip(gray + noise * np.float32(rng.uniform(1, 12)), 0, 255).astype(np.uint8)


def _blur(gray: Gray, rng: np.random.Generator) -> Gray:
    kind = rng.integers(3)
    if kind == 0:
        return np.asarray(
            cv2.GaussianBlur(gray, (0, 0), float(np.exp(rng.uniform(np.log(0.4), np.log(3.0))))), np.uint8
        )
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


def _through_jpeg(gray: Gray, rng: np.random.Generator) -> Gray:
    quality = int(rng.integers(15, 85))
    done, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if done else None
    return gray if decoded is None else np.asarray(decoded, np.uint8)
