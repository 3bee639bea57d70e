"""How many frames may wait in memory: limits in bytes, frames derived from the size of one. Knows nothing of stages.

So that a film of three hours takes the memory of one of a minute, and one of 8K not sixteen times that of 1080p.
"""

import av

FRAMES_BETWEEN = 2
"""Frames that may wait between two stages where memory is no matter; more make nothing faster."""

BETWEEN_BYTES = 256 * 2**20
"""Memory that frames waiting between stages may take, all stages together."""

AHEAD_BYTES = 512 * 2**20
"""Memory that frames waiting for their future may take: of very large pictures less of the future is known."""

FEWEST_AHEAD = 2
"""Frames of the future without which nobody can be followed, however large they are."""

STAGES = 3
"""Queues between decoder, network, eraser and encoder."""


def frame_bytes(pixel_format: str, width: int, height: int) -> int:
    """Return what a frame's samples take in memory, by its format."""
    parts = av.VideoFormat(pixel_format, width, height).components
    return sum(-(-part.bits // 8) * part.width * part.height for part in parts)


def frames_between(size: int, stages: int = STAGES) -> int:
    """Return how many frames of ``size`` bytes may wait before each of ``stages``, one at least."""
    return max(1, min(FRAMES_BETWEEN, BETWEEN_BYTES // max(1, stages * size)))


def frames_ahead(size: int, wanted: int) -> int:
    """Return how many of the ``wanted`` frames, of ``size`` bytes with all that belongs to them, may wait."""
    return max(FEWEST_AHEAD, min(wanted, AHEAD_BYTES // max(1, size)))


def bytes_of(picture: av.VideoFrame) -> int:
    """Return what a frame takes in memory."""
    return sum(plane.buffer_size for plane in picture.planes)
