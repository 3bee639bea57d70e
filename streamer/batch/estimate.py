"""How long a batch will take, from the first second of some of its films, done for real and thrown away.

Knows nothing of workers' processes, ledgers or terminals.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from faceerase.configs.film import PartConfig
from faceerase.errors import FaceEraseError
from faceerase.streamer.batch.job import Job
from faceerase.streamer.every_picture import anonymise_film
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.opening import open_source
from faceerase.streamer.stills.place import files_of
from faceerase.streamer.workers.seam import Tools

MOST_PROBES = 20
PROBED_SECONDS = "1"


@dataclass(frozen=True, slots=True)
class Guess:
    """What one job will cost.

    Attributes:
        frames: about so many; 0: not known.
        pixels: of a frame.
        seconds: of one worker; None: not known.
        probed: whether a second of this very film was done.
        fault: why it will fail, as far as can be seen now.
    """

    frames: int
    pixels: int
    seconds: float | None
    probed: bool = False
    fault: str | None = None


def estimate(jobs: Sequence[Job], tools: Tools, show: Callable[[int], None]) -> list[Guess]:
    """Return what each job will cost, in their order.

    A second of every film, or of twenty spread over them, is done as it will be; the others are reckoned from the mean
    cost of a pixel. Pictures are reckoned likewise, by the cost of films where nothing else was probed.

    Args:
        jobs: what will be done.
        tools: of a worker as there will be.
        show: called with the number of jobs looked at.
    """
    step = max(1, -(-len(jobs) // MOST_PROBES))
    guesses = []
    for number, job in enumerate(jobs):
        guesses.append(_guess(job, tools, probe=number % step == 0))
        show(number + 1)
    known = [one for one in guesses if one.seconds is not None and one.frames]
    pixels = sum(one.frames * one.pixels for one in known)
    if not pixels:
        return guesses
    cost = sum(one.seconds or 0.0 for one in known) / pixels
    return [
        one if one.seconds is not None or one.fault else Guess(one.frames, one.pixels, one.frames * one.pixels * cost)
        for one in guesses
    ]


def wall_seconds(guesses: Sequence[Guess], workers: int) -> float | None:
    """Return how long workers will take for all of it; None: nothing is known. No shorter than the longest film."""
    known = [one.seconds for one in guesses if one.seconds is not None]
    return max(max(known), sum(known) / workers) if known else None


def _guess(job: Job, tools: Tools, probe: bool) -> Guess:
    config = job.config
    try:
        source = open_source(job.source, config.decode.picture_rate, config.streams.number, config.part)
        info = source.info
        frames, pixels = info.frame_count, info.width * info.height
        if kind_of_name(job.source) is not None:
            frames = len(files_of(job.source))
        if not probe or (kind_of_name(job.source) is not None and frames > 1):
            return Guess(frames, pixels, None)
        part = PartConfig(begin=config.part.begin) if kind_of_name(job.source) else PartConfig(end=PROBED_SECONDS)
        here = config.segments.model_copy(update={"cluster": None})
        short = config.model_copy(update={"part": part, "segments": here})
        with tempfile.TemporaryDirectory(prefix="faceerase-") as folder:
            engine = tools.engine(short.look)
            started = time.monotonic()
            done = anonymise_film(job.source, Path(folder) / job.output.name, None, short, engine, lambda _: None)
            each = (time.monotonic() - started) / max(1, done.frames)
    except FaceEraseError as error:
        return Guess(0, 0, None, fault=str(error))
    frames = frames or done.frames
    return Guess(frames, pixels, frames * each, probed=True)
