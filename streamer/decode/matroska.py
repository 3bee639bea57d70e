"""The segment of a Matroska file, which holds the film: whether there is one, and what it says of its own length.

FFmpeg reads on without it, and beyond what is damaged. Knows nothing of what is in it.
"""

from dataclasses import dataclass
from pathlib import Path

SEGMENT = b"\x18\x53\x80\x67"
HEAD_BYTES = 4096
"""The element that holds the film, and where it begins at the latest. (RFC 9559, 5.1)"""


@dataclass(frozen=True, slots=True)
class Segment:
    """What is known of the element that holds the film.

    Attributes:
        end: the byte at which it ends by its own head; None: it does not say, as in a film that is still being written.
    """

    end: int | None


def segment_of(path: Path) -> Segment | None:
    """Return what a Matroska file says of its segment; None: there is none.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    at = head.find(SEGMENT)
    if at < 0:
        return None
    at += len(SEGMENT)
    # A number begins with as many zero bits as bytes follow the first; all ones: unknown (RFC 8794, 4 and 6.2)
    count = 9 - head[at].bit_length() if at < len(head) else 9
    number = int.from_bytes(head[at : at + count], "big") & (1 << 7 * count) - 1
    unknown = count > 8 or len(head) < at + count or number == (1 << 7 * count) - 1
    return Segment(None if unknown else at + count + number)
