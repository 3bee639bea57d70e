"""How a command ends: one line for a person, the exit code for a machine, a traceback only with ``--debug``.

0 done · 1 a film with lost frames · 2 usage or configuration · 3 input cannot be read · 4 output cannot be written or
encoded · 5 model, provider or memory · 6 the check of the result failed · 130, 143, 129 ended by SIGINT, SIGTERM,
SIGHUP.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from faceerase.cli.stop import GRACE_SECONDS, NOTHING_KEPT, STOPS, Stopped
from faceerase.errors import FaceEraseError, ModelError, is_out_of_memory
from faceerase.log import ROOT

LOST_FRAMES = 1
OUT_OF_MEMORY = 5
BUG = 1

stderr = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def outcome(debug: bool, kept: str = NOTHING_KEPT, grace: float = GRACE_SECONDS) -> Iterator[None]:
    """Turn the errors of a command's body into a line and an exit code.

    Args:
        debug: adds the traceback and the log.
        kept: what a signal leaves behind.
        grace: seconds that the way out may take after a signal.
    """
    _log_to_stderr(debug)
    STOPS.kept, STOPS.grace = kept, grace
    try:
        yield
    except (typer.Exit, typer.BadParameter):
        raise
    except (Exception, Stopped) as error:
        text, code = _meaning_of(error)
        raise typer.Exit(_tell(text, error, code, debug)) from error


def _meaning_of(error: BaseException) -> tuple[str, int]:
    """Return what a person is told, and the exit code."""
    if STOPS.stopped:  # whatever a library made of it on its way
        STOPS.told = True
        return STOPS.line(), STOPS.code
    if is_out_of_memory(error) and not isinstance(error, ModelError):
        return "out of memory; try a smaller --batch-size, or a greater --min-face", OUT_OF_MEMORY
    if isinstance(error, FaceEraseError):
        return str(error), error.exit_code
    return f"a fault of faceerase itself: {type(error).__name__}: {error}; --debug shows where", BUG


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
