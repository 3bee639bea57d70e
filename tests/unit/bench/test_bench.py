"""How fast the network runs: what is timed, what is counted, and what a film asks for."""

from typing import Any

import numpy as np
import pytest

from faceerase.configs.film import LookConfig
from faceerase.streamer.bench.busy import BusyMeter
from faceerase.streamer.bench.film_load import load_of
from faceerase.streamer.bench.throughput import LEAST_RUNS, measure


class Engine:
    """An engine that takes a second for a tile; its memory is short beyond ``fits`` tiles."""

    def __init__(self, contract: Any, batch_size: int, fits: int = 1024) -> None:
        self.contract, self.batch_size, self.fits = contract, batch_size, fits
        self.now = 0.0
        self.looks: list[int] = []

    def look(self, tiles: Any) -> Any:
        assert tiles.dtype == np.uint8
        self.looks.append(len(tiles))
        self.now += len(tiles)
        if len(tiles) > self.fits:
            self.batch_size = self.fits
        return tiles

    def clock(self) -> float:
        return self.now


def rates_of(engine: Any, seconds: float = 0.0) -> Any:
    return list(measure(engine, seconds, BusyMeter(None), engine.clock))


def test_every_size_is_run_once_untimed_and_then_for_as_long_as_asked(make_contract: Any) -> None:
    engine = Engine(make_contract(tile_side=16), 4)
    rates = rates_of(engine, seconds=10.0)
    assert [(rate.batch, rate.runs) for rate in rates] == [(1, 10), (2, 5), (4, LEAST_RUNS)]
    assert engine.looks.count(1) == 11
    assert all(rate.tiles_per_second == pytest.approx(1) for rate in rates)
    assert all(rate.milliseconds_per_tile == pytest.approx(1000) for rate in rates)
    assert all(rate.busy is None for rate in rates)


def test_sizes_for_which_memory_is_short_are_left_out(make_contract: Any) -> None:
    engine = Engine(make_contract(tile_side=16), 8, fits=2)
    assert [rate.batch for rate in rates_of(engine)] == [1, 2]


class Nvml:
    """NVIDIA's management library, of which a card is busy in turns."""

    def __init__(self, busy: list[int]) -> None:
        self.busy = busy
        self.asked = 0

    def nvmlInit(self) -> None:
        pass

    def nvmlDeviceGetHandleByPciBusId(self, address: bytes) -> str:
        assert address == b"0000:01:00.0"
        return "card"

    def nvmlDeviceGetUtilizationRates(self, card: str) -> Any:
        assert card == "card"
        self.asked += 1
        if self.asked > len(self.busy):
            raise RuntimeError("not supported")
        return type("Rates", (), {"gpu": self.busy[self.asked - 1]})


def test_the_busy_share_is_the_mean_of_what_the_card_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceerase.streamer.bench.busy.EVERY_SECONDS", 0)
    meter = BusyMeter("0000:01:00.0", Nvml([40, 80]))
    with meter:
        meter._asking.join()
    assert meter.share == pytest.approx(0.6)


def test_what_nobody_tells_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceerase.streamer.bench.busy.EVERY_SECONDS", 0)
    silent = BusyMeter("0000:01:00.0", Nvml([]))
    with silent:
        silent._asking.join()
    assert silent.share is None
    for meter in (BusyMeter(None), BusyMeter("0000:01:00.0", object())):
        with meter:
            pass
        assert meter.share is None


def test_a_film_asks_for_more_tiles_where_faces_are_followed(make_contract: Any) -> None:
    config = LookConfig()
    alone, nine = load_of(config, make_contract(), 0), load_of(config, make_contract(), 9)
    assert 1 < alone.tiles_per_frame < nine.tiles_per_frame <= alone.tiles_per_frame + 9
    everywhere = load_of(config.model_copy(update={"scan": "thorough"}), make_contract(), 0)
    assert everywhere.tiles_per_frame > 4 * alone.tiles_per_frame


def test_real_time_is_the_rate_over_what_a_second_asks_for(make_contract: Any) -> None:
    load = load_of(LookConfig(), make_contract(), 0)
    assert load.times_real_time(50 * load.tiles_per_frame) == pytest.approx(2)
