"""What a JPEG holds beside its picture. Knows nothing of films."""

QUANTISATION, HUFFMAN, SCAN, COMMENT = 0xDB, 0xC4, 0xDA, 0xFE
APPLICATION = range(0xE0, 0xF0)
TOLD_BY_ALL = {0xE0: (b"JFIF", b"AVI1"), 0xEE: (b"Adobe",), COMMENT: (b"CS=ITU601", b"Lavc")}
"""Segments that say how the picture is coded and nothing else, and how they begin."""

END = b"\xff\xd9"


def why_not(data: bytes) -> str | None:
    """Return why a JPEG cannot be copied unseen; None: it is one picture, whole by itself, and nothing else."""
    tables, at = set(), 2
    if data[:2] != b"\xff\xd8":
        return "they are no JPEG pictures"
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        text = data[at + 4 : at + 2 + size]
        if (marker in APPLICATION or marker == COMMENT) and not text.startswith(TOLD_BY_ALL.get(marker, ())):
            return "they carry EXIF, comments or other notes"
        tables.add(marker)
        at += 2 + size
        if marker == SCAN:
            break
    if not {QUANTISATION, HUFFMAN, SCAN} <= tables:
        return "they lack tables of their own"
    if data.find(END, at) != len(data.rstrip(b"\x00")) - len(END):
        return "something follows the picture in its packet"
    return None
