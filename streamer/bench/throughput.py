"""Tiles a second by batch size, as the pipeline gets them: from gray tiles to finite maps, copies included.

Knows nothing of films or of what a card is.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from faceerase.streamer.bench.busy import BusyMeter
from faceerase.streamer.look.device.sizes import sizes_up_to
from faceerase.streamer.look.engine import OnnxEngine

LEAST_RUNS = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """What one batch size came to.

    Attributes:
        batch: tiles in a run.
        runs: that were timed.
        tiles_per_second: of wall-clock time.
        busy: share of the time in which the card computed, 0 to 1; None: not known.
    """

    batch: int
    runs: int
    tiles_per_second: float
    busy: float | None

    @property
    def milliseconds_per_tile(self) -> float:
        """The same the other way round."""
        return 1000 / self.tiles_per_second


def measure(
    engine: OnnxEngine, seconds: float, meter: BusyMeter, clock: Callable[[], float] = time.perf_counter
) -> Iterator[Rate]:
    """Yield the rate of each batch size, from one tile up to the engine's own, as soon as it is known.

    Args:
        engine: what is measured.
        seconds: how long each size is run at least; before that it is run once, untimed.
        meter: of how busy the card is.
        clock: in seconds.
    """
    side = engine.contract.tile_side
    tiles = np.random.default_rng(0).integers(0, 256, (engine.batch_size, side, side), dtype=np.uint8)
    for size in sizes_up_to(len(tiles)):
        engine.look(tiles[:size])
        if size > engine.batch_size:
            return  # memory is short
        runs = 0
        with meter:
            started = now = clock()
            while runs < LEAST_RUNS or now - started < seconds:
                engine.look(tiles[:size])
                runs += 1
                now = clock()
        yield Rate(size, runs, runs * size / (now - started), meter.share)
