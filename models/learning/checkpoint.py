"""Checkpoints: state dictionaries and numbers, never pickled objects; written whole or not at all.

Knows nothing of the training loop.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from faceerase.configs.base import validate
from faceerase.configs.training import TrainConfig
from faceerase.errors import DataError
from faceerase.models.networks.registry import Network, build_network

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True, repr=False)
class Checkpoint:
    """A run at one moment: ``tiles`` seen, the weights, their moving average, the optimiser's state."""

    config: TrainConfig
    tiles: int
    weights: State
    average: State
    optimiser: dict[str, Any]
    best: float


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint beside its target and rename it into place."""
    partial = path.with_name(f".{path.name}.part")
    torch.save(
        {
            "config": checkpoint.config.model_dump(mode="json"),
            "tiles": checkpoint.tiles,
            "weights": checkpoint.weights,
            "average": checkpoint.average,
            "optimiser": checkpoint.optimiser,
            "best": checkpoint.best,
        },
        partial,
    )
    os.replace(partial, path)


def load_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint in a file; nothing in it is executed.

    Raises:
        DataError: it is missing, or not a checkpoint of ours.
        ConfigError: its recipe is of another version of faceerase.
    """
    try:
        raw = torch.load(path, map_location="cpu", weights_only=True)
        return Checkpoint(
            config=validate(TrainConfig, raw["config"], str(path)),
            tiles=raw["tiles"],
            weights=raw["weights"],
            average=raw["average"],
            optimiser=raw["optimiser"],
            best=raw["best"],
        )
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, ValueError, UnpicklingError) as error:
        first_line = str(error).strip().split("\n")[0]
        raise DataError(f"{path}: not a checkpoint that can be read ({first_line})") from error


def averaged_network(checkpoint: Checkpoint) -> Network:
    """Return the network with the averaged weights, ready to be run."""
    network = build_network(checkpoint.config.network)
    network.load_state_dict(checkpoint.average)
    return network.eval()
