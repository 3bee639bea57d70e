"""What a picture file carries beside its pixels: what goes along into the result, and what is left out by name.

Knows nothing of kinds of files.
"""

from dataclasses import dataclass

QUARTER_TURNS = {1: 0, 2: 0, 3: 2, 4: 2, 5: 3, 6: 3, 7: 1, 8: 1}
"""Counter-clockwise, after which the top of a picture of an EXIF orientation is above; 2, 4, 5 and 7 stay mirrored."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Beside the pixels of one picture file.

    Attributes:
        orientation: EXIF's, 1 (upright) to 8.
        icc: colour profile, or nothing.
        dropped: what is not taken along, in words; it can tell who, where, and with which device.
        coding: options with which FFmpeg's encoder packs pixels as this file does.
        big_endian: samples are.
        fields: of the header, by place, that FFmpeg does not know.
        shape: what the header says of size and samples, to be compared with that of another file.
        missing: what is not in the file although it should be, or nothing.
    """

    orientation: int = 1
    icc: bytes = b""
    dropped: tuple[str, ...] = ()
    coding: tuple[tuple[str, str], ...] = ()
    big_endian: bool = False
    fields: tuple[tuple[int, bytes], ...] = ()
    shape: bytes = b""
    missing: str = ""

    @property
    def quarter_turns(self) -> int:
        """Counter-clockwise, after which the picture is upright."""
        return QUARTER_TURNS[self.orientation]


def orientation_of(quarter_turns: int) -> int:
    """Return the EXIF orientation of a picture that is upright after turning it counter-clockwise."""
    return (1, 8, 3, 6)[quarter_turns % 4]
