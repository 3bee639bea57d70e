"""Tiny whole films and pictures of many kinds, to be damaged: a bright head on a dark ground, sound, text."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np

RATE = Fraction(25)
FRAMES = 12
WIDTH, HEIGHT = 64, 48


@dataclass(frozen=True)
class Sample:
    """How a film is made: container by ``name``, codec, pixel format, codec of the sound.

    ``numbered``: whether anything in the file says how many frames there are, or how long it is.
    """

    name: str
    codec: str
    pixel_format: str = "yuv420p"
    sound: str | None = None
    b_frames: int = 0
    container: tuple[tuple[str, str], ...] = ()
    frames: int = FRAMES
    numbered: Literal["yes", "until cut", "no"] = "yes"

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture file."""
        return self.frames == 1


SAMPLES: tuple[Sample, ...] = (
    Sample("h264.mp4", "libx264", sound="aac", b_frames=2),
    Sample("faststart.mp4", "libx264", sound="aac", container=(("movflags", "+faststart"),)),
    Sample("fragments.mp4", "libx264", container=(("movflags", "+frag_keyframe+empty_moov"),)),
    Sample("hevc.mp4", "libx265", "yuv420p10le"),
    Sample("h264.mkv", "libx264", sound="aac", b_frames=2),
    Sample("ffv1.mkv", "ffv1", "yuv422p10le", sound="pcm_s16le"),
    Sample("vp9.webm", "libvpx-vp9", sound="libopus"),
    Sample("av1.mkv", "libsvtav1"),
    Sample("prores.mov", "prores_ks", "yuv422p10le", sound="pcm_s16le"),
    Sample("mpeg4.avi", "mpeg4", sound="mp2", b_frames=2),
    Sample("mjpeg.avi", "mjpeg", "yuvj420p", sound="pcm_s16le"),
    Sample("h264.ts", "libx264", sound="aac", b_frames=2, numbered="until cut"),
    Sample("mpeg2.ts", "mpeg2video", sound="mp2", b_frames=2, numbered="until cut"),
    Sample("mpeg2.mpg", "mpeg2video", sound="mp2", numbered="until cut"),
    Sample("dnxhr.mxf", "dnxhd", "yuv422p", sound="pcm_s16le"),
    Sample("flv1.flv", "flv", sound="aac"),
    Sample("wmv2.wmv", "wmv2", numbered="until cut"),
    Sample("vp8.ogg", "libvpx", numbered="until cut"),
    Sample("gif.gif", "gif", "pal8", numbered="until cut"),
    Sample("raw.y4m", "rawvideo", numbered="no"),
    Sample("bare.h264", "libx264", numbered="no"),
    Sample("png.png", "png", "rgb24", frames=1),
    Sample("jpeg.jpg", "mjpeg", "yuvj420p", frames=1),
    Sample("tiff.tif", "tiff", "rgb48le", frames=1),
    Sample("webp.webp", "libwebp", frames=1),
    Sample("dpx.dpx", "dpx", "gbrp10le", frames=1),
    Sample("exr.exr", "exr", "gbrpf32le", frames=1),
)

OPTIONS = {
    "libx264": {"preset": "ultrafast", "x264-params": "keyint=6"},
    "libx265": {"preset": "ultrafast", "x265-params": "pools=none:frame-threads=1:log-level=none:keyint=6"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "libvpx-vp9": {"cpu-used": "8", "deadline": "realtime"},
    "libvpx": {"cpu-used": "8", "deadline": "realtime"},
    "dnxhd": {"profile": "dnxhr_sq"},
}
SIZES = {"dnxhd": (256, 120)}
FORMATS = {".y4m": "yuv4mpegpipe", ".ogg": "ogg"}


def make(sample: Sample, folder: Path) -> Path:
    """Write a sample into a folder and return its path."""
    path = folder / sample.name
    width, height = SIZES.get(sample.codec, (WIDTH, HEIGHT))
    options = dict(sample.container)
    if sample.is_picture:
        options["update"] = "1"
    kind = "image2" if sample.is_picture else FORMATS.get(path.suffix)
    with av.open(str(path), "w", format=kind, options=options) as film:
        stream = film.add_stream(sample.codec, rate=RATE, options={"threads": "1", **OPTIONS.get(sample.codec, {})})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, sample.pixel_format
        context.time_base = 1 / RATE
        if sample.b_frames:
            context.max_b_frames = sample.b_frames
        voice = film.add_stream(sample.sound, rate=48_000, layout="stereo") if sample.sound else None
        for number, picture in enumerate(pictures(sample.frames, width, height, sample.pixel_format)):
            picture.pts, picture.time_base = number, 1 / RATE
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
        if voice is not None:
            for number, tone in enumerate(_tones(voice, sample.frames)):
                tone.pts = number * tone.samples
                film.mux(voice.encode(tone))
            film.mux(voice.encode(None))
    return path


def pictures(count: int, width: int, height: int, pixel_format: str) -> Sequence[av.VideoFrame]:
    """Return frames of a bright head that wanders over a textured ground."""
    rng = np.random.default_rng(5)
    ground = rng.integers(30, 90, (height, width), dtype=np.uint8)
    made = []
    for number in range(count):
        gray = ground.copy()
        left, side = (3 * number) % (width // 2), height // 2
        gray[height // 4 : height // 4 + side, left : left + side] = 235
        rgb = av.VideoFrame.from_ndarray(np.repeat(gray[..., None], 3, axis=2), format="rgb24")
        if pixel_format == "pal8":
            rgb = rgb.reformat(format="rgb8")
            pal = av.VideoFrame.from_ndarray(
                (rgb.to_ndarray(), np.stack([np.arange(256)] * 4, 1).astype(np.uint8)), format="pal8"
            )
            made.append(pal)
        else:
            made.append(rgb.reformat(format=pixel_format))
    return made


def _tones(voice: av.AudioStream, frames: int) -> Sequence[av.AudioFrame]:
    context = voice.codec_context
    context.open(strict=False)
    size = context.frame_size or 1024
    kind = context.format.name
    count = max(2, round(48_000 * frames / 25 / size))
    made = []
    for _ in range(count):
        rows = np.zeros((2, size) if kind.endswith("p") else (1, 2 * size), np.float32 if "flt" in kind else np.int16)
        tone = av.AudioFrame.from_ndarray(rows, format=kind, layout="stereo")
        tone.sample_rate, tone.time_base = 48_000, Fraction(1, 48_000)
        made.append(tone)
    return made
