"""What runs in a worker on a machine of a cluster: units one after another, with one set of tools.

Whoever needs files that are not there says so, and gets them. Knows nothing of Ray but how objects are fetched.
"""

import os
import platform
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from faceerase.streamer.report import Progress
from faceerase.streamer.sidecar.schema import Versions
from faceerase.streamer.sidecar.versions import running_versions
from faceerase.streamer.workers.cluster.connection import load_ray
from faceerase.streamer.workers.cluster.copies import Copies
from faceerase.streamer.workers.cluster.parcels import PIECE, Answer, Parcel, Piece, Wanted
from faceerase.streamer.workers.seam import Failure, Portable, Tools, failure_of

TELL_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a worker says of itself: the name of its machine, its process, its versions."""

    machine: str
    pid: int
    versions: Versions


Message = Wanted | Progress | Piece | Answer | Failure


class Worker:
    """Lives in a process of its own on some machine."""

    def __init__(self, threads: int, fetch: Callable[[Any], bytes] | None = None) -> None:
        """Begin.

        Args:
            threads: that the network and OpenCV may use.
            fetch: gets the bytes of an object by its reference; None: Ray does.
        """
        cv2.setNumThreads(threads)
        self._tools = Tools(threads)
        self._copies = Copies()
        self._fetch: Callable[[Any], bytes] = fetch or load_ray().get

    def greet(self) -> Greeting:
        """Say who this is."""
        return Greeting(platform.node(), os.getpid(), running_versions())

    def do(self, parcel: Parcel) -> Iterator[Message]:
        """Do a unit and yield what there is to say; the last is ``Wanted``, ``Answer`` or ``Failure``."""
        missing = tuple(
            path
            for path, stamp in parcel.reads.items()
            if path not in parcel.sent and self._copies.place(path, stamp) is None
        )
        if missing:
            yield Wanted(missing)
            return
        try:
            places = {path: self._place(parcel, path) for path in parcel.reads}
            far = self._far(parcel)
        except Exception as error:
            yield failure_of(error)
            return
        if far is not None and parcel.writes is not None:
            places[parcel.writes] = far
        unit = parcel.unit.moved(places) if isinstance(parcel.unit, Portable) else parcel.unit
        for message in self._said(unit):
            if isinstance(message, Answer) and far is not None:
                yield from _pieces(far)
                far.unlink(missing_ok=True)
            yield _renamed(message, places) if isinstance(message, Failure) else message

    def leave(self) -> None:
        """Remove what was copied here."""
        self._copies.clear()

    def _place(self, parcel: Parcel, path: Path) -> Path:
        stamp = parcel.reads[path]
        place = self._copies.place(path, stamp)
        if place is None:
            place = self._copies.keep(path, stamp, map(self._fetch, parcel.sent[path]))
        return place

    def _far(self, parcel: Parcel) -> Path | None:
        """Return where the result is written for the time being; None: where it is to lie, which is seen from here."""
        if parcel.writes is None or (parcel.token is not None and parcel.token.is_file()):
            return None
        return self._copies.folder / parcel.writes.name

    def _said(self, unit: Any) -> Iterator[Message]:
        """Yield progress and what came of a unit, which is done in a thread beside this one."""
        said: queue.SimpleQueue[Message] = queue.SimpleQueue()
        last = 0.0

        def tell(progress: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= TELL_EVERY_SECONDS:
                last = now
                said.put(progress)

        def work() -> None:
            try:
                said.put(Answer(unit.do(self._tools, tell)))
            except Exception as error:
                said.put(failure_of(error))

        threading.Thread(target=work, name="faceerase-unit", daemon=True).start()
        while isinstance(message := said.get(), Progress):
            yield message
        yield message


def _pieces(path: Path) -> Iterator[Piece]:
    with path.open("rb") as file:
        while data := file.read(PIECE):
            yield Piece(data)


def _renamed(failure: Failure, places: dict[Path, Path]) -> Failure:
    """Return a failure that names files as the driver knows them."""
    text = failure.text
    for known, here in places.items():
        text = text.replace(str(here), str(known))
    return Failure(text, failure.exit_code, failure.kind)
