"""What travels with a decoded frame beside its samples. Knows nothing of what it means."""

from collections.abc import Iterable
from typing import cast

import av
from av.sidedata.sidedata import SideData


def side_data_of(picture: av.VideoFrame) -> list[SideData]:
    """Return a frame's side data; nothing where one is of a kind that PyAV cannot name, for then it gives none."""
    try:
        return list(cast(Iterable[SideData], picture.side_data))
    except ValueError:
        return []
