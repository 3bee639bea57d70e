"""A picture in the pixel format that its encoder takes; samples that only get deeper stay exactly what they were.

Knows nothing of encoders or files.
"""

import av
import numpy as np

from faceerase.streamer.encode.codecs import EncoderChoice
from faceerase.streamer.planes import Layout, PlaneArray, is_planar, layout_of, plane_views

LIMITED_RANGE, JPEG_RANGE = 1, 2
BT709 = 1
UNSPECIFIED = 2


def convert(picture: av.VideoFrame, choice: EncoderChoice) -> av.VideoFrame:
    """Return a picture in the format that was chosen, its side data with it; the picture itself where it is so already.

    Deeper formats are reached by a shift, in full range by repeating the bits, so that white stays white: each value
    has its own, and one only. swscale rounds, and in RGB not everywhere alike.
    """
    if picture.format.name == choice.pixel_format:
        return picture
    if leaves_rgb(picture.format.name, choice):
        made = picture.reformat(
            format=choice.pixel_format, dst_colorspace=BT709, src_color_range=JPEG_RANGE,
            dst_color_range=LIMITED_RANGE, threads=1,
        )  # fmt: skip
        made.colorspace, made.color_range = BT709, LIMITED_RANGE
        return made
    if picture.format.name.replace("yuvj", "yuv") == choice.pixel_format:
        # Same samples under a deprecated name: the full-range tag says the rest.
        source_range = destination_range = JPEG_RANGE
    else:
        source_range = destination_range = int(picture.color_range) or UNSPECIFIED
    converted = picture.reformat(
        format=choice.pixel_format, src_color_range=source_range, dst_color_range=destination_range, threads=1
    )
    if is_planar(picture.format) and is_planar(converted.format):
        before, after = layout_of(picture), layout_of(converted)
        if before.depth < after.depth and not after.floating and _same_planes(before, after):
            _deepen(plane_views(picture, before), plane_views(converted, after), before, after, choice.full_range)
    return converted


def leaves_rgb(planar_format: str, choice: EncoderChoice) -> bool:
    """Return whether RGB is encoded as YUV, as somebody asked for; it becomes BT.709 of limited range then."""
    return av.VideoFormat(planar_format).is_rgb and not av.VideoFormat(choice.pixel_format).is_rgb


def _same_planes(one: Layout, other: Layout) -> bool:
    return (one.block, one.chroma, one.rgb, one.colour) == (other.block, other.chroma, other.rgb, other.colour)


def _deepen(
    old: tuple[PlaneArray, ...], new: tuple[PlaneArray, ...], before: Layout, after: Layout, full_range: bool
) -> None:
    more = after.depth - before.depth
    for number, (source, target) in enumerate(zip(old, new, strict=False)):
        samples = source.astype(np.uint32)
        deep = samples << more
        alpha = number == 3
        if alpha or (full_range and number not in before.chroma):
            deep |= samples >> (before.depth - more) if more <= before.depth else 0
        np.copyto(target, deep.astype(target.dtype))
