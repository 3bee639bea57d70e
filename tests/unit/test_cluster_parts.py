"""What a cluster's workers and their driver do without Ray: room, files that are sent, copies, refusals."""

import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from faceerase.errors import ClusterError, ConfigError, SourceError
from faceerase.streamer.report import Progress
from faceerase.streamer.workers.cluster import copies
from faceerase.streamer.workers.cluster.connection import connect
from faceerase.streamer.workers.cluster.parcels import Answer, Arrival, Folders, Parcel, Piece, Stamp, Wanted, packed
from faceerase.streamer.workers.cluster.room import Needs, room_for
from faceerase.streamer.workers.cluster.worker import Worker
from faceerase.streamer.workers.seam import Failure, Portable, Tell, Tools


@dataclass(frozen=True, slots=True)
class Upper:
    """Writes a file in capitals."""

    source: Path
    target: Path
    name: str = "upper"

    @property
    def reads(self) -> tuple[Path, ...]:
        return (self.source,)

    @property
    def writes(self) -> Path:
        return self.target

    def moved(self, places: Mapping[Path, Path]) -> "Upper":
        return replace(self, source=places.get(self.source, self.source), target=places.get(self.target, self.target))

    def whole(self) -> bool:
        return self.target.exists()

    def do(self, tools: Tools, tell: Tell) -> int:
        tell(Progress(1, 1, 0))
        text = self.source.read_text()
        if text == "bad":
            raise SourceError(f"{self.source}: of no use")
        self.target.write_text(text.upper())
        return len(text)

    def clear(self, pid: int) -> None:
        pass


@pytest.fixture
def unit(tmp_path: Path) -> Upper:
    (tmp_path / "share").mkdir()
    source = tmp_path / "in.txt"
    source.write_text("a film")
    return Upper(source, tmp_path / "share" / "out.txt")


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(copies.tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def there() -> Iterator[Worker]:
    """Return a worker to which the pieces of a file are sent as they are."""
    made = Worker(1, fetch=lambda piece: piece)
    yield made
    made.leave()


def elsewhere(parcel: Parcel) -> Parcel:
    """Return a parcel as it is for a machine that has neither the film nor the folder."""
    return replace(
        parcel,
        reads={path: Stamp(stamp.size, stamp.modified_ns + 1) for path, stamp in parcel.reads.items()},
        token=Path("/nowhere"),
    )


def test_where_the_share_is_seen_nothing_is_sent(unit: Upper, there: Worker) -> None:
    assert isinstance(unit, Portable)
    folders = Folders()
    said = list(there.do(packed(unit, folders)))
    assert said == [Progress(1, 1, 0), Answer(6)]
    assert unit.target.read_text() == "A FILM"
    folders.clear()
    assert [path.name for path in unit.target.parent.iterdir()] == ["out.txt"]


def test_what_is_not_there_is_asked_for_once_and_sent_back(unit: Upper, there: Worker, tmp_path: Path) -> None:
    parcel = elsewhere(packed(unit, Folders()))
    assert list(there.do(parcel)) == [Wanted((unit.source,))]
    sent = replace(parcel, sent={unit.source: (b"a f", b"ilm")})
    said = list(there.do(sent))
    assert not unit.target.exists()
    arrival = Arrival(unit.target)
    for piece in said:
        if isinstance(piece, Piece):
            arrival.take(piece)
    arrival.finish()
    assert unit.target.read_text() == "A FILM"
    assert said[-1] == Answer(6)
    assert list(there.do(parcel))[-1] == Answer(6)  # the copy is kept
    there.leave()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_an_error_names_files_as_the_driver_knows_them(unit: Upper, there: Worker) -> None:
    parcel = elsewhere(replace(packed(unit, Folders()), sent={unit.source: (b"bad",)}))
    reads = {unit.source: replace(parcel.reads[unit.source], size=3)}
    assert list(there.do(replace(parcel, reads=reads)))[-1] == Failure(f"{unit.source}: of no use", 3, "SourceError")
    short = replace(parcel, sent={unit.source: (b"ba",)})
    *_, last = there.do(replace(short, reads={unit.source: Stamp(3, 0)}))
    assert isinstance(last, Failure)
    assert "was written to while it was sent" in last.text


def test_a_source_that_is_gone_is_said(unit: Upper) -> None:
    unit.source.unlink()
    with pytest.raises(SourceError, match="cannot be read any more"):
        packed(unit, Folders())


def test_copies_of_a_worker_that_was_killed_are_removed_and_those_of_a_living_one_not(tmp_path: Path) -> None:
    living, dead = copies.Copies(), copies.Copies()
    kept, left = living.keep(Path("a.mov"), Stamp(1, 0), [b"a"]), dead.keep(Path("a.mov"), Stamp(1, 0), [b"a"])
    assert dead._lock is not None
    dead._lock.release()
    copies.Copies()
    assert (kept.exists(), left.exists()) == (True, False)
    living.clear()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("cores", "cards", "needs", "room"),
    [
        (8, 0, Needs(1, 0), 8),
        (8, 0, Needs(3, 0), 2),
        (8, 0, Needs(1, 1), 0),
        (8, 2, Needs(1, 0.25), 8),
        (16, 2, Needs(1, 0.4), 4),
        (16, 3, Needs(1, 2), 1),
        (0, 0, Needs(1, 0), 0),
    ],
)
def test_room_on_a_machine(cores: int, cards: int, needs: Needs, room: int) -> None:
    machine = {"Alive": True, "Resources": {"CPU": float(cores), "GPU": float(cards)}}
    assert room_for([machine, {"Alive": False, "Resources": {"CPU": 64.0}}], needs) == room


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"pip install 'faceerase\[cluster\]'"):
        connect("auto")


class NoRay:
    """Stands for Ray where it must not be asked."""

    @staticmethod
    def is_initialized() -> bool:
        return False


@pytest.mark.parametrize("address", ["ray://head:10001", "head", ":6379", "head:port"])
def test_addresses_of_another_form_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", NoRay)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="host:port of the head"):
        connect(address)


def test_what_is_no_head_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", NoRay)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            line.recv(100)
            line.sendall(b"HTTP/1.1 400 no\r\n\r\n")
            line.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ClusterError, match="not the head of a Ray cluster"):
            connect(f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()
