"""Which picture codecs a kind of file holds, told from its suffix. Knows nothing of encoders or pictures."""

import os
from functools import cache

import av

FORMATS = {
    ".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".avi": "avi", ".ts": "mpegts",
    ".m2ts": "mpegts", ".mxf": "mxf",
}  # fmt: skip
"""Kinds of files that films are written to, and FFmpeg's name for each."""

SAID = {
    "mp4": frozenset({"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mjpeg"}),
    "mpegts": frozenset({"h264", "hevc", "mpeg2video"}),
    "mxf": frozenset({"prores", "dnxhd"}),
}
"""Formats whose muxers do not list what they hold, or list what no player looks for there (FFV1 in MP4). Long-GOP H.264
goes into MXF and comes out with scrambled times."""


@cache
def held_by(suffix: str) -> frozenset[str] | None:
    """Return FFmpeg's canonical names of the codecs that files of a suffix hold; None: not known."""
    name = FORMATS.get(suffix)
    if name is None:
        return None
    if name in SAID:
        return SAID[name]
    with av.open(os.devnull, "w", format=name) as container:
        return frozenset(container.supported_codecs)
