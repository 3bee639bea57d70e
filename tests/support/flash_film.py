"""A film that flashes and beeps at the same moments, and when a film does."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE, SOUND_RATE = 320, 180, 25, 44_100
DARK, BRIGHT = 30, 235
LENGTH = 0.4
QUIET, LOUD = 0.15, 0.5


def picture(bright: bool) -> av.VideoFrame:
    """A dark picture, or a white one."""
    gray = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    gray[:HEIGHT] = BRIGHT if bright else DARK
    return av.VideoFrame.from_ndarray(gray, format="yuv420p")


def beeps(times: np.ndarray, moments: Sequence[float]) -> np.ndarray:
    """Samples at ``times``: a tone from each moment on, silence else."""
    on = sum(((times >= at) & (times < at + LENGTH)).astype(np.float32) for at in moments)
    return np.asarray(LOUD * np.sin(2 * np.pi * 1000 * times) * on, np.float32)


def make_flash_film(path: Path, seconds: float, moments: Sequence[float], picture_too: bool = True) -> Path:
    """Write the film, or its sound alone."""
    with av.open(str(path), "w") as film:
        video = film.add_stream("libx264", rate=RATE) if picture_too else None
        sound = film.add_stream("aac" if picture_too else "pcm_s16le", rate=SOUND_RATE, layout="mono")
        if video is not None:
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            for number in range(round(seconds * RATE)):
                shown = picture(any(at <= number / RATE < at + LENGTH for at in moments))
                shown.pts, shown.time_base = number, Fraction(1, RATE)
                film.mux(video.encode(shown))
            film.mux(video.encode(None))
        samples = beeps(np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE, moments)
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, 0, Fraction(1, SOUND_RATE)
        film.mux(sound.encode(frame))
        film.mux(sound.encode(None))
    return path


def flashes_of(path: Path) -> list[tuple[float, float]]:
    """When a film turns white: the last dark picture, and the first bright one."""
    with av.open(str(path)) as film:
        frames = list(film.decode(video=0))
    seen = [(float(frame.time), float(np.median(frame.to_ndarray()[: frame.height]))) for frame in frames]
    middle = (DARK + BRIGHT) / 2
    return [(before, at) for (before, dark), (at, bright) in pairwise(seen) if dark < middle < bright]


def beeps_of(path: Path) -> list[float]:
    """When a film begins to sound."""
    with av.open(str(path)) as film:
        heard = [
            (float(frame.time) + np.arange(frame.samples) / frame.sample_rate, np.abs(frame.to_ndarray()[0]))
            for frame in film.decode(audio=0)
        ]
    times, loud = np.concatenate([time for time, _ in heard]), np.concatenate([sample for _, sample in heard]) > QUIET
    onsets: list[float] = []
    last = -np.inf
    for at in times[loud]:
        if at - last > LENGTH / 2:
            onsets.append(float(at))
        last = at
    return onsets
