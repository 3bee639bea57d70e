"""What joins two segments: which faces go on, and when the packets of a picture are to be decoded. Pure functions.

Knows nothing of files or encoders.
"""

from collections.abc import Mapping, Sequence

from faceerase.streamer.box import Box

SAME_FACE = 0.3
"""Mean overlap (intersection over union), in the frames that two segments both saw, from which two tracks are one."""

Faces = Mapping[int, Mapping[int, Box]]
"""Time of a frame (its pts) to the number of a face to where it was erased."""


def continued(before: Faces, after: Faces) -> dict[int, int]:
    """Return for the faces of a segment which one of the segment before each is, where it is one.

    Args:
        before: the faces of the one before, in frames of its context behind it.
        after: the faces of this one, at least in the same frames.
    """
    common = [pts for pts in before if pts in after]
    scores: list[tuple[float, int, int]] = []
    for old in {number for pts in common for number in before[pts]}:
        for new in {number for pts in common for number in after[pts]}:
            either = [pts for pts in common if old in before[pts] or new in after[pts]]
            both = [pts for pts in either if old in before[pts] and new in after[pts]]
            overlap = sum(before[pts][old].iou(after[pts][new]) for pts in both) / len(either)
            scores.append((overlap, old, new))
    found: dict[int, int] = {}
    for overlap, old, new in sorted(scores, key=lambda score: (-score[0], score[1], score[2])):
        if overlap > SAME_FACE and new not in found and old not in found.values():
            found[new] = old
    return found


def decoding_times(dts: Sequence[int | None], first: int, earlier: Sequence[int]) -> list[int | None]:
    """Return when the first packets of a segment that follows another are decoded.

    An encoder that begins anew does not know what came before, and where frames are not evenly spaced its first
    decoding times may run back behind those of the segment before. Decoding times of a film are its presentation times,
    in order, shifted by as many frames as are reordered; so these are those of the frames before.

    Args:
        dts: what the encoder said, of as many packets as are decoded before ``first``, and perhaps more.
        first: the pts of the segment's first frame.
        earlier: the pts of the frames before it, growing; none for the first segment.
    """
    depth = sum(stamp is not None and stamp < first for stamp in dts)
    if depth == 0 or depth > len(earlier):
        return list(dts)
    return [*earlier[-depth:], *dts[depth:]]
