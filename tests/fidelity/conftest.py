"""Small films of the kinds that people hand over, each with all that such a film carries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import OutputContainer
from av.video.stream import VideoStream

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "portrait.mp4"
FRAMES = 8
SOUND_RATE = 48_000
BT709, BT2020_PQ = (1, 1, 1), (9, 16, 9)
"""Primaries, transfer, matrix by their code points."""

MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
X265 = (
    f"pools=none:frame-threads=1:log-level=error:hdr10=1:repeat-headers=1:master-display={MASTERING}:max-cll=1000,400"
)


@dataclass(frozen=True)
class Picture:
    """How a source's picture is coded and timed; times are in units of ``base``."""

    codec: str
    pixel_format: str
    rate: Fraction = Fraction(25)
    base: Fraction | None = None
    times: Sequence[int] = range(FRAMES)
    size: tuple[int, int] = (96, 64)
    tags: tuple[int, int, int] = BT709
    full_range: bool = False
    options: tuple[tuple[str, str], ...] = ()


Builder = Callable[[Path, Callable[..., list[av.VideoFrame]]], None]


def _picture(film: OutputContainer, how: Picture) -> VideoStream:
    stream = film.add_stream(how.codec, rate=how.rate, options={"threads": "1", **dict(how.options)})
    assert isinstance(stream, VideoStream)
    context = stream.codec_context
    context.width, context.height = how.size
    context.pix_fmt = how.pixel_format
    stream.time_base = context.time_base = how.base or 1 / how.rate
    context.color_range = 2 if how.full_range else 1
    context.color_primaries, context.color_trc, context.colorspace = how.tags
    return stream


def _sound(film: OutputContainer, codec: str, language: str = "", layout: str = "stereo") -> av.AudioStream:
    stream = film.add_stream(codec, rate=SOUND_RATE, layout=layout)
    assert isinstance(stream, av.AudioStream)
    if language:
        stream.metadata["language"] = language
    return stream


def _encode(
    film: OutputContainer,
    how: Picture,
    video: VideoStream,
    sounds: Sequence[av.AudioStream],
    pictures: Callable[..., list[av.VideoFrame]],
) -> None:
    base = how.base or 1 / how.rate
    for time, picture in zip(how.times, pictures(*how.size, how.pixel_format), strict=True):
        picture.pts, picture.time_base = time, base
        picture.color_range = 2 if how.full_range else 1
        picture.color_primaries, picture.color_trc, picture.colorspace = how.tags
        film.mux(video.encode(picture))
    film.mux(video.encode(None))
    samples = round((how.times[-1] * base + 1 / how.rate) * SOUND_RATE)
    for number, stream in enumerate(sounds):
        context = stream.codec_context
        step = context.frame_size or 1920
        resampler = av.AudioResampler(context.format, context.layout, SOUND_RATE)
        for start in range(0, samples, step):
            wave = 8000 * np.sin(np.arange(start, min(start + step, samples)) * (number + 1) * 0.05)
            tone = av.AudioFrame.from_ndarray(np.tile(wave.astype(np.int16), (2, 1)), format="s16p", layout="stereo")
            tone.sample_rate, tone.pts, tone.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
            for part in resampler.resample(tone):
                film.mux(stream.encode(part))
        film.mux(stream.encode(None))


def _plain(how: Picture, *sounds: str, time_code: str | None = None) -> Builder:
    def build(path: Path, pictures: Callable[..., list[av.VideoFrame]]) -> None:
        options = {"video_track_timescale": str((how.base or 1 / how.rate).denominator)}
        with av.open(str(path), "w", options=options if path.suffix in {".mp4", ".mov"} else {}) as film:
            video = _picture(film, how)
            if time_code is not None:
                video.metadata["timecode"] = time_code
            _encode(film, how, video, [_sound(film, codec) for codec in sounds], pictures)

    return build


def _phone(path: Path, pictures: Callable[..., list[av.VideoFrame]]) -> None:
    times = [0, 3003, 6012, 9009, 18_018, 21_024, 24_030, 27_030]
    how = Picture("libx264", "yuv420p", Fraction(30), Fraction(1, 90_000), times)
    with av.open(str(path), "w", options={"video_track_timescale": "90000"}) as film:
        film.metadata["location"] = "+51.4779-000.0015/"
        video = _picture(film, how)
        video.set_display_rotation(-90)
        _encode(film, how, video, [_sound(film, "aac")], pictures)


def _hdr10(path: Path, pictures: Callable[..., list[av.VideoFrame]]) -> None:
    how = Picture("libx265", "yuv420p10le", Fraction(24), tags=BT2020_PQ, options=(("x265-params", X265),))
    with av.open(str(path), "w") as film:
        video = _picture(film, how)
        sounds = [_sound(film, "aac", "eng"), _sound(film, "ac3", "deu")]
        words = film.add_mux_stream("subrip")
        words.metadata["language"] = "eng"
        film.add_attachment("face.ttf", "application/x-truetype-font", bytes(range(256)))
        base = Fraction(1, 1000)
        film.set_chapters(
            [
                {"id": 1, "start": 0, "end": 160, "time_base": base, "metadata": {"title": "One"}},
                {"id": 2, "start": 160, "end": 333, "time_base": base, "metadata": {"title": "Two"}},
            ]
        )
        for number, text in enumerate((b"Hello", b"Goodbye")):
            packet = av.Packet(text)
            packet.stream, packet.time_base = words, base
            packet.pts = packet.dts = 120 * number
            packet.duration = 100
            film.mux(packet)
        _encode(film, how, video, sounds, pictures)


NTSC_FILM = Fraction(24_000, 1001)
SOURCES: dict[str, Builder] = {
    "h264.mp4": _plain(Picture("libx264", "yuv420p", options=(("bf", "2"),)), "aac"),
    "phone.mp4": _phone,
    "hdr10.mkv": _hdr10,
    "prores.mov": _plain(
        Picture("prores_ks", "yuv422p10le", NTSC_FILM, options=(("profile", "hq"),)),
        "pcm_s24le", "pcm_s24le", time_code="10:00:00:00",
    ),
    "dnxhr.mxf": _plain(
        Picture("dnxhd", "yuv422p10le", size=(256, 128), options=(("profile", "dnxhr_hqx"),)),
        "pcm_s16le", time_code="10:00:00:00",
    ),
    "ffv1.mkv": _plain(Picture("ffv1", "yuv444p12le"), "flac"),
    "vp9.webm": _plain(Picture("libvpx-vp9", "yuv420p", options=(("deadline", "realtime"),)), "libopus"),
    "mjpeg.avi": _plain(Picture("mjpeg", "yuvj420p", full_range=True, tags=(2, 2, 5)), "pcm_s16le"),
    "mpeg2.ts": _plain(Picture("mpeg2video", "yuv420p", options=(("qscale", "2"),)), "mp2"),
}  # fmt: skip
"""Name of each kind of source, its suffix said, and what builds it."""


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the films by their names."""
    with av.open(str(SAMPLE)) as sample:
        shown = list(sample.decode(video=0))[60 : 60 + FRAMES]

    def pictures(width: int, height: int, pixel_format: str) -> list[av.VideoFrame]:
        small = [picture.reformat(width=width, height=height, format=pixel_format, threads=1) for picture in shown]
        for picture in small:
            picture.pict_type = av.video.frame.PictureType.NONE
        return small

    folder = tmp_path_factory.mktemp("sources")
    for name, build in SOURCES.items():
        build(folder / name, pictures)
    return {name: folder / name for name in SOURCES}
