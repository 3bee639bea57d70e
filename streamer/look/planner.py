"""Planners: which tiles of which frame are looked at. Pure functions of frame number, size and configuration."""

from functools import lru_cache

from faceerase.contract import ModelContract
from faceerase.streamer.look.pyramid import TilePlan, plan_pyramid


class ThoroughPlanner:
    """Every tile of every level, every frame."""

    def __init__(self, contract: ModelContract, min_face: float) -> None:
        self._contract = contract
        self._min_face = min_face

    def plan(self, index: int, width: int, height: int) -> TilePlan:
        """Return the same full pyramid for every frame of a size."""
        del index
        return _pyramid(width, height, self._contract.tile_side, self._min_face, self._contract.min_face)


_pyramid = lru_cache(maxsize=16)(plan_pyramid)
