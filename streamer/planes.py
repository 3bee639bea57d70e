"""FFmpeg's planes as NumPy arrays, in their own bit depth and chroma layout; no copy, no colour conversion.

Formats whose components share a plane (NV12, packed RGB, …) are re-packed once, losslessly, into planar ones. Knows
nothing of masks or films.
"""

import re
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from faceerase.errors import SourceError

PlaneArray = NDArray[np.unsignedinteger[Any]] | NDArray[np.float32]
"""uint8, uint16 above 8 bits, or float32 (of which 1 is white; there are brighter lights)."""

REPACKED = {
    "nv12": "yuv420p", "nv21": "yuv420p", "nv16": "yuv422p", "nv24": "yuv444p", "nv42": "yuv444p",
    "p010le": "yuv420p10le", "p012le": "yuv420p12le", "p016le": "yuv420p16le",
    "p210le": "yuv422p10le", "p212le": "yuv422p12le", "p216le": "yuv422p16le", "p410le": "yuv444p10le",
    "p412le": "yuv444p12le", "p416le": "yuv444p16le",
    "yuyv422": "yuv422p", "uyvy422": "yuv422p", "yvyu422": "yuv422p", "y210le": "yuv422p10le",
    "y212le": "yuv422p12le", "y216le": "yuv422p16le",
    "vyu444": "yuv444p", "vuyx": "yuv444p", "vuya": "yuva444p", "ayuv": "yuva444p", "uyva": "yuva444p",
    "v30xle": "yuv444p10le", "xv30le": "yuv444p10le", "xv36le": "yuv444p12le", "xv48le": "yuv444p16le",
    "ayuv64le": "yuva444p16le",
    "rgb24": "gbrp", "bgr24": "gbrp", "rgb0": "gbrp", "bgr0": "gbrp", "0rgb": "gbrp", "0bgr": "gbrp",
    "rgba": "gbrap", "bgra": "gbrap", "argb": "gbrap", "abgr": "gbrap",
    "rgb48le": "gbrp16le", "bgr48le": "gbrp16le", "rgba64le": "gbrap16le", "bgra64le": "gbrap16le",
    "x2rgb10le": "gbrp10le", "x2bgr10le": "gbrp10le",
    "pal8": "gbrap", "monob": "gray", "monow": "gray", "ya8": "gbrap", "ya16le": "gbrap16le",
}  # fmt: skip
"""Pixel formats that are re-packed, and into what: same samples, one component a plane, little-endian.

Gray with alpha, for which FFmpeg has no planes, becomes three equal colours. RGB of fewer than eight bits is not here:
swscale shifts it up, and white would be gray.
"""

NO_WHOLE_NUMBERS = re.compile(r"(f16|f32|msb)[lb]e$")
"""Floating point, and samples that are shifted up in their words: PyAV tells of neither but by the name."""

FLOAT_BITS = 32

HALVES = {"grayf16le": "grayf32le", "gbrpf16le": "gbrpf32le", "gbrapf16le": "gbrapf32le"}
"""Planar formats of 16-bit floats, and the ones of 32 bits that hold every value of theirs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the planes of a format lie.

    Attributes:
        depth: bits per sample; 32 where they are floats.
        block: (width, height) in luma pixels of one chroma sample; (1, 1) without subsampling.
        chroma: plane numbers that are subsampled by ``block``.
        colour: plane numbers that hold picture (an alpha plane is not among them).
        rgb: the planes are green, blue, red.
    """

    depth: int
    block: tuple[int, int]
    chroma: tuple[int, ...]
    colour: tuple[int, ...]
    rgb: bool

    @property
    def floating(self) -> bool:
        """Whether samples are floats."""
        return self.depth == FLOAT_BITS

    @property
    def white(self) -> int:
        """The greatest value of an integer sample; 1 for floats."""
        return 1 if self.floating else (1 << self.depth) - 1

    @property
    def middle(self) -> float:
        """Mid-gray."""
        return 0.5 if self.floating else 1 << (self.depth - 1)

    def block_of(self, plane: int) -> tuple[int, int]:
        """Return how many samples (across, down) of a plane lie in one cell, the block of luma of a chroma sample."""
        return (1, 1) if plane in self.chroma else self.block

    def neutral(self, plane: int) -> int:
        """Black, as the value of one sample of a plane (limited-range black in YUV)."""
        if self.rgb or self.floating:
            return 0
        return 1 << (self.depth - 1) if plane in (1, 2) else 16 << (self.depth - 8)


def layout_of(picture: av.VideoFrame) -> Layout:
    """Return the layout of a planar picture.

    Raises:
        SourceError: the format is not planar; ``to_planar`` comes first.
    """
    pixel_format = picture.format
    if not is_planar(pixel_format):
        raise SourceError(f"pixel format {pixel_format.name} is not planar")
    count = len(pixel_format.components)
    width = 16 // pixel_format.chroma_width(16)
    height = 16 // pixel_format.chroma_height(16)
    rgb = pixel_format.is_rgb
    colour = tuple(range(min(count, 3))) if count >= 3 else (0,)
    return Layout(
        depth=pixel_format.components[0].bits,
        block=(width, height) if count >= 3 else (1, 1),
        chroma=(1, 2) if count >= 3 and not rgb else (),
        colour=colour,
        rgb=rgb,
    )


def is_planar(pixel_format: Any) -> bool:
    """Whether every component of a format has a plane of its own: 8 to 16 whole bits, or float32; little-endian."""
    components = pixel_format.components
    own_planes = len({c.plane for c in components}) == len(components)
    whole = all(8 <= c.bits <= 16 for c in components) and not NO_WHOLE_NUMBERS.search(pixel_format.name)
    held = whole or pixel_format.name in HALVES.values()
    odd = pixel_format.is_big_endian or pixel_format.is_bit_stream or pixel_format.has_palette
    return bool(components and own_planes and held and not odd)


def to_planar(picture: av.VideoFrame) -> av.VideoFrame:
    """Return the picture in a planar format: itself, or losslessly re-packed.

    Raises:
        SourceError: the format is one that faceerase cannot hold without loss.
    """
    if is_planar(picture.format):
        return picture
    name = picture.format.name
    if name in HALVES:
        return _by_hand(picture)
    target = _planar_name(name)
    if target is None:
        raise SourceError(
            f"pixel format {name} cannot be held without loss; convert the film first, to gbrp16le or yuv444p16le, say"
        )
    # One thread: with several, swscale writes past line ends of 10-bit formats at unaligned widths.
    planar = picture.reformat(format=target, threads=1)
    planar.pts, planar.time_base = picture.pts, picture.time_base
    return planar


def _planar_name(name: str) -> str | None:
    little = f"{name[:-2]}le" if name.endswith("be") else name
    if little in REPACKED:
        return REPACKED[little]
    return little if little != name and is_planar(av.VideoFormat(little)) else None


def plane_views(picture: av.VideoFrame, layout: Layout) -> tuple[PlaneArray, ...]:
    """Return each plane as an array (height, width) that shares its memory.

    Of uint8, uint16 above 8 bits, or float32.
    """
    dtype: np.dtype[Any] = np.dtype("<f4") if layout.floating else np.dtype("u1" if layout.depth <= 8 else "<u2")
    views = []
    for plane in picture.planes:
        stride = plane.line_size // dtype.itemsize
        rows = np.frombuffer(memoryview(plane), dtype=dtype, count=stride * plane.height).reshape(plane.height, stride)
        views.append(rows[:, : plane.width])
    return tuple(views)


def _by_hand(picture: av.VideoFrame) -> av.VideoFrame:
    """Return a picture of 16-bit floats as one of 32 bits, which swscale does not make of it to the bit."""
    name = picture.format.name
    made = av.VideoFrame(picture.width, picture.height, HALVES[name])
    views = plane_views(made, layout_of(made))
    rows = [memoryview(plane) for plane in picture.planes]
    samples = [np.frombuffer(row, "<f2").reshape(picture.height, -1) for row in rows]
    for view, plane in zip(views, samples, strict=True):
        view[...] = plane[:, : picture.width]
    made.pts, made.time_base = picture.pts, picture.time_base
    made.color_range, made.colorspace = picture.color_range, picture.colorspace
    made.color_trc, made.color_primaries = picture.color_trc, picture.color_primaries
    return made
