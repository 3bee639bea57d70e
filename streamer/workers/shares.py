"""How many workers, with how many cores each: all cores busy, none of them twice. Changes no bit of any result."""

import os
import sys
from dataclasses import dataclass
from typing import Literal

MEMORY_OF_A_WORKER = 1_500_000_000
"""Bytes that a worker is reckoned with: interpreter and libraries 0.3 GB, frames and encoder of a 4K film the rest."""


@dataclass(frozen=True, slots=True)
class Shares:
    """So many workers, each with so many cores."""

    workers: int
    threads: int


def shares(workers: int | Literal["auto"], threads: int | None, jobs: int) -> Shares:
    """Return how a machine is shared out.

    Args:
        workers: asked for; ``auto``: one a core, but no more than there are jobs, or room in memory for.
        threads: cores of each; None: all cores, shared out.
        jobs: that there are to do; 0: not known.
    """
    cores = usable_cores()
    if workers == "auto":
        count = max(1, min(cores // (threads or 1), jobs or cores, usable_memory() // MEMORY_OF_A_WORKER))
    else:
        count = workers
    return Shares(count, threads or max(1, cores // count))


def usable_cores() -> int:
    """Return how many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def usable_memory() -> int:
    """Return how many bytes of memory are free now; very many where the system does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**62
