"""Checks a model file that someone else made: the contract, and whether the network keeps it. Needs no torch.

Knows nothing of how it was exported.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ModelContract
from faceerase.errors import ExportError
from faceerase.streamer.look.engine import OnnxEngine

BATCH_TOLERANCE = 1e-3
"""How far the map of a tile may differ between batches: sums in another order, half precision included."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: the contract, and the range of the maps over the tiles that were looked at."""

    contract: ModelContract
    lowest: float
    highest: float


def check_model(model: Path, tiles: NDArray[np.uint8]) -> Checked:
    """Return what a model file promises, after it has kept it on tiles (N, side, side) uint8, N at least 3.

    Raises:
        ModelError: it cannot be loaded or run.
        ModelContractError: it carries no contract, or other tensors than that names.
        ExportError: it takes no other batch sizes, or its maps are not what the contract promises.
    """
    engine = OnnxEngine(model, "cpu", batch_size=len(tiles))
    contract = engine.contract
    together = engine.look(tiles)
    one_by_one = np.concatenate([engine.look(tiles[number : number + 1]) for number in range(len(tiles))])
    scale = max(1.0, float(np.abs(together).max()))
    apart = float(np.abs(together - one_by_one).max()) / scale
    if apart > BATCH_TOLERANCE:
        raise ExportError(f"{model}: the same tile gives other maps in other batches (by {apart:.1e})")
    lowest, highest = float(together.min()), float(together.max())
    if contract.output == "sigmoid" and not (lowest >= 0 and highest <= 1):
        raise ExportError(f"{model}: maps from {lowest:.3g} to {highest:.3g}; its contract promises probabilities")
    if contract.output == "spatial-softmax":
        sums = together.reshape(len(tiles), -1).mean(axis=1)  # maps come as p·N
        if not np.allclose(sums, 1, atol=1e-2):
            raise ExportError(f"{model}: maps add up to {sums.min():.3g} to {sums.max():.3g}; its contract promises 1")
    if highest - lowest < 1e-6:
        raise ExportError(f"{model}: its maps are all the same ({lowest:.3g}); it says nothing")
    return Checked(contract, lowest, highest)
