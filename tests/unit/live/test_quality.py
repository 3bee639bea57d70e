"""Quality steps down when time is short, and up again; the latency's figures."""

import pytest

from faceerase.contract import ModelContract
from faceerase.streamer.box import Box
from faceerase.streamer.live.latency import Stopwatch
from faceerase.streamer.live.quality import BEGINS, STEPS, Governor
from faceerase.streamer.look.planner import Situation

BUDGET = 0.1


def after(governor: Governor, seconds: float, pictures: int) -> Governor:
    for _ in range(pictures):
        governor = governor.after(seconds)
    return governor


def test_slow_pictures_step_down_to_the_quickest_and_no_further() -> None:
    governor = after(Governor(BUDGET), 0.3, 10)
    assert governor.step > BEGINS
    assert after(governor, 0.3, 200).step == len(STEPS) - 1


def test_quick_pictures_step_up_in_time() -> None:
    assert after(Governor(BUDGET), 0.02, 5).step == BEGINS
    assert after(Governor(BUDGET), 0.02, 300).step == 0


def test_enough_time_changes_nothing() -> None:
    assert after(Governor(BUDGET), 0.075, 500).step == BEGINS


def test_one_slow_picture_changes_nothing() -> None:
    governor = after(Governor(BUDGET), 0.06, 50)
    assert after(governor.after(0.25), 0.06, 50).step == BEGINS


def test_stepping_up_too_early_is_tried_less_and_less_often() -> None:
    governor = after(Governor(BUDGET), 0.2, 12)
    assert governor.patience > Governor(BUDGET).patience


def test_each_step_looks_at_less_and_covers_more(make_contract: "type[ModelContract]") -> None:
    contract = make_contract(min_face=12.0)
    costs = []
    for number in range(len(STEPS)):
        planner = Governor(BUDGET, number).planner(contract, 32)
        costs.append(sum(planner.plan(Situation(at, 1280, 720)).tiles for at in range(1, 13)))
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > 3 * costs[-1]
    margins = [step.margin for step in STEPS]
    assert margins == sorted(margins)
    assert margins[0] == 1


def test_the_whole_picture_is_looked_at_in_every_step(make_contract: "type[ModelContract]") -> None:
    for number in range(len(STEPS)):
        planner = Governor(BUDGET, number).planner(make_contract(), 32)
        for at in range(8):
            plan = planner.plan(Situation(at, 1280, 720))
            whole = len(plan.pyramid) - 1
            assert whole in plan.numbers or plan.pyramid[whole].view in plan.views


def test_large_faces_are_followed_in_the_whole_picture_when_time_is_short(make_contract: "type[ModelContract]") -> None:
    large, small = Box(300, 200, 500, 420), Box(900, 100, 950, 150)
    for number, views in ((0, 2), (len(STEPS) - 1, 2)):
        plan = Governor(BUDGET, number).planner(make_contract(), 32).plan(Situation(2, 1280, 720, (large, small)))
        assert len(plan.views) == views
        assert all(plan.views[at].holds(box) for at, box in zip(plan.shown_in, (large, small), strict=True))
    assert plan.tiles == 2, "the whole, and the small face"


def test_latency_of_a_hundred_pictures() -> None:
    stopwatch = Stopwatch()
    assert stopwatch.latency.worst == 0
    for number in range(1, 101):
        stopwatch.take(number / 1000)
    stopwatch.take(99.0)
    latency = stopwatch.latency
    assert latency.median == pytest.approx(50, abs=1)
    assert latency.p95 == pytest.approx(95, abs=1)
    assert latency.worst == 99_000
