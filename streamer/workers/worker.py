"""What runs in a worker's process: units one after another, with one set of tools, until nobody wants more.

A worker ends with its driver, however that ends. Knows nothing of other workers, or what a unit does.
"""

import os
import queue
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

import cv2

from faceerase.streamer.report import Progress
from faceerase.streamer.workers.seam import Tools, Unit, failure_of

TELL_EVERY_SECONDS = 0.2
ORPHAN_SECONDS = 2.0
"""What a worker has for cleaning up once its driver is gone."""


def work(connection: "Connection[Any, Any]", threads: int, cores: frozenset[int]) -> None:
    """Do what comes through a connection; None ends it.

    What goes back: ``("advanced", Progress)``, ``("done", result)``, ``("failed", Failure)``.

    Args:
        connection: to the driver.
        threads: that the network and OpenCV may use.
        cores: that this process may run on; empty: all. Decoders and encoders then start no more threads than that.
    """
    _obey()
    if cores and sys.platform == "linux":
        os.sched_setaffinity(0, cores)
    cv2.setNumThreads(threads)
    tools = Tools(threads)
    units: queue.SimpleQueue[Unit[Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, units), name="faceerase-orders", daemon=True).start()
    while (unit := units.get()) is not None:
        try:
            answer = ("done", unit.do(tools, _teller(connection)))
        except Exception as error:
            answer = ("failed", failure_of(error))
        connection.send(answer)


def _teller(connection: "Connection[Any, Any]") -> Any:
    last = 0.0

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TELL_EVERY_SECONDS:
            last = now
            connection.send(("advanced", progress))

    return tell


def _obey() -> None:
    """The driver ends its workers; Ctrl-C in a terminal reaches all of them and must not."""

    def end(signum: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(signum, signal.SIG_IGN)  # cleaning up must not be cut short by a second one
        raise SystemExit(128 + signum)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, end)


def _receive(connection: "Connection[Any, Any]", units: "queue.SimpleQueue[Unit[Any] | None]") -> None:
    try:
        while (unit := connection.recv()) is not None:
            units.put(unit)
        units.put(None)
    except (EOFError, OSError):  # the driver is gone
        if sys.platform == "win32":
            signal.raise_signal(signal.SIGTERM)
        else:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(ORPHAN_SECONDS)
        os._exit(128 + signal.SIGTERM)
