"""What the check of a film came to, as a value, and as the error that it is where faces are left."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from faceerase.errors import VerificationError
from faceerase.streamer.verify.survivors import Span, time_code


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check.

    Attributes:
        frames: of the result, all of them looked at.
        finders: who looked.
        spans: of frames in which somebody was still found.
        shells: frames in which the network takes a place for a face of which nothing is left: hair and a collar around
            a fill, say.
        doubts: frames in which the network takes for a face where nothing was erased what it takes for none in the
            source.
    """

    frames: int
    finders: tuple[str, ...]
    spans: tuple[Span, ...]
    shells: int
    doubts: int = 0

    @property
    def passed(self) -> bool:
        """Whether nobody was found."""
        return not self.spans

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        codes = [{"start_code": time_code(span.start), "end_code": time_code(span.end)} for span in self.spans]
        spans = [asdict(span) | code for span, code in zip(self.spans, codes, strict=True)]
        return asdict(self) | {"passed": self.passed, "spans": spans}


class FacesLeftError(VerificationError):
    """Somebody is still to be seen in a result; ``verdict`` says who and when."""

    def __init__(self, result: Path, verdict: Verdict, fate: str | None = None) -> None:
        """Say so.

        Args:
            result: the film.
            verdict: one that is not passed.
            fate: what became of the film, or None.
        """
        first = verdict.spans[0]
        count = f"{len(verdict.spans)} times, first" if len(verdict.spans) > 1 else "once,"
        text = f"{result}: a face was found in the result {count} at {time_code(first.start)} (frame {first.first})"
        super().__init__(f"{text}; {fate}" if fate else text)
        self.verdict = verdict
