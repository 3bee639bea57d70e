"""How a signal ends the program: cleanly where that is quick, and in any case soon, with nothing half-made left.

The first SIGINT, SIGTERM or SIGHUP raises ``Stopped`` in the main thread, whose way out removes what is hidden. Where
that takes longer than ``GRACE_SECONDS`` (a thread deep in native code, a foreign callback that swallows the exception),
or a second signal comes, a thread that waits for nothing else removes it and ends the process. Imports nothing heavy:
it has to be there before everything else is imported. Knows nothing of films.
"""

import atexit
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from faceerase.streamer.hidden.register import PROCESS

GRACE_SECONDS = 1.0
"""For the clean way out; what is asked for is an end within two seconds."""

NOTHING_KEPT = "nothing was kept"

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(BaseException):
    """A signal asked the program to end; not an ``Exception``, so that nothing on the way takes it for an error."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


class Stops:
    """What came of signals in this process: signals are the process's, so there is one of these."""

    def __init__(self) -> None:
        self.kept = NOTHING_KEPT
        self.grace = GRACE_SECONDS
        self.told = False
        self._first: int | None = None
        self._over = False
        self._ending = threading.Lock()

    def arm(self) -> None:
        """Listen from now on; what was to be ignored (``nohup``) stays so."""
        here, there = socket.socketpair()
        there.setblocking(False)
        signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
        # Both ends live as long as the process: the interpreter writes to one by its number
        threading.Thread(target=self._wait, args=(here, there), name="faceerase-stop", daemon=True).start()
        for signum in SIGNALS:
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, self._stop)

    @property
    def stopped(self) -> bool:
        """Whether a signal asked for the end."""
        return self._first is not None

    @property
    def code(self) -> int:
        """With which the process ends."""
        return 128 + (self._first or signal.SIGINT)

    def disarm(self) -> bool:
        """Listen no more, everything is done and the exit code known; return False where a signal came before."""
        if self._first is None:
            self._over = True
        return self._first is None

    def line(self) -> str:
        """Return what a person is told."""
        whole = [str(path) for path in PROCESS.published if path.exists()]
        kept = f"{', '.join(whole)} was whole already" if whole and self.kept == NOTHING_KEPT else self.kept
        return f"stopped by {signal.Signals(self._first or signal.SIGINT).name}; {kept}"

    def end(self) -> NoReturn:
        """End the process here and now; nothing that is hidden is left, whatever the other threads are doing."""
        if not self._ending.acquire(blocking=False):
            while True:  # the other thread that came here ends all of them
                time.sleep(1)
        workers = sys.modules.get("multiprocessing")
        for worker in getattr(workers, "active_children", list)():
            with suppress(OSError):
                worker.kill()
        left = PROCESS.remove_all()
        if not self.told:
            resisting = f"; not removed: {', '.join(map(str, left))}" if left else ""
            # The bar of a terminal hides its cursor
            back = "\x1b[?25h\r\x1b[K" if os.isatty(2) else ""
            with suppress(OSError):
                os.write(2, f"{back}error: {self.line()}{resisting}\n".encode())
        os._exit(self.code)

    def leave(self) -> NoReturn:
        """End the process after the clean way out; the waiting thread sees to it that this is soon."""
        atexit._run_exitfuncs()
        # Now, without the interpreter's own end: other threads may be anywhere in native code
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        self.end()

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        del frame
        if not self._over and self._first is None:
            self._first = signum
            raise Stopped(signum)

    def _wait(self, here: socket.socket, there: socket.socket) -> None:
        del there
        asked: list[int] = []
        deadline = None
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([here], [], [], left)
            if ready:
                asked += [number for number in here.recv(64) if number in SIGNALS]
            if self._over:
                asked, deadline = [], None
            elif len(asked) > 1 or (asked and not ready):
                self._first = self._first or asked[0]
                self.end()
            elif asked and deadline is None:
                deadline = time.monotonic() + self.grace


STOPS = Stops()
"""Those of this process."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Run the whole program in here; signals end it with 130, 143 or 129."""
    STOPS.arm()
    try:
        try:
            yield
        except BaseException:
            # Whatever a library made of it on its way: it was the signal.
            if STOPS.disarm():
                raise
        else:
            if STOPS.disarm():
                return
    except Stopped:
        pass
    STOPS.leave()
