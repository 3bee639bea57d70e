"""Time codes of one film: from its own where it has one that can be read, else from 00:00:00:00.

Knows nothing of files.
"""

from dataclasses import dataclass
from fractions import Fraction

from faceerase.streamer.sidecar.schema import Counting
from faceerase.streamer.timecode import counting_rate, frame_at, read_time_code, time_code


@dataclass(frozen=True, slots=True)
class FilmCodes:
    """How a film's frames are counted; ``remark`` says why its own time code is not used, None: it is, or has none."""

    rate: Fraction
    start: int = 0
    drop_frame: bool = False
    from_film: bool = False
    remark: str | None = None

    def after(self, seconds: Fraction) -> str:
        """Return the code of what is shown a time after the first frame."""
        return time_code(max(0, frame_at(seconds, self.rate)), self.rate, self.start, self.drop_frame)

    def facts(self) -> Counting:
        """Return the same for the report."""
        return Counting(
            rate=str(self.rate), drop_frame=self.drop_frame, first=self.after(Fraction(0)), from_film=self.from_film
        )


def codes_of(rate: Fraction, start: str | None, skipped: Fraction = Fraction(0)) -> FilmCodes:
    """Return the time codes of a film's part.

    Args:
        rate: of the film.
        start: the code of the film's first frame; None: it has none, and the part is counted from 00:00:00:00.
        skipped: how long the film runs before the part, in seconds.
    """
    counted = counting_rate(rate)
    if start is None:
        return FilmCodes(counted)
    try:
        number, drop_frame = read_time_code(start, counted)
    except ValueError as error:
        return FilmCodes(counted, remark=f"report: time codes count from 00:00:00:00, the film's is not used: {error}")
    return FilmCodes(counted, number + frame_at(skipped, counted), drop_frame, from_film=True)
