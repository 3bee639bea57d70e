"""How fast a run learns, and how its weights are averaged. Pure functions of the recipe; know nothing of the loop."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from faceerase.configs.training import TrainConfig


def learning_rate(config: TrainConfig, seen: int) -> float:
    """Return the rate after ``seen`` tiles: linear warm-up, then a cosine to zero (Loshchilov & Hutter 2017)."""
    if seen < config.warmup_tiles:
        return config.learning_rate * (seen + config.batch) / (config.warmup_tiles + config.batch)
    done = (seen - config.warmup_tiles) / max(1, config.tiles - config.warmup_tiles)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def moving_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """Return the update of an exponential moving average that follows quickly at first: min(decay, (1+n)/(10+n)).

    Without the warm-up the initial weights would still weigh a third after 1/(1 − decay) steps.
    """

    @torch.no_grad()
    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        steps = int(count)
        share = 1 - min(decay, (1 + steps) / (10 + steps))
        for kept, new in zip(averaged, current, strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, share)
            else:
                kept.copy_(new)

    return update


def marks(config: TrainConfig) -> list[int]:
    """Return after how many tiles the run stops to look for hard spots, and where it ends; whole checkpoints."""
    step = config.checkpoint_tiles
    mined = {round(share * config.tiles / step) * step for share in config.mine_at}
    return [*sorted(mark for mark in mined if 0 < mark < config.tiles), config.tiles]
