"""How a batch of films is worked on: by how many workers, how often something is tried, when a file counts as complete.

Knows nothing of what comes out for one film; that is in ``configs/film.py``.
"""

from typing import Annotated, Literal

from pydantic import Field

from faceerase.configs.base import Frozen


class BatchConfig(Frozen):
    """Everything that decides how a batch runs, and what its results are called.

    ``workers`` are processes (``auto``: as many as there are cores, films and room in memory for); ``threads`` cores of
    each (None: the cores, shared out). Neither changes a bit of any result. ``attempts``: how often a film is begun
    whose worker is lost each time. ``suffix`` is put into the names of results; ``container`` is that of films (None:
    the source's own). ``settle``: seconds that a file must have kept its size to count as complete, ``every``: seconds
    from one look into a watched folder to the next.
    """

    workers: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = "auto"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    attempts: Annotated[int, Field(ge=1, le=10)] = 2
    suffix: Annotated[str, Field(pattern=r"^[^/\\%\x00]*$")] = ""
    container: Annotated[str, Field(pattern=r"^(mp4|m4v|mov|mkv|webm|avi|ts|m2ts|mxf)$")] | None = None
    fail_fast: bool = False
    settle: Annotated[float, Field(ge=0, le=3600)] = 5
    every: Annotated[float, Field(gt=0, le=3600)] = 1
