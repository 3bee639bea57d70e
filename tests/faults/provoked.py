"""Faults of a machine, provoked: each is a function that makes one happen in the middle of a film.

The same functions serve the tests' own process and, by name, one of its own: ``python provoked.py FAULT ARGUMENTS``.
"""

import errno
import importlib.abc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

AT_FRAME = 3
"""In the middle of the film."""

HOURS_SECONDS = 3600


class Stand:
    """Stands in for an object, with some of its attributes changed."""

    def __init__(self, real: Any, **changed: Any) -> None:
        self._real = real
        for name, value in changed.items():
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _network(answer: Callable[[Any, Any], Any]) -> None:
    """Have the network answer to its batches through ``answer(run, batch)``."""
    from faceerase.streamer.look import engine

    real = engine.make_session

    def make(*arguments: Any) -> Stand:
        session = real(*arguments)
        return Stand(
            session, run=lambda names, feed: answer(lambda: session.run(names, feed), next(iter(feed.values())))
        )

    engine.make_session = make


def _while_erasing(happens: Callable[[], None]) -> None:
    from faceerase.streamer import stages

    class Eraser(stages.PlaneAnonymizer):
        def erase(self, frame: Any, mask: Any) -> Any:
            if frame.index == AT_FRAME:
                happens()
            return super().erase(frame, mask)

    stages.PlaneAnonymizer = Eraser


def _muxing(mux: Callable[[Any, Any], None]) -> None:
    from faceerase.streamer.encode import film_sink

    real = film_sink.open_container

    def opened(*arguments: Any) -> Stand:
        container = real(*arguments)
        return Stand(container, mux=lambda packet: mux(container, packet))

    film_sink.open_container = opened


def _encoding(error: Exception) -> None:
    from faceerase.streamer.encode.picture_track import PictureTrack

    def encode(track: Any, picture: Any) -> NoReturn:
        raise error

    PictureTrack.encode = encode


def network_fails() -> None:
    def answer(run: Any, batch: Any) -> NoReturn:
        raise RuntimeError("Non-zero status code returned while running Conv node")

    _network(answer)


def network_answers_nan() -> None:
    _network(lambda run, batch: [run()[0] * float("nan")])


def no_memory_for_many() -> None:
    def answer(run: Any, batch: Any) -> Any:
        if len(batch) > 1:
            raise RuntimeError("Failed to allocate memory for requested buffer of size 1073741824")
        return run()

    _network(answer)


def no_memory_for_one() -> None:
    def answer(run: Any, batch: Any) -> NoReturn:
        raise RuntimeError("Failed to allocate memory for requested buffer of size 1073741824")

    _network(answer)


def no_memory_while_erasing() -> None:
    def happens() -> NoReturn:
        raise MemoryError

    _while_erasing(happens)


def no_memory_to_encode() -> None:
    import av

    _encoding(av.error.MemoryError(errno.ENOMEM, "Cannot allocate memory"))


def encoder_fails() -> None:
    import av

    _encoding(av.error.ExternalError(542398533, "Generic error in an external library"))


def share_is_lost() -> None:
    def mux(container: Any, packet: Any) -> NoReturn:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    _muxing(mux)


def disk_is_full() -> None:
    def mux(container: Any, packet: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    _muxing(mux)


def file_may_not_grow() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))


def muxer_loses_a_frame() -> None:
    lost = []

    def mux(container: Any, packet: Any) -> None:
        if lost or not packet.size:
            container.mux(packet)
        else:
            lost.append(packet)

    _muxing(mux)


def folder_goes() -> None:
    _while_erasing(lambda: shutil.rmtree("out"))


def folder_takes_the_name() -> None:
    _while_erasing(lambda: Path("out/clean.mp4").mkdir())


def _signal(*signums: int) -> Callable[[], None]:
    def happens() -> None:
        for signum in signums:
            os.kill(os.getpid(), signum)
            time.sleep(0.05)

    return lambda: _while_erasing(happens)


sigint, sigterm, sighup = _signal(signal.SIGINT), _signal(signal.SIGTERM), _signal(signal.SIGHUP)
sigkill = _signal(signal.SIGKILL)


def sigint_in_native_code() -> None:
    def happens() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(HOURS_SECONDS)

    _while_erasing(happens)


def sigint_twice_in_native_code() -> None:
    def happens() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(HOURS_SECONDS)

    _while_erasing(happens)


def sigterm_while_importing() -> None:
    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, path: Any, target: Any = None) -> None:
            if name == "onnxruntime":
                os.kill(os.getpid(), signal.SIGTERM)

    sys.meta_path.insert(0, Finder())


def sigint_while_naming() -> None:
    real = os.replace

    def replace(one: Any, other: Any) -> None:
        real(one, other)
        os.kill(os.getpid(), signal.SIGINT)

    os.replace = replace


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the tests were started from
    globals()[sys.argv.pop(1)]()
    from faceerase.cli.app import video_main

    video_main()
