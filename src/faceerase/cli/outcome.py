"""How a command ends: one line for a person, the exit code for a machine, a traceback only with ``--debug``.

0 done · 1 a film with lost frames · 2 usage or configuration · 3 input cannot be read · 4 output cannot be written or
encoded · 5 model, provider or memory · 6 the check of the result failed · 130, 143, 129 ended by SIGINT, SIGTERM,
SIGHUP.
"""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from faceerase.errors import FaceEraseError
from faceerase.log import ROOT

LOST_FRAMES = 1
OUT_OF_MEMORY = 5
BUG = 1

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


class Stopped(BaseException):
    """A signal asked the program to end; not an ``Exception``, so that nothing on the way takes it for an error."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


@contextmanager
def outcome(debug: bool, kept: str = "nothing was kept") -> Iterator[None]:
    """Turn the errors of a command's body into a line and an exit code.

    Args:
        debug: adds the traceback and the log.
        kept: what a signal leaves behind.
    """
    _log_to_stderr(debug)
    _listen_for_signals()
    try:
        yield
    except FaceEraseError as error:
        raise typer.Exit(_tell(str(error), error, error.exit_code, debug)) from error
    except Stopped as stop:
        name = signal.Signals(stop.signum).name
        raise typer.Exit(_tell(f"stopped by {name}; {kept}", stop, 128 + stop.signum, debug)) from stop
    except MemoryError as error:
        text = "out of memory; try a smaller --batch-size, or a greater --min-face"
        raise typer.Exit(_tell(text, error, OUT_OF_MEMORY, debug)) from error
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        text = f"a fault of faceerase itself: {type(error).__name__}: {error}; --debug shows where"
        raise typer.Exit(_tell(text, error, BUG, debug)) from error


def _tell(text: str, error: BaseException, code: int, debug: bool) -> int:
    if debug:
        # Formatted by the standard library: rich would shorten the paths that a bug report needs.
        logging.getLogger(ROOT).error("traceback", exc_info=error)
    line = " ".join(text.split())
    stderr.print(f"[bold red]error:[/] {escape(line)}")
    return code


def _log_to_stderr(debug: bool) -> None:
    logger = logging.getLogger(ROOT)
    logger.setLevel(logging.DEBUG if debug else logging.WARNING)
    for handler in [handler for handler in logger.handlers if isinstance(handler, RichHandler)]:
        logger.removeHandler(handler)
    logger.addHandler(RichHandler(console=stderr, show_time=debug, show_path=debug, rich_tracebacks=False))


def _listen_for_signals() -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(signum, signal.SIG_DFL)  # a second one ends at once
        raise Stopped(signum)

    names = ["SIGINT", "SIGTERM"] if sys.platform == "win32" else ["SIGINT", "SIGTERM", "SIGHUP"]
    for name in names:
        signal.signal(getattr(signal, name), stop)
