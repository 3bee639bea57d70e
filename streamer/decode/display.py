"""How a decoded picture is to be shown: its display matrix, the turn that makes it upright, the order of its fields.

Knows nothing of files or of how any of it is written.
"""

import struct
from math import atan2, pi

import av
from av.sidedata.sidedata import Type

from faceerase.streamer.decode.side_data import side_data_of

Matrix = tuple[int, int, int, int, int, int, int, int, int]
"""FFmpeg's display matrix (a b u, c d v, x y w): (p, q) is shown at (a·p + c·q + x, b·p + d·q + y)."""

PROGRESSIVE = 1
TOP_FIRST = frozenset({2, 5})
BOTTOM_FIRST = frozenset({3, 4})
"""FFmpeg's field orders by which field is shown first (tt and bt, bb and tb), whatever was coded first."""


def matrix_of(picture: av.VideoFrame) -> Matrix | None:
    """Return a frame's display matrix, None where it is shown as it lies."""
    for data in side_data_of(picture):
        if data.type is Type.DISPLAYMATRIX:
            return struct.unpack("=9i", bytes(data))
    return None


def quarter_turns(matrix: Matrix | None) -> int:
    """Return after how many counter-clockwise quarter turns a picture is upright, as nearly as quarter turns allow.

    Upright is the picture whose bottom is shown at the bottom; it may still be mirrored.
    """
    if matrix is None:
        return 0
    # The direction in the picture that is shown as "down"; for turns and mirrors the inverse is the transpose.
    right, down = matrix[1], matrix[4]
    return round(atan2(-right, down) / (pi / 2)) % 4


def turned_by(quarters: int) -> Matrix | None:
    """Return the matrix of a picture that is upright after so many counter-clockwise quarter turns; None: none."""
    one, none = 1 << 16, 0
    cosine, sine = ((one, none), (none, one), (-one, none), (none, -one))[quarters % 4]
    return (cosine, -sine, 0, sine, cosine, 0, 0, 0, 1 << 30) if quarters % 4 else None


def field_order_of(picture: av.VideoFrame, said: int) -> int:
    """Return the order of a film's fields: what its decoder said, where its frames are interlaced; 0: unknown."""
    if said > PROGRESSIVE:
        return said
    return 0 if picture.interlaced_frame else PROGRESSIVE
