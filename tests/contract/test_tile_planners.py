"""What every ``TilePlanner`` promises: a pure function of number and size, whose plan can be cut and merged."""

from collections.abc import Callable

import numpy as np
import pytest

from faceerase.contract import ModelContract
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.planner import ThoroughPlanner
from faceerase.streamer.look.pyramid import cut_tiles, merge_maps
from faceerase.streamer.seams import TilePlanner

SIZES = [(16, 16), (320, 240), (641, 479), (1920, 1080), (240, 4000)]


@pytest.fixture(params=["thorough"])
def planner(request: pytest.FixtureRequest, make_contract: Callable[..., ModelContract]) -> TilePlanner:
    assert request.param == "thorough"
    return ThoroughPlanner(make_contract(tile_side=128), 16)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_same_question_has_the_same_answer(planner: TilePlanner, width: int, height: int) -> None:
    once = planner.plan(3, width, height)
    planner.plan(4, 50, 60)
    assert planner.plan(3, width, height) == once


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_tiles_have_the_models_side_and_lie_in_their_level(planner: TilePlanner, width: int, height: int) -> None:
    plan = planner.plan(0, width, height)
    assert plan.side == 128
    assert plan.tiles == sum(len(level.windows) for level in plan.levels) >= 1
    for level in plan.levels:
        for window in level.windows:
            assert 0 <= window.x0 < window.x1 <= level.width
            assert 0 <= window.y0 < window.y1 <= level.height
            assert window.x <= window.x0
            assert window.x1 <= window.x + 128
            assert window.y <= window.y0
            assert window.y1 <= window.y + 128


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_frame_is_looked_at_everywhere(planner: TilePlanner, width: int, height: int) -> None:
    for index in range(3):
        plan = planner.plan(index, width, height)
        merged = merge_maps(np.ones((plan.tiles, 128, 128), np.float32), plan, 0.9)
        assert (merged > 0.99).all()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_plan_can_be_cut_and_merged(planner: TilePlanner, width: int, height: int) -> None:
    plan = planner.plan(0, width, height)
    tiles = cut_tiles(GrayPicture(np.full((height, width), 50, np.uint8), 0, 255), plan)
    assert tiles.shape == (plan.tiles, 128, 128)
    assert merge_maps(tiles.astype(np.float32), plan, 0.9) == pytest.approx(50, abs=1e-3)
