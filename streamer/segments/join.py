"""Finished segments become one film, one matte and one report. Knows nothing of how segments came about."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from av.packet import Packet
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from faceerase.streamer.box import Box
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.encode.matte_sink import MatteFilm
from faceerase.streamer.segments.seams import continued, decoding_times
from faceerase.streamer.segments.store import Record, packet_of, read_segment
from faceerase.streamer.sidecar.schema import Erased
from faceerase.streamer.sidecar.sink import ReportSink
from faceerase.streamer.tally import Tally

DEEPEST = 64
"""Frames before a joint that decoding times may be taken from: more than any encoder reorders."""


@dataclass(slots=True)
class Joined:
    """What came of all segments together."""

    tally: Tally = field(default_factory=Tally)
    lost: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    beside: dict[Type, int] = field(default_factory=dict)
    tracks: set[int] = field(default_factory=set)

    def add(self, end: Record) -> None:
        """Add what a segment says of itself."""
        facts = end.facts
        self.tally = self.tally.plus(Tally.from_dict(facts["tally"]))
        self.lost += facts["lost"]
        self.remarks += [text for text in facts["remarks"] if text not in self.remarks]
        for name, count in facts["beside"].items():
            self.beside[Type[name]] = self.beside.get(Type[name], 0) + count


class Join:
    """Takes segments in order and gives what is in them to the sinks of the film."""

    def __init__(self, film: FilmSink, matte: MatteFilm | None, notes: ReportSink | None, time_base: Fraction) -> None:
        """Begin; ``time_base`` is that of the film's picture."""
        self._film, self._matte, self._notes = film, matte, notes
        self._time_base = time_base
        self._earlier: deque[int] = deque(maxlen=DEEPEST)
        self._faces: dict[int, dict[int, Box]] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0
        self.joined = Joined()

    def take(self, path: Path) -> None:
        """Add the next segment.

        Raises:
            SinkError: it cannot be read again, or a sink refuses.
        """
        number = self.joined.tally.frames
        self._number_faces(path)
        waiting: list[Packet[VideoStream]] | None = []
        behind: dict[int, dict[int, Box]] = {}
        shown: list[int] = []
        for record in read_segment(path):
            if record.kind == "picture":
                packet = packet_of(record)
                shown.append(packet.pts or 0)
                if waiting is not None:
                    waiting.append(packet)
                    if not _before(packet, waiting[0]):
                        self._film.splice(self._bridged(waiting), 0)
                        waiting = None
                else:
                    self._film.splice([packet], 0)
            elif record.kind == "matte" and self._matte is not None:
                self._matte.splice([packet_of(record)])
            elif record.kind == "frame":
                self._note(number, record)
            elif record.kind == "behind":
                behind[record.facts["pts"]] = self._numbered(record)
            elif record.kind == "end":
                self.joined.add(record)
        if waiting:
            self._film.splice(self._bridged(waiting), 0)
        self._film.splice((), self.joined.tally.frames - number)
        self._earlier.extend(sorted(shown))
        self._faces = behind

    def _bridged(self, packets: "Sequence[Packet[VideoStream]]") -> "Sequence[Packet[VideoStream]]":
        """Return the first packets of a segment with decoding times that go on from those before it."""
        first = packets[0].pts or 0
        for packet, dts in zip(
            packets, decoding_times([packet.dts for packet in packets], first, list(self._earlier)), strict=True
        ):
            packet.dts = dts
        return packets

    def _number_faces(self, path: Path) -> None:
        """Give the faces of a segment their numbers: those of the segment before where they go on."""
        last = max(self._faces, default=None)
        begins = _faces_until(read_segment(path, packets=False), last) if last is not None else {}
        self._numbers = continued(self._faces, begins)

    def _numbered(self, record: Record) -> dict[int, Box]:
        return {self._number(face.track): Box(*face.box) for face in _regions(record)}

    def _number(self, track: int) -> int:
        if track not in self._numbers:
            self._numbers[track] = self._next
        self._next = max(self._next, self._numbers[track] + 1)
        return self._numbers[track]

    def _note(self, first: int, record: Record) -> None:
        faces = tuple(face.model_copy(update={"track": self._number(face.track)}) for face in _regions(record))
        self.joined.tracks |= {face.track for face in faces}
        if self._notes is None:
            return
        time = record.facts["pts"] * self._time_base
        self._notes.note(first + record.facts["number"], time, tuple(sorted(faces, key=lambda face: face.track)))


def _before(packet: "Packet[VideoStream]", first: "Packet[VideoStream]") -> bool:
    return packet.dts is not None and first.pts is not None and packet.dts < first.pts


def _faces_until(records: Iterable[Record], last: int) -> dict[int, dict[int, Box]]:
    faces: dict[int, dict[int, Box]] = {}
    for record in records:
        if record.kind == "frame":
            if record.facts["pts"] > last:
                break
            faces[record.facts["pts"]] = {face.track: Box(*face.box) for face in _regions(record)}
    return faces


def _regions(record: Record) -> Iterator[Erased]:
    return (Erased.model_validate(values) for values in record.facts["regions"])
