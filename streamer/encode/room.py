"""What each container holds beside a picture: which sound, text, fonts, data, chapters, time code.

Told by FFmpeg's name of the muxer. Knows nothing of films.
"""

import os
from collections.abc import Set as AbstractSet

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

SUFFIXES = {
    "matroska": ".mkv", "mov": ".mov", "mp4": ".mp4", "webm": ".webm", "mpegts": ".ts", "avi": ".avi", "mxf": ".mxf",
}  # fmt: skip
"""Muxers by FFmpeg's name, the most capacious first, and how their files are called."""

ISO_MUXERS = frozenset({"mp4", "mov"})

SUBTITLES_FOR = {
    "mov_text": frozenset({"mp4", "mov"}),
    "subrip": frozenset({"matroska"}),
    "ass": frozenset({"matroska"}),
    "webvtt": frozenset({"matroska", "webm"}),
}
"""Text subtitles that may be copied, and the muxers that hold them."""

TEXT_OF = {"matroska": "subrip", "webm": "webvtt", "mp4": "mov_text", "mov": "mov_text"}
"""The kind of text that a muxer holds, to which others are converted."""

CONVERTED = frozenset({*SUBTITLES_FOR, "text"})
"""Kinds of text that are converted to others."""

DATA_FOR = {"klv": frozenset({"mpegts"}), "timed_id3": frozenset({"mpegts"}), "bin_data": frozenset({"mp4"})}
"""Data streams that may be copied. ``bin_data`` is what FFmpeg calls GoPro's telemetry in MP4 and MOV."""

FONTS = frozenset({"matroska"})
CHAPTERS = frozenset({"matroska", "webm", "mp4", "mov"})
TIME_CODE = frozenset({"matroska", "webm", "mp4", "mov", "mxf", "avi"})

AUDIO_SAID = {
    "mpegts": frozenset({"aac", "aac_latm", "mp2", "mp3", "ac3", "eac3", "dts", "truehd", "opus", "s302m"}),
    "mxf": frozenset({"pcm_s16le", "pcm_s24le"}),
}
"""Muxers that do not say which sound they hold, or say yes to what nobody can read there."""

MXF_SOUND_RATE = 48_000

NAMES_CHANNELS = frozenset({"mp4"})
"""Muxers that take no sound of which nobody says which channel is which, as AVI and MXF do not."""

USUAL_LAYOUTS = {1: "mono", 2: "stereo"}
"""What so many channels are where nobody says it."""


def holds_sound(muxer: str, stream: AudioStream) -> bool:
    """Return whether a muxer takes the packets of an audio stream as they are."""
    if muxer in AUDIO_SAID:
        context = stream.codec_context
        named = context is not None and context.codec.canonical_name in AUDIO_SAID[muxer]
        return named and (muxer != "mxf" or stream.rate == MXF_SOUND_RATE)
    try:
        with av.open(os.devnull, "w", format=muxer) as container:
            add_sound(container, stream)
            container.start_encoding()  # some tell only then
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def add_sound(container: OutputContainer, stream: AudioStream) -> AudioStream:
    """Return a stream of a file that takes the packets of a sound as they are.

    Raises:
        av.error.FFmpegError, ValueError: the file does not hold it.
    """
    added = container.add_stream_from_template(stream, opaque=True)
    if container.format.name in NAMES_CHANNELS and stream.layout.name.endswith("channels"):
        if stream.channels not in USUAL_LAYOUTS:
            raise ValueError(f"{stream.layout.name} without names")
        added.codec_context.layout = USUAL_LAYOUTS[stream.channels]
    return added


def names_of(muxers: AbstractSet[str]) -> str:
    """Return the suffixes of muxers for a line of text: ``.mkv, .mov or .mp4``."""
    *others, last = (suffix for muxer, suffix in SUFFIXES.items() if muxer in muxers)
    return f"{', '.join(others)} or {last}" if others else last
