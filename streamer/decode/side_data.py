"""What travels with a decoded frame beside its samples, and how it is made readable. Knows nothing of what it means."""

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

import av
from av.filter import Graph
from av.sidedata.sidedata import SideData, Type

GREATEST_KIND = 63
"""FFmpeg numbers its kinds of side data from 0, so far to about half of this."""


PEEP = 8
"""Side of the copy, in pixels, whose side data is looked at."""


def side_data_of(picture: av.VideoFrame) -> list[SideData]:
    """Return the side data of a frame in a planar format; ``nameable`` comes first.

    It is read from a tiny copy. PyAV ties whatever is asked for its side data into a ring that only the garbage
    collector unties, which would keep hundreds of large frames; and it would go on pointing to what ``make_writable``
    frees.

    Raises:
        ValueError: some of it is of a kind that PyAV has no name for; then it gives nothing at all.
    """
    copy = picture.reformat(width=PEEP, height=PEEP, interpolation="POINT", threads=1)
    return list(cast(Iterable[SideData], copy.side_data))


def nameable(picture: av.VideoFrame) -> av.VideoFrame:
    """Return a planar frame of which all side data has a name: itself, or the same samples with less beside them.

    What has no name is EXIF above all: place, device and thumbnail of a photo, which encoders of stills would write
    again.
    """
    try:
        side_data_of(picture)
    except ValueError:
        return _without_the_nameless(picture)
    return picture


def _without_the_nameless(picture: av.VideoFrame) -> av.VideoFrame:
    graph = Graph()
    time_base = picture.time_base or Fraction(1, 90_000)
    last = graph.add_buffer(width=picture.width, height=picture.height, format=picture.format, time_base=time_base)
    known = {cast(int, kind.value) for kind in Type}
    for number in range(GREATEST_KIND + 1):
        if number not in known:
            step = graph.add("sidedata", f"mode=delete:type={number}")
            last.link_to(step)
            last = step
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    graph.push(picture)
    stripped = graph.pull()
    assert isinstance(stripped, av.VideoFrame)
    stripped.pts, stripped.dts, stripped.time_base = picture.pts, picture.dts, picture.time_base
    return stripped
