"""What comes with the frames and is not written by an encoder. Knows nothing of frames."""

from collections.abc import Mapping

from av.sidedata.sidedata import Type

from faceerase.streamer.decode.beside import NAMES

WRITTEN = {
    Type.A53_CC: frozenset({"libx264", "libx264rgb", "libx265", "mpeg2video"}),
    Type.ICC_PROFILE: frozenset({"png", "mjpeg", "tiff", "libwebp"}),
}
"""Encoders that write a kind of side data where it comes with a frame."""


def left_behind(counted: Mapping[Type, int], encoder: str) -> list[str]:
    """Return a remark for each kind that an encoder does not write; ``counted``: in how many frames each was."""
    counts: dict[str, int] = {}
    for kind, count in counted.items():
        if encoder not in WRITTEN.get(kind, ()):
            counts[NAMES[kind]] = max(count, counts.get(NAMES[kind], 0))
    return [f"{name} dropped ({count} frames): {encoder} does not write it" for name, count in counts.items()]
